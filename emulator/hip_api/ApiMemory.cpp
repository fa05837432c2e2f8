// The HIP calls that allocate memory and tell about pointers.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/MemoryCall.h"

using namespace qcc::emulator;

namespace {

/// Rows of pitched allocations begin at multiples of this many bytes.
constexpr size_t pitchAlignment = 256;

hipError_t allocate(void **pointer, size_t bytes, MemoryKind kind, unsigned flags) {
  return allocateMemory(pointer, bytes, kind, currentDevice(), flags);
}

hipError_t allocatePitched(void **pointer, size_t *pitch, size_t width, size_t rows) {
  if (!pitch || width == 0 || rows == 0) {
    return hipErrorInvalidValue;
  }
  size_t rowBytes = (width + pitchAlignment - 1) / pitchAlignment * pitchAlignment;
  if (rowBytes < width || rows > SIZE_MAX / rowBytes) {
    return hipErrorInvalidValue;
  }
  *pitch = rowBytes;
  return allocate(pointer, rowBytes * rows, MemoryKind::Device, 0);
}

std::optional<Allocation> findLive(const void *pointer) {
  return AllocationTable::get().find(reinterpret_cast<uint64_t>(pointer));
}

bool isOnHost(MemoryKind kind) {
  return kind == MemoryKind::Host || kind == MemoryKind::RegisteredHost ||
         kind == MemoryKind::Managed;
}

} // namespace

QCC_HIP_API hipError_t hipMalloc(void **pointer, size_t bytes) {
  return record(allocate(pointer, bytes, MemoryKind::Device, 0));
}

QCC_HIP_API hipError_t hipExtMallocWithFlags(void **pointer, size_t bytes, unsigned flags) {
  return record(allocate(pointer, bytes, MemoryKind::Device, flags));
}

QCC_HIP_API hipError_t hipMallocManaged(void **pointer, size_t bytes, unsigned flags) {
  return record(allocate(pointer, bytes, MemoryKind::Managed, flags));
}

QCC_HIP_API hipError_t hipHostMalloc(void **pointer, size_t bytes, unsigned flags) {
  return record(allocate(pointer, bytes, MemoryKind::Host, flags));
}

QCC_HIP_API hipError_t hipHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  return hipHostMalloc(pointer, bytes, flags);
}

QCC_HIP_API hipError_t hipMallocHost(void **pointer, size_t bytes) {
  return hipHostMalloc(pointer, bytes, 0);
}

QCC_HIP_API hipError_t hipMemAllocHost(void **pointer, size_t bytes) {
  return hipHostMalloc(pointer, bytes, 0);
}

QCC_HIP_API hipError_t hipMallocPitch(void **pointer, size_t *pitch, size_t width, size_t height) {
  return record(allocatePitched(pointer, pitch, width, height));
}

QCC_HIP_API hipError_t hipMemAllocPitch(hipDeviceptr_t *pointer, size_t *pitch, size_t width,
                                        size_t height, unsigned) {
  return record(allocatePitched(pointer, pitch, width, height));
}

QCC_HIP_API hipError_t hipMalloc3D(hipPitchedPtr *pointer, hipExtent extent) {
  if (!pointer || (extent.depth && extent.height > SIZE_MAX / extent.depth)) {
    return record(hipErrorInvalidValue);
  }
  pointer->xsize = extent.width;
  pointer->ysize = extent.height;
  return record(
      allocatePitched(&pointer->ptr, &pointer->pitch, extent.width, extent.height * extent.depth));
}

QCC_HIP_API hipError_t hipFree(void *pointer) {
  return record(releaseMemory(pointer));
}

QCC_HIP_API hipError_t hipHostFree(void *pointer) {
  return record(releaseMemory(pointer));
}

QCC_HIP_API hipError_t hipFreeHost(void *pointer) {
  return record(releaseMemory(pointer));
}

QCC_HIP_API hipError_t hipHostRegister(void *pointer, size_t bytes, unsigned flags) {
  auto begin = reinterpret_cast<uint64_t>(pointer);
  if (!pointer || bytes == 0 || begin + bytes < begin) {
    return record(hipErrorInvalidValue);
  }
  Allocation allocation{{begin, begin + bytes}, MemoryKind::RegisteredHost, currentDevice(), flags};
  return record(AllocationTable::get().insert(allocation) ? hipSuccess
                                                          : hipErrorHostMemoryAlreadyRegistered);
}

QCC_HIP_API hipError_t hipHostUnregister(void *pointer) {
  std::optional<Allocation> found = findLive(pointer);
  auto begin = reinterpret_cast<uint64_t>(pointer);
  if (!found || found->kind != MemoryKind::RegisteredHost || found->range.begin != begin) {
    return record(hipErrorHostMemoryNotRegistered);
  }
  AllocationTable::get().erase(begin);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipHostGetDevicePointer(void **device, void *host, unsigned flags) {
  std::optional<Allocation> found = findLive(host);
  if (!device || flags != 0 || !found || !isOnHost(found->kind)) {
    return record(hipErrorInvalidValue);
  }
  *device = host;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipHostGetFlags(unsigned *flags, void *host) {
  std::optional<Allocation> found = findLive(host);
  if (!flags || !found || !isOnHost(found->kind)) {
    return record(hipErrorInvalidValue);
  }
  *flags = found->flags;
  return hipSuccess;
}
