// The HIP calls about contexts and errors, and the calls that only the emulated device has.
#include "emulator/hip_api/Emulated.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Platform.h"

#include <vector>

using namespace qcc::emulator;

extern "C" hipError_t hipDeviceSynchronize();
extern "C" hipError_t hipGetDevice(int *device);

namespace {

bool isDevice(int device) {
  return device >= 0 && device < Platform::get().deviceCount();
}

/// Contexts are a convention of the API: a device has one, and its handle is the device's number
/// + 1.
hipCtx_t contextOf(int device) {
  return reinterpret_cast<hipCtx_t>(static_cast<uintptr_t>(device) + 1);
}

bool deviceOfContext(hipCtx_t context, int &device) {
  auto number = reinterpret_cast<uintptr_t>(context);
  if (number == 0 || number > static_cast<uintptr_t>(Platform::get().deviceCount())) {
    return false;
  }
  device = static_cast<int>(number - 1);
  return true;
}

} // namespace

QCC_HIP_API hipError_t hipCtxCreate(hipCtx_t *context, unsigned, hipDevice_t device) {
  if (!context || !isDevice(device)) {
    return record(context ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  *context = contextOf(device);
  setCurrentDevice(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxDestroy(hipCtx_t context) {
  int device = 0;
  return record(deviceOfContext(context, device) ? hipSuccess : hipErrorInvalidContext);
}

QCC_HIP_API hipError_t hipCtxSetCurrent(hipCtx_t context) {
  int device = 0;
  if (context && !deviceOfContext(context, device)) {
    return record(hipErrorInvalidContext);
  }
  setCurrentDevice(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxGetCurrent(hipCtx_t *context) {
  if (!context) {
    return record(hipErrorInvalidValue);
  }
  *context = contextOf(currentDevice());
  return hipSuccess;
}

/// The contexts below the current one on this thread's stack.
static thread_local std::vector<int> contextsBelow;

QCC_HIP_API hipError_t hipCtxPushCurrent(hipCtx_t context) {
  int device = 0;
  if (!deviceOfContext(context, device)) {
    return record(hipErrorInvalidContext);
  }
  contextsBelow.push_back(currentDevice());
  setCurrentDevice(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxPopCurrent(hipCtx_t *context) {
  if (contextsBelow.empty()) {
    return record(hipErrorInvalidContext);
  }
  if (context) {
    *context = contextOf(currentDevice());
  }
  setCurrentDevice(contextsBelow.back());
  contextsBelow.pop_back();
  return hipSuccess;
}

/// The version that HIP has given since its first release.
QCC_HIP_API hipError_t hipCtxGetApiVersion(hipCtx_t context, int *version) {
  constexpr int apiVersion = 4;
  int device = 0;
  if (!version || !deviceOfContext(context, device)) {
    return record(version ? hipErrorInvalidContext : hipErrorInvalidValue);
  }
  *version = apiVersion;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipCtxGetDevice(hipDevice_t *device) {
  return hipGetDevice(device);
}

QCC_HIP_API hipError_t hipCtxSynchronize() {
  return hipDeviceSynchronize();
}

QCC_HIP_API hipError_t hipDevicePrimaryCtxRetain(hipCtx_t *context, hipDevice_t device) {
  if (!context || !isDevice(device)) {
    return record(context ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  *context = contextOf(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDevicePrimaryCtxRelease(hipDevice_t device) {
  return record(isDevice(device) ? hipSuccess : hipErrorInvalidDevice);
}

QCC_HIP_API hipError_t hipGetLastError() {
  return takeLastError();
}

QCC_HIP_API hipError_t hipExtGetLastError() {
  return takeLastError();
}

QCC_HIP_API hipError_t hipPeekAtLastError() {
  return peekLastError();
}

QCC_HIP_API const char *hipGetErrorName(hipError_t code) {
  return errorName(code);
}

QCC_HIP_API const char *hipGetErrorString(hipError_t code) {
  return errorText(code);
}

QCC_HIP_API hipError_t hipDrvGetErrorName(hipError_t code, const char **name) {
  if (!name) {
    return record(hipErrorInvalidValue);
  }
  *name = errorName(code);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDrvGetErrorString(hipError_t code, const char **text) {
  if (!text) {
    return record(hipErrorInvalidValue);
  }
  *text = errorText(code);
  return hipSuccess;
}

QCC_HIP_API int qccEmulatedSetChip(const char *chip) {
  return record(chip ? Platform::get().setChip(chip) : hipErrorInvalidValue);
}

QCC_HIP_API const char *qccEmulatedLastError() {
  return lastSentence();
}

QCC_HIP_API int qccEmulatedCounters(qcc_emulated_counters *out) {
  if (!out) {
    return record(hipErrorInvalidValue);
  }
  const Counters &counters = Platform::get().counters();
  *out = {counters.kernelLaunches, counters.graphLaunches, counters.deviceToHostCopies,
          counters.hostToDeviceCopies};
  return hipSuccess;
}
