// The HIP calls that tell what a pointer is, and those that advise about memory.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Stream.h"

#include <cstring>

using namespace qcc::emulator;

namespace {

/// hipPointer_attribute, those that mean something here.
enum PointerAttribute : int {
  MemoryType = 2,
  DevicePointer = 3,
  HostPointer = 4,
  SyncMemops = 6,
  BufferId = 7,
  IsManaged = 8,
  DeviceOrdinal = 9,
  RangeStart = 11,
  RangeSize = 12,
  Mapped = 13,
  AccessFlags = 16,
};

/// hipMemRangeAttribute.
enum RangeAttribute : int {
  ReadMostly = 1,
  PreferredLocation = 2,
  AccessedBy = 3,
  LastPrefetchLocation = 4,
  CoherencyMode = 100,
};

constexpr int accessReadWrite = 3;
constexpr int noDevice = -2; // hipInvalidDeviceId

std::optional<Allocation> findLive(const void *pointer) {
  return AllocationTable::get().find(reinterpret_cast<uint64_t>(pointer));
}

/// hipMemoryType: host and device are 0 and 1 before ROCm 6, 1 and 2 since, when managed became 3.
int memoryType(MemoryKind kind) {
  bool old = abiMajor() < 6;
  switch (kind) {
  case MemoryKind::Host:
  case MemoryKind::RegisteredHost:
    return old ? 0 : 1;
  case MemoryKind::Managed:
    return old ? 1 : 3;
  default:
    return old ? 1 : 2;
  }
}

bool isOnHost(MemoryKind kind) {
  return kind == MemoryKind::Host || kind == MemoryKind::RegisteredHost ||
         kind == MemoryKind::Managed;
}

template <typename Value> hipError_t give(void *to, Value value) {
  std::memcpy(to, &value, sizeof(value));
  return hipSuccess;
}

hipError_t pointerAttribute(void *to, int attribute, void *pointer) {
  std::optional<Allocation> found = findLive(pointer);
  if (!to) {
    return hipErrorInvalidValue;
  }
  if (attribute == Mapped) {
    return give<bool>(to, found.has_value());
  }
  if (!found) {
    return hipErrorInvalidValue;
  }
  switch (attribute) {
  case MemoryType:
    return give(to, memoryType(found->kind));
  case DevicePointer:
    return give(to, pointer);
  case HostPointer:
    return isOnHost(found->kind) ? give(to, pointer) : hipErrorInvalidValue;
  case SyncMemops:
    return give<unsigned>(to, 1); // every copy ends before its call returns
  case BufferId:                  // addresses are not handed out again soon
  case RangeStart:
    return give(to, found->range.begin);
  case IsManaged:
    return give<unsigned>(to, found->kind == MemoryKind::Managed);
  case DeviceOrdinal:
    return give(to, found->device);
  case RangeSize:
    return give<size_t>(to, found->range.end - found->range.begin);
  case AccessFlags:
    return give(to, accessReadWrite);
  default:
    return explain(hipErrorNotSupported,
                   "attribute " + std::to_string(attribute) + " of a pointer is not supported");
  }
}

/// Advice is not kept, as there is one memory: what is told is that none was given.
hipError_t rangeAttribute(void *to, size_t bytes, int attribute, const void *pointer) {
  if (!to || bytes < sizeof(int) || bytes % sizeof(int) != 0 || !findLive(pointer)) {
    return hipErrorInvalidValue;
  }
  switch (attribute) {
  case ReadMostly:
  case CoherencyMode:
    return give(to, 0);
  case PreferredLocation:
  case LastPrefetchLocation:
    return give(to, noDevice);
  case AccessedBy:
    for (size_t i = 0; i < bytes / sizeof(int); ++i) {
      give(static_cast<int *>(to) + i, noDevice);
    }
    return hipSuccess;
  default:
    return hipErrorInvalidValue;
  }
}

} // namespace

QCC_HIP_API hipError_t hipPointerGetAttribute(void *to, int attribute, hipDeviceptr_t pointer) {
  return record(pointerAttribute(to, attribute, pointer));
}

QCC_HIP_API hipError_t hipDrvPointerGetAttributes(unsigned count, const int *attributes, void **to,
                                                  hipDeviceptr_t pointer) {
  if (!attributes || !to) {
    return record(hipErrorInvalidValue);
  }
  for (unsigned i = 0; i < count; ++i) {
    if (hipError_t error = pointerAttribute(to[i], attributes[i], pointer)) {
      return record(error);
    }
  }
  return hipSuccess;
}

/// The one attribute that can be set asks for what is always so.
QCC_HIP_API hipError_t hipPointerSetAttribute(const void *value, int attribute,
                                              hipDeviceptr_t pointer) {
  bool known = value && attribute == SyncMemops && findLive(pointer);
  return record(known ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemRangeGetAttribute(void *to, size_t bytes, int attribute,
                                               const void *pointer, size_t) {
  return record(rangeAttribute(to, bytes, attribute, pointer));
}

QCC_HIP_API hipError_t hipMemRangeGetAttributes(void **to, size_t *bytes, int *attributes,
                                                size_t count, const void *pointer, size_t) {
  if (!to || !bytes || !attributes) {
    return record(hipErrorInvalidValue);
  }
  for (size_t i = 0; i < count; ++i) {
    if (hipError_t error = rangeAttribute(to[i], bytes[i], attributes[i], pointer)) {
      return record(error);
    }
  }
  return hipSuccess;
}

QCC_HIP_API hipError_t hipPointerGetAttributes(hipPointerAttribute_t *attributes,
                                               const void *pointer) {
  if (!attributes || !pointer) {
    return record(hipErrorInvalidValue);
  }
  std::optional<Allocation> found = findLive(pointer);
  *attributes = {};
  if (!found) {
    // Since ROCm 6 an unknown pointer has a type of its own, 0, before it was an error.
    attributes->device = -1;
    return record(abiMajor() < 6 ? hipErrorInvalidValue : hipSuccess);
  }
  attributes->type = memoryType(found->kind);
  attributes->device = found->device;
  attributes->devicePointer = const_cast<void *>(pointer);
  attributes->hostPointer = isOnHost(found->kind) ? attributes->devicePointer : nullptr;
  attributes->isManaged = found->kind == MemoryKind::Managed;
  attributes->allocationFlags = found->flags;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipMemGetAddressRange(hipDeviceptr_t *base, size_t *bytes,
                                             hipDeviceptr_t pointer) {
  std::optional<Allocation> found = findLive(pointer);
  if (!base || !bytes || !found) {
    return record(hipErrorInvalidValue);
  }
  *base = reinterpret_cast<void *>(found->range.begin);
  *bytes = found->range.end - found->range.begin;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipMemPtrGetInfo(void *pointer, size_t *bytes) {
  void *base = nullptr;
  return hipMemGetAddressRange(&base, bytes, pointer);
}

/// Advice and prefetching change where pages are, which one memory has no use for.
QCC_HIP_API hipError_t hipMemAdvise(const void *pointer, size_t, int, int) {
  return record(findLive(pointer) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemPrefetchAsync(const void *pointer, size_t, int, hipStream_t stream) {
  return record(findLive(pointer) && findStream(stream) ? hipSuccess : hipErrorInvalidValue);
}
