// The HIP calls about stream-ordered allocation and memory pools.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/MemoryCall.h"
#include "emulator/hip_api/MemoryPool.h"

using namespace qcc::emulator;

namespace {

/// hipMemLocationType and hipMemAccessFlags as programs number them.
constexpr int locationIsDevice = 1;
constexpr int accessReadWrite = 3;

struct Location {
  int type, id;
};

struct AccessDescription {
  Location location;
  int flags;
};

/// hipMemPoolProps.
struct PoolProperties {
  int allocationType; // 1: pinned
  int handleTypes;    // 0: not for other processes
  Location location;
  void *securityAttributes;
  unsigned char reserved[64];
};

bool isDevice(int device) {
  return device >= 0 && device < Platform::get().deviceCount();
}

/// Memory goes back to the heap when the stream frees it, which is at once.
hipError_t allocateFrom(const std::shared_ptr<ihipMemPool_t> &pool, void **pointer, size_t bytes,
                        hipStream_t stream) {
  if (!pool || !findStream(stream)) {
    return pool ? hipErrorInvalidHandle : hipErrorInvalidValue;
  }
  hipError_t error = allocateMemory(pointer, bytes, MemoryKind::Device, pool->device, 0);
  if (!error && *pointer) {
    MemoryPools::get().noteAllocated(pool, *pointer, bytes);
  }
  return error;
}

hipError_t createPool(hipMemPool_t *pool, const PoolProperties *properties) {
  if (!pool || !properties) {
    return hipErrorInvalidValue;
  }
  if (properties->handleTypes != 0) {
    return explain(hipErrorNotSupported, "a memory pool that other processes can use");
  }
  if (properties->location.type != locationIsDevice || !isDevice(properties->location.id)) {
    return hipErrorInvalidDevice;
  }
  *pool = MemoryPools::get().create(properties->location.id);
  return hipSuccess;
}

/// The pool that `get` has for the device.
template <typename Get> hipError_t poolOf(hipMemPool_t *pool, int device, Get get) {
  if (!pool || !isDevice(device)) {
    return pool ? hipErrorInvalidDevice : hipErrorInvalidValue;
  }
  *pool = get(device).get();
  return hipSuccess;
}

} // namespace

QCC_HIP_API hipError_t hipMallocAsync(void **pointer, size_t bytes, hipStream_t stream) {
  if (Platform::get().deviceCount() == 0) {
    return record(hipErrorNoDevice);
  }
  return record(
      allocateFrom(MemoryPools::get().currentOf(currentDevice()), pointer, bytes, stream));
}

QCC_HIP_API hipError_t hipMallocFromPoolAsync(void **pointer, size_t bytes, hipMemPool_t pool,
                                              hipStream_t stream) {
  return record(allocateFrom(MemoryPools::get().find(pool), pointer, bytes, stream));
}

QCC_HIP_API hipError_t hipFreeAsync(void *pointer, hipStream_t stream) {
  return record(findStream(stream) ? releaseMemory(pointer) : hipErrorInvalidHandle);
}

QCC_HIP_API hipError_t hipMemPoolCreate(hipMemPool_t *pool, const PoolProperties *properties) {
  return record(createPool(pool, properties));
}

QCC_HIP_API hipError_t hipMemPoolDestroy(hipMemPool_t pool) {
  return record(MemoryPools::get().destroy(pool) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipDeviceGetDefaultMemPool(hipMemPool_t *pool, int device) {
  return record(
      poolOf(pool, device, [](int number) { return MemoryPools::get().defaultOf(number); }));
}

QCC_HIP_API hipError_t hipDeviceGetMemPool(hipMemPool_t *pool, int device) {
  return record(
      poolOf(pool, device, [](int number) { return MemoryPools::get().currentOf(number); }));
}

QCC_HIP_API hipError_t hipDeviceSetMemPool(int device, hipMemPool_t handle) {
  std::shared_ptr<ihipMemPool_t> pool = MemoryPools::get().find(handle);
  if (!pool || !isDevice(device) || pool->device != device) {
    return record(pool ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  MemoryPools::get().setCurrent(device, std::move(pool));
  return hipSuccess;
}

/// Pools hold nothing that is not in use.
QCC_HIP_API hipError_t hipMemPoolTrimTo(hipMemPool_t pool, size_t) {
  return record(MemoryPools::get().find(pool) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemPoolGetAttribute(hipMemPool_t handle, int attribute, void *value) {
  std::shared_ptr<ihipMemPool_t> pool = MemoryPools::get().find(handle);
  bool done = pool && value && MemoryPools::get().getAttribute(*pool, attribute, value);
  return record(done ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipMemPoolSetAttribute(hipMemPool_t handle, int attribute, void *value) {
  std::shared_ptr<ihipMemPool_t> pool = MemoryPools::get().find(handle);
  bool done = pool && value && MemoryPools::get().setAttribute(*pool, attribute, value);
  return record(done ? hipSuccess : hipErrorInvalidValue);
}

/// Every device reaches the memory of all others, whatever is asked for.
QCC_HIP_API hipError_t hipMemPoolSetAccess(hipMemPool_t pool, const AccessDescription *list,
                                           size_t count) {
  if (!MemoryPools::get().find(pool) || (count > 0 && !list)) {
    return record(hipErrorInvalidValue);
  }
  for (size_t i = 0; i < count; ++i) {
    if (list[i].location.type != locationIsDevice || !isDevice(list[i].location.id)) {
      return record(hipErrorInvalidDevice);
    }
  }
  return hipSuccess;
}

QCC_HIP_API hipError_t hipMemPoolGetAccess(int *flags, hipMemPool_t pool, Location *location) {
  if (!flags || !location || !MemoryPools::get().find(pool) || !isDevice(location->id)) {
    return record(hipErrorInvalidValue);
  }
  *flags = accessReadWrite;
  return hipSuccess;
}
