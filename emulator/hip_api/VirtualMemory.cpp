#include "emulator/hip_api/VirtualMemory.h"

#include "emulator/hip_api/Errors.h"

#include <sys/mman.h>
#include <unistd.h>

namespace qcc::emulator {
namespace {

constexpr uint64_t largePage = 2 << 20;

bool isWhole(uint64_t address, uint64_t bytes) {
  uint64_t page = VirtualMemory::granularity(false);
  return bytes > 0 && address % page == 0 && bytes % page == 0;
}

uint64_t number(const void *address) {
  return reinterpret_cast<uint64_t>(address);
}

/// Takes away what is mapped and keeps the addresses reserved.
void keepReserved(uint64_t address, uint64_t bytes) {
  mmap(reinterpret_cast<void *>(address), bytes, PROT_NONE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

} // namespace

VirtualMemory &VirtualMemory::get() {
  // Never destroyed: programs unmap memory from their own exit handlers.
  static auto *memory = new VirtualMemory;
  return *memory;
}

uint64_t VirtualMemory::granularity(bool recommended) {
  return recommended ? largePage : static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

hipError_t VirtualMemory::reserve(void *&address, uint64_t bytes, uint64_t alignment) {
  uint64_t page = granularity(false);
  alignment = std::max(alignment, page);
  if (!isWhole(0, bytes) || (alignment & (alignment - 1)) != 0 || bytes + alignment < bytes) {
    return hipErrorInvalidValue;
  }
  // Reserved with room to align, of which the ends go back.
  void *found = mmap(nullptr, bytes + alignment, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) {
    return explain(hipErrorOutOfMemory,
                   "no " + std::to_string(bytes) + " bytes of addresses are free");
  }
  uint64_t begin = (number(found) + alignment - 1) / alignment * alignment;
  if (uint64_t before = begin - number(found)) {
    munmap(found, before);
  }
  if (uint64_t behind = number(found) + alignment - begin) {
    munmap(reinterpret_cast<void *>(begin + bytes), behind);
  }
  address = reinterpret_cast<void *>(begin);
  std::lock_guard lock(mutex);
  reservations[begin].bytes = bytes;
  return hipSuccess;
}

hipError_t VirtualMemory::unreserve(void *address, uint64_t bytes) {
  std::lock_guard lock(mutex);
  auto found = reservations.find(number(address));
  if (found == reservations.end() || found->second.bytes != bytes) {
    return hipErrorInvalidValue;
  }
  if (!found->second.mappings.empty()) {
    return explain(hipErrorInvalidValue, "addresses were freed while memory is mapped to them");
  }
  reservations.erase(found);
  munmap(address, bytes);
  return hipSuccess;
}

hipError_t VirtualMemory::create(hipMemGenericAllocationHandle_t &handle, uint64_t bytes,
                                 int device) {
  if (!isWhole(0, bytes)) {
    return hipErrorInvalidValue;
  }
  Heap &heap = Platform::get().heap();
  if (!heap.charge(device, bytes)) {
    return explain(hipErrorOutOfMemory, "memory of " + std::to_string(bytes) +
                                            " bytes does not fit the device, which has " +
                                            std::to_string(heap.budget(device)));
  }
  int file = memfd_create("emulated device memory", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, static_cast<off_t>(bytes)) != 0) {
    if (file >= 0) {
      close(file);
    }
    heap.discharge(device, bytes);
    return explain(hipErrorOutOfMemory, "the host has no memory for the device's");
  }
  handle = live.add(std::make_shared<ihipMemGenericAllocationHandle>(file, device, bytes));
  return hipSuccess;
}

hipError_t VirtualMemory::map(void *address, uint64_t bytes, const PhysicalMemory &memory) {
  std::lock_guard lock(mutex);
  Reservation *reservation = reservationOf(number(address), bytes);
  if (!reservation || bytes != memory->bytes) {
    return explain(hipErrorInvalidValue,
                   "memory is mapped as a whole, and to addresses that are reserved");
  }
  auto after = reservation->mappings.lower_bound(number(address));
  bool meetsNext = after != reservation->mappings.end() && after->first < number(address) + bytes;
  bool meetsLast = after != reservation->mappings.begin() &&
                   std::prev(after)->first + std::prev(after)->second.bytes > number(address);
  if (meetsNext || meetsLast) {
    return explain(hipErrorInvalidValue, "memory was mapped where other memory is mapped");
  }
  void *mapped =
      mmap(address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory->file, 0);
  if (mapped == MAP_FAILED) {
    return explain(hipErrorOutOfMemory, "the host could not map the device's memory");
  }
  reservation->mappings[number(address)] = {bytes, memory, false};
  return hipSuccess;
}

hipError_t VirtualMemory::unmap(void *address, uint64_t bytes) {
  std::lock_guard lock(mutex);
  Reservation *reservation = reservationOf(number(address), bytes);
  auto found = mappingsOf(reservation, number(address), bytes);
  if (found.empty()) {
    return hipErrorInvalidValue;
  }
  for (auto mapping : found) {
    reservation->mappings.erase(mapping);
  }
  publish(*reservation);
  keepReserved(number(address), bytes);
  return hipSuccess;
}

hipError_t VirtualMemory::setAccess(void *address, uint64_t bytes, bool accessible) {
  std::lock_guard lock(mutex);
  Reservation *reservation = reservationOf(number(address), bytes);
  auto found = mappingsOf(reservation, number(address), bytes);
  if (found.empty()) {
    return hipErrorInvalidValue;
  }
  for (auto mapping : found) {
    mapping->second.accessible = accessible;
  }
  publish(*reservation);
  return hipSuccess;
}

PhysicalMemory VirtualMemory::at(const void *address, bool &accessible) {
  std::lock_guard lock(mutex);
  Reservation *reservation = reservationOf(number(address), 1);
  if (!reservation) {
    return nullptr;
  }
  auto after = reservation->mappings.upper_bound(number(address));
  if (after == reservation->mappings.begin()) {
    return nullptr;
  }
  const auto &[begin, mapping] = *std::prev(after);
  accessible = mapping.accessible;
  return number(address) - begin < mapping.bytes ? mapping.memory : nullptr;
}

VirtualMemory::Reservation *VirtualMemory::reservationOf(uint64_t address, uint64_t bytes) {
  auto after = reservations.upper_bound(address);
  if (after == reservations.begin()) {
    return nullptr;
  }
  auto &[begin, reservation] = *std::prev(after);
  uint64_t offset = address - begin;
  bool inside = offset < reservation.bytes && bytes <= reservation.bytes - offset;
  return inside ? &reservation : nullptr;
}

std::vector<std::map<uint64_t, VirtualMemory::Mapping>::iterator>
VirtualMemory::mappingsOf(Reservation *reservation, uint64_t address, uint64_t bytes) {
  std::vector<std::map<uint64_t, Mapping>::iterator> found;
  if (!reservation) {
    return found;
  }
  uint64_t at = address;
  for (auto it = reservation->mappings.find(at);
       it != reservation->mappings.end() && it->first == at && at < address + bytes; ++it) {
    found.push_back(it);
    at += it->second.bytes;
  }
  return at == address + bytes ? found : std::vector<std::map<uint64_t, Mapping>::iterator>();
}

void VirtualMemory::publish(Reservation &reservation) {
  AllocationTable &table = AllocationTable::get();
  for (uint64_t begin : reservation.published) {
    table.erase(begin);
  }
  reservation.published.clear();
  Allocation run;
  for (const auto &[begin, mapping] : reservation.mappings) {
    if (!mapping.accessible) {
      continue;
    }
    if (run.range.end != begin || run.device != mapping.memory->device) {
      table.insert(run); // nothing when it is empty
      run = {{begin, begin}, MemoryKind::Device, mapping.memory->device, 0};
      reservation.published.push_back(begin);
    }
    run.range.end += mapping.bytes;
  }
  table.insert(run);
}

} // namespace qcc::emulator

ihipMemGenericAllocationHandle::~ihipMemGenericAllocationHandle() {
  close(file);
  qcc::emulator::Platform::get().heap().discharge(device, bytes);
}
