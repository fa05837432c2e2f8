// The HIP calls about virtual memory management.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/VirtualMemory.h"

#include <cstring>

using namespace qcc::emulator;

namespace {

/// Numbers of the public header: hipMemLocationType, hipMemAccessFlags, hipMemAllocationType.
constexpr int locationIsDevice = 1;
constexpr int accessNone = 0, accessReadWrite = 3;
constexpr int allocationPinned = 1;

struct Location {
  int type, id;
};

struct AccessDescription {
  Location location;
  int flags;
};

bool isDevice(const Location &location) {
  return location.type == locationIsDevice && location.id >= 0 &&
         location.id < Platform::get().deviceCount();
}

/// hipMemAllocationProp of ROCm 5.2.
struct FirstProperties {
  unsigned char compressionType;
  Location location;
  int handleType;
  int allocationType;
  unsigned short usage;
  void *handleData;
};

/// hipMemAllocationProp since ROCm 5.3.
struct Properties {
  int allocationType;
  int handleType;
  Location location;
  void *handleData;
  unsigned char compressionType, rdmaCapable;
  unsigned short usage;
};

/// In either layout; they are told apart by their first byte, which only the later one has set.
Properties read(const void *properties) {
  Properties found;
  if (*static_cast<const unsigned char *>(properties) == allocationPinned) {
    std::memcpy(&found, properties, sizeof(found));
    return found;
  }
  FirstProperties first;
  std::memcpy(&first, properties, sizeof(first));
  return {first.allocationType, first.handleType, first.location, first.handleData, 0, 0, 0};
}

hipError_t create(hipMemGenericAllocationHandle_t *handle, size_t bytes, const void *properties) {
  if (!handle || !properties) {
    return hipErrorInvalidValue;
  }
  Properties wanted = read(properties);
  if (wanted.allocationType != allocationPinned) {
    return hipErrorInvalidValue;
  }
  if (wanted.handleType != 0) {
    return explain(hipErrorNotSupported, "memory that other processes can use");
  }
  return isDevice(wanted.location) ? VirtualMemory::get().create(*handle, bytes, wanted.location.id)
                                   : hipErrorInvalidDevice;
}

hipError_t map(void *address, size_t bytes, size_t offset, hipMemGenericAllocationHandle_t handle) {
  PhysicalMemory memory = VirtualMemory::get().find(handle);
  if (!memory || offset != 0) {
    return hipErrorInvalidValue;
  }
  return VirtualMemory::get().map(address, bytes, memory);
}

/// Every device reaches memory that one of them may access; reading alone is not told from writing.
hipError_t setAccess(void *address, size_t bytes, const AccessDescription *list, size_t count) {
  if (!list || count == 0) {
    return hipErrorInvalidValue;
  }
  bool accessible = false;
  for (size_t i = 0; i < count; ++i) {
    if (!isDevice(list[i].location)) {
      return hipErrorInvalidDevice;
    }
    accessible = accessible || list[i].flags != accessNone;
  }
  return VirtualMemory::get().setAccess(address, bytes, accessible);
}

} // namespace

QCC_HIP_API hipError_t hipMemGetAllocationGranularity(size_t *granularity, const void *properties,
                                                      int recommended) {
  if (!granularity || !properties || recommended < 0 || recommended > 1) {
    return record(hipErrorInvalidValue);
  }
  *granularity = VirtualMemory::granularity(recommended != 0);
  return hipSuccess;
}

/// A wish for an address is not followed.
QCC_HIP_API hipError_t hipMemAddressReserve(void **address, size_t bytes, size_t alignment, void *,
                                            unsigned long long flags) {
  if (!address || flags != 0) {
    return record(hipErrorInvalidValue);
  }
  return record(VirtualMemory::get().reserve(*address, bytes, alignment));
}

QCC_HIP_API hipError_t hipMemAddressFree(void *address, size_t bytes) {
  return record(VirtualMemory::get().unreserve(address, bytes));
}

QCC_HIP_API hipError_t hipMemCreate(hipMemGenericAllocationHandle_t *handle, size_t bytes,
                                    const void *properties, unsigned long long flags) {
  return record(flags == 0 ? create(handle, bytes, properties) : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemRelease(hipMemGenericAllocationHandle_t handle) {
  return record(VirtualMemory::get().release(handle) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemMap(void *address, size_t bytes, size_t offset,
                                 hipMemGenericAllocationHandle_t handle, unsigned long long flags) {
  return record(flags == 0 ? map(address, bytes, offset, handle) : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemUnmap(void *address, size_t bytes) {
  return record(VirtualMemory::get().unmap(address, bytes));
}

QCC_HIP_API hipError_t hipMemSetAccess(void *address, size_t bytes, const AccessDescription *list,
                                       size_t count) {
  return record(setAccess(address, bytes, list, count));
}

QCC_HIP_API hipError_t hipMemGetAccess(unsigned long long *flags, const Location *location,
                                       void *address) {
  bool accessible = false;
  if (!flags || !location || !isDevice(*location) ||
      !VirtualMemory::get().at(address, accessible)) {
    return record(hipErrorInvalidValue);
  }
  *flags = accessible ? accessReadWrite : accessNone;
  return hipSuccess;
}
