#include "emulator/counters/Coalescing.h"

#include "emulator/isa/memory/DenseAccess.h"

#include <algorithm>
#include <array>

namespace qcc::emulator {

namespace {

/// Walks over accesses in the order of their addresses.
class Walk {
public:
  Walk(unsigned bytes, LineSet *launchLines) : bytes(bytes), launchLines(launchLines) {}

  void step(uint64_t address) {
    const uint64_t last = address + bytes - 1;
    const uint64_t first = std::clamp(end, address, last + 1); // not counted yet
    result.uniqueBytes += static_cast<uint32_t>(last + 1 - first);
    end = std::max(end, last + 1);
    for (uint64_t line = std::max(address / 64, nextLine); line <= last / 64; ++line) {
      ++result.lines64;
      result.lines128 += line / 2 >= nextPair;
      nextPair = line / 2 + 1;
      nextLine = line + 1;
      if (launchLines != nullptr) {
        launchLines->insert(line);
      }
    }
  }

  Footprint result;

private:
  const unsigned bytes;
  LineSet *const launchLines;
  uint64_t end = 0;                    // one past the highest byte so far
  uint64_t nextLine = 0, nextPair = 0; // lines below were counted
};

/// One range of memory that lanes share out among them, `bytes` each.
Footprint footprintOfRange(const AddressRange &range, unsigned bytes, LineSet *launchLines) {
  const uint64_t first = range.begin, last = range.end - 1;
  Footprint result;
  result.bytes = result.uniqueBytes = static_cast<uint32_t>(range.end - range.begin);
  result.lanes = result.bytes / bytes;
  result.lines64 = static_cast<uint32_t>(last / 64 - first / 64 + 1);
  result.lines128 = static_cast<uint32_t>(last / 128 - first / 128 + 1);
  for (uint64_t line = first / 64; launchLines != nullptr && line <= last / 64; ++line) {
    launchLines->insert(line);
  }
  return result;
}

} // namespace

Footprint footprintOf(const isa::Addresses &addresses, unsigned bytes, LineSet *launchLines) {
  if (const AddressRange all = isa::denseRange(addresses, bytes); all.begin != all.end) {
    return footprintOfRange(all, bytes, launchLines);
  }
  std::array<uint64_t, isa::laneStride> sorted;
  size_t count = 0;
  bool ascending = true;
  for (uint64_t rest = addresses.active; rest != 0; rest &= rest - 1) {
    const uint64_t address = addresses.of[__builtin_ctzll(rest)];
    ascending = ascending && (count == 0 || address >= sorted[count - 1]);
    sorted[count++] = address;
  }
  if (!ascending) {
    std::sort(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(count));
  }
  Walk walk(bytes, launchLines);
  for (size_t n = 0; n < count; ++n) {
    walk.step(sorted[n]);
  }
  walk.result.lanes = static_cast<uint32_t>(count);
  walk.result.bytes = static_cast<uint32_t>(count * bytes);
  return walk.result;
}

Footprint scratchFootprintOf(const isa::Addresses &addresses, unsigned bytes, unsigned lanes) {
  Footprint sum;
  isa::Addresses swizzled;
  swizzled.active = addresses.active;
  for (unsigned dword = 0; dword < (bytes + 3) / 4; ++dword) {
    for (uint64_t rest = addresses.active; rest != 0; rest &= rest - 1) {
      const unsigned lane = static_cast<unsigned>(__builtin_ctzll(rest));
      const uint64_t offset = addresses.of[lane] + uint64_t(dword) * 4;
      swizzled.of[lane] = (offset / 4 * lanes + lane) * 4 + offset % 4;
    }
    const Footprint part = footprintOf(swizzled, std::min(bytes, 4u), nullptr);
    sum.lanes = part.lanes;
    sum.bytes += part.bytes;
    sum.uniqueBytes += part.uniqueBytes;
    sum.lines64 += part.lines64;
    sum.lines128 += part.lines128;
  }
  return sum;
}

} // namespace qcc::emulator
