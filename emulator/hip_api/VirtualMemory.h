// Virtual memory management: addresses that are reserved, memory that is created, and which memory
// is mapped to which addresses.
#pragma once

#include "emulator/hip_api/LiveHandles.h"
#include "emulator/hip_api/Platform.h"

#include <map>

/// What hipMemGenericAllocationHandle_t points to: memory without an address, in a file that has no
/// name. It lives as long as its handle or a mapping.
struct ihipMemGenericAllocationHandle {
  ihipMemGenericAllocationHandle(int file, int device, uint64_t bytes)
      : file(file), device(device), bytes(bytes) {}
  ~ihipMemGenericAllocationHandle();
  ihipMemGenericAllocationHandle(const ihipMemGenericAllocationHandle &) = delete;
  ihipMemGenericAllocationHandle &operator=(const ihipMemGenericAllocationHandle &) = delete;

  const int file;
  const int device;
  const uint64_t bytes;
};

using hipMemGenericAllocationHandle_t = ihipMemGenericAllocationHandle *;

namespace qcc::emulator {

using PhysicalMemory = std::shared_ptr<ihipMemGenericAllocationHandle>;

/// All reservations of this process. Sizes and addresses are multiples of the granularity; what is
/// not is hipErrorInvalidValue. Safe to call from any thread.
class VirtualMemory {
public:
  static VirtualMemory &get();

  /// Bytes of a page of the host, and of a large one, which is what is recommended.
  static uint64_t granularity(bool recommended);

  /// `alignment` 0: any.
  hipError_t reserve(void *&address, uint64_t bytes, uint64_t alignment);
  hipError_t unreserve(void *address, uint64_t bytes);

  hipError_t create(hipMemGenericAllocationHandle_t &handle, uint64_t bytes, int device);
  PhysicalMemory find(hipMemGenericAllocationHandle_t handle) { return live.find(handle); }
  bool release(hipMemGenericAllocationHandle_t handle) { return live.remove(handle) != nullptr; }

  /// Maps whole memory; nothing may access it before setAccess.
  hipError_t map(void *address, uint64_t bytes, const PhysicalMemory &memory);
  hipError_t unmap(void *address, uint64_t bytes);
  /// For whole mappings.
  hipError_t setAccess(void *address, uint64_t bytes, bool accessible);

  /// The mapping that holds the address: its memory and whether it is accessible; null when none.
  PhysicalMemory at(const void *address, bool &accessible);

private:
  struct Mapping {
    uint64_t bytes = 0;
    PhysicalMemory memory;
    bool accessible = false;
  };
  struct Reservation {
    uint64_t bytes = 0;
    std::map<uint64_t, Mapping> mappings; // by address
    std::vector<uint64_t> published;      // begins of ranges in the allocation table
  };
  Reservation *reservationOf(uint64_t address, uint64_t bytes);
  /// The mappings that make up [address, address + bytes) exactly; none when there is a gap, or no
  /// reservation.
  static std::vector<std::map<uint64_t, Mapping>::iterator>
  mappingsOf(Reservation *reservation, uint64_t address, uint64_t bytes);
  /// Makes one allocation of each run of neighbours that are accessible.
  static void publish(Reservation &reservation);

  std::mutex mutex;
  std::map<uint64_t, Reservation> reservations; // by address
  LiveHandles<ihipMemGenericAllocationHandle> live;
};

} // namespace qcc::emulator
