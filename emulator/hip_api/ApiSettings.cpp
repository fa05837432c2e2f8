// The HIP calls about settings of a device or context. None changes what the emulated device does:
// a call succeeds where that is all that hardware does with it too, as for cache preferences.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Platform.h"

using namespace qcc::emulator;

namespace {

enum Limit : int { StackSize = 0, PrintfFifoSize = 1, MallocHeapSize = 2 };

/// What the device has of each: the stack of a kernel whose calls have no known depth, the buffer
/// of a kernel that prints, and no heap.
constexpr size_t stackBytes = 16 * 1024, printfBytes = 1 << 20;

bool isDevice(int device) {
  return device >= 0 && device < Platform::get().deviceCount();
}

template <typename Value> hipError_t give(Value *to, Value value) {
  if (!to) {
    return record(hipErrorInvalidValue);
  }
  *to = value;
  return hipSuccess;
}

} // namespace

QCC_HIP_API hipError_t hipDeviceGetLimit(size_t *value, int limit) {
  switch (limit) {
  case StackSize:
    return give(value, stackBytes);
  case PrintfFifoSize:
    return give(value, printfBytes);
  case MallocHeapSize:
    return give(value, size_t(0));
  default:
    return record(hipErrorUnsupportedLimit);
  }
}

/// Less than there is can be asked for.
QCC_HIP_API hipError_t hipDeviceSetLimit(int limit, size_t value) {
  size_t present = 0;
  if (hipError_t error = hipDeviceGetLimit(&present, limit)) {
    return error;
  }
  if (value > present) {
    return record(explain(hipErrorUnsupportedLimit, "a limit was set to " + std::to_string(value) +
                                                        " bytes; the device has " +
                                                        std::to_string(present)));
  }
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetCacheConfig(int *preference) {
  return give(preference, 0);
}

QCC_HIP_API hipError_t hipDeviceSetCacheConfig(int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetSharedMemConfig(int *banks) {
  return give(banks, 0);
}

QCC_HIP_API hipError_t hipDeviceSetSharedMemConfig(int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipFuncSetSharedMemConfig(const void *, int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxGetCacheConfig(int *preference) {
  return give(preference, 0);
}

QCC_HIP_API hipError_t hipCtxSetCacheConfig(int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxGetSharedMemConfig(int *banks) {
  return give(banks, 0);
}

QCC_HIP_API hipError_t hipCtxSetSharedMemConfig(int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxGetFlags(unsigned *flags) {
  return give(flags, 0u);
}

/// The primary context of a device is always there.
QCC_HIP_API hipError_t hipDevicePrimaryCtxGetState(hipDevice_t device, unsigned *flags,
                                                   int *active) {
  if (!isDevice(device) || !flags || !active) {
    return record(isDevice(device) ? hipErrorInvalidValue : hipErrorInvalidDevice);
  }
  *flags = 0;
  *active = 1;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDevicePrimaryCtxSetFlags(hipDevice_t device, unsigned) {
  return record(isDevice(device) ? hipSuccess : hipErrorInvalidDevice);
}

QCC_HIP_API hipError_t hipDevicePrimaryCtxReset(hipDevice_t device) {
  return record(isDevice(device) ? hipSuccess : hipErrorInvalidDevice);
}
