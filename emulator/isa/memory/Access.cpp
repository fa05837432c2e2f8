#include "emulator/isa/memory/Access.h"

#include "emulator/isa/lane/LaneSet.h"

#include <cstdio>
#include <string_view>

namespace qcc::emulator::isa {

namespace {

bool holds(const AddressRange &r, uint64_t address, uint64_t bytes) {
  return address >= r.begin && address < r.end && bytes <= r.end - address;
}

/// Adds the byte range that holds `address`, from the launch, the wave or the registry.
bool searchRanges(Wave &w, uint64_t address, uint64_t bytes) {
  AddressRange found;
  for (const AddressRange &own : w.launch->own) {
    if (holds(own, address, bytes)) {
      found = own;
    }
  }
  const uint64_t scratch = reinterpret_cast<uint64_t>(w.scratch);
  const AddressRange waveScratch{scratch, scratch + uint64_t(w.scratchBytes) * laneStride};
  if (holds(waveScratch, address, bytes)) {
    found = waveScratch;
  }
  if (found.begin == found.end) {
    found = findAllocation(address);
  }
  if (!holds(found, address, bytes)) {
    return false;
  }
  w.recent[w.recentNext++ % 4] = found;
  return true;
}

/// Where byte `offset` of a lane's scratch is kept: dwords of the lanes interleave.
uint8_t *scratchByte(Wave &w, unsigned lane, uint64_t offset) {
  return w.scratch + (offset / 4) * (4 * laneStride) + lane * 4 + offset % 4;
}

bool checkLds(Wave &w, unsigned lane, uint64_t address, unsigned bytes) {
  if (address < w.lds.bytes && bytes <= w.lds.bytes - address) {
    return true;
  }
  addressFault(w, "LDS", lane, address, bytes);
  return false;
}

bool checkScratch(Wave &w, unsigned lane, uint64_t address, unsigned bytes) {
  if (address < w.scratchBytes && bytes <= w.scratchBytes - address) {
    return true;
  }
  addressFault(w, "scratch", lane, address, bytes);
  return false;
}

} // namespace

Space resolveFlat(uint64_t &address) {
  const uint64_t aperture = address & ~uint64_t(UINT32_MAX);
  if (aperture == sharedAperture || aperture == privateAperture) {
    address &= UINT32_MAX;
    return aperture == sharedAperture ? Space::Lds : Space::Scratch;
  }
  return Space::Global;
}

void addressFault(Wave &w, const char *what, unsigned lane, uint64_t address, unsigned bytes) {
  char text[160];
  std::snprintf(text, sizeof text,
                "lane %u accesses %u bytes of %s at 0x%llx, which is not allocated", lane, bytes,
                what, static_cast<unsigned long long>(address));
  const std::string_view space = what;
  const std::string near =
      space == "LDS"       ? "the workgroup has " + std::to_string(w.lds.bytes) + " bytes"
      : space == "scratch" ? "the lane has " + std::to_string(w.scratchBytes) + " bytes"
                           : explainAddress(address);
  w.fault(DispatchResult::Status::MemoryFault, text + (near.empty() ? "" : " (" + near + ")"));
}

bool isDeviceMemory(Wave &w, uint64_t address, uint64_t bytes) {
  for (const AddressRange &r : w.recent) {
    if (holds(r, address, bytes)) {
      return true;
    }
  }
  return searchRanges(w, address, bytes);
}

bool inOneAllocation(Wave &w, const Addresses &a, unsigned bytes) {
  const auto [lowest, highest] = laneSet().spanOf(a);
  return highest >= lowest && highest - lowest < (uint64_t(1) << 40) &&
         isDeviceMemory(w, lowest, highest - lowest + bytes);
}

bool readLane(Wave &w, Space space, unsigned lane, uint64_t address, unsigned bytes, void *data) {
  if (space == Space::Flat) {
    space = resolveFlat(address);
  }
  if (space == Space::Lds) {
    if (!checkLds(w, lane, address, bytes)) {
      return false;
    }
    std::memcpy(data, w.lds.data + address, bytes);
    return true;
  }
  if (space == Space::Scratch) {
    if (!checkScratch(w, lane, address, bytes)) {
      return false;
    }
    for (unsigned k = 0; k < bytes; ++k) {
      static_cast<uint8_t *>(data)[k] = *scratchByte(w, lane, address + k);
    }
    return true;
  }
  if (!isDeviceMemory(w, address, bytes)) {
    addressFault(w, "global memory", lane, address, bytes);
    return false;
  }
  std::memcpy(data, reinterpret_cast<const void *>(address), bytes);
  return true;
}

bool writeLane(Wave &w, Space space, unsigned lane, uint64_t address, unsigned bytes,
               const void *data) {
  if (space == Space::Flat) {
    space = resolveFlat(address);
  }
  if (space == Space::Lds) {
    if (!checkLds(w, lane, address, bytes)) {
      return false;
    }
    std::memcpy(w.lds.data + address, data, bytes);
    return true;
  }
  if (space == Space::Scratch) {
    if (!checkScratch(w, lane, address, bytes)) {
      return false;
    }
    for (unsigned k = 0; k < bytes; ++k) {
      *scratchByte(w, lane, address + k) = static_cast<const uint8_t *>(data)[k];
    }
    return true;
  }
  if (!isDeviceMemory(w, address, bytes)) {
    addressFault(w, "global memory", lane, address, bytes);
    return false;
  }
  std::memcpy(reinterpret_cast<void *>(address), data, bytes);
  return true;
}

uint8_t *atomicPointer(Wave &w, Space space, unsigned lane, uint64_t address, unsigned bytes) {
  if (space == Space::Flat) {
    space = resolveFlat(address);
  }
  if (address % bytes != 0) {
    char text[160];
    std::snprintf(
        text, sizeof text,
        "lane %u applies an atomic of %u bytes to 0x%llx, which is not a multiple of them", lane,
        bytes, static_cast<unsigned long long>(address));
    w.fault(DispatchResult::Status::MemoryFault, text);
    return nullptr;
  }
  if (space == Space::Lds) {
    return checkLds(w, lane, address, bytes) ? w.lds.data + address : nullptr;
  }
  if (space == Space::Scratch) {
    w.fault(DispatchResult::Status::MemoryFault, "an atomic addresses scratch memory");
    return nullptr;
  }
  if (!isDeviceMemory(w, address, bytes)) {
    addressFault(w, "global memory", lane, address, bytes);
    return nullptr;
  }
  return reinterpret_cast<uint8_t *>(address);
}

} // namespace qcc::emulator::isa
