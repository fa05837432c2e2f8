// The HIP calls about devices, their properties and versions.
#include "emulator/hip_api/DeviceProperties.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Stream.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace qcc::emulator;

namespace {

/// HIP encodes versions as major * 10^7 + minor * 10^5 + patch.
constexpr int versionOfMajor = 10000000;

bool isDevice(int device) {
  return device >= 0 && device < Platform::get().deviceCount();
}

void copyText(char *to, size_t size, std::string_view text) {
  std::snprintf(to, size, "%.*s", static_cast<int>(text.size()), text.data());
}

hipUUID uuidOf(int device) {
  hipUUID uuid{};
  std::snprintf(uuid.bytes, sizeof(uuid.bytes), "qcc-emulated-%02d", device);
  return uuid;
}

hipError_t synchronizeDevice() {
  if (Platform::get().deviceCount() == 0) {
    return hipErrorNoDevice;
  }
  if (hipError_t error = refuseDuringCapture()) {
    return error;
  }
  return Platform::get().takeFailure(currentDevice());
}

/// Fields that have one name in both layouts.
template <typename Properties> void fillCommon(Properties &to, const Chip &chip, int device) {
  std::memset(&to, 0, sizeof(to));
  copyText(to.name, sizeof(to.name), chip.product);
  copyText(to.gcnArchName, sizeof(to.gcnArchName), chip.name);
  to.totalGlobalMem = Platform::get().heap().budget(device);
  to.sharedMemPerBlock = chip.ldsPerWorkgroup;
  to.maxSharedMemoryPerMultiProcessor = chip.ldsPerMultiprocessor;
  to.regsPerBlock =
      static_cast<int>(chip.vgprsPerSimd * chip.waveSize * chip.simdsPerMultiprocessor);
  to.warpSize = static_cast<int>(chip.waveSize);
  to.maxThreadsPerBlock = 1024;
  for (int axis = 0; axis < 3; ++axis) {
    to.maxThreadsDim[axis] = 1024;
    to.maxGridSize[axis] = axis == 0 ? 2147483647 : 65536;
  }
  to.clockRate = static_cast<int>(chip.clockKhz);
  to.memoryClockRate = static_cast<int>(chip.memoryClockKhz);
  to.memoryBusWidth = static_cast<int>(chip.memoryBusBits);
  to.totalConstMem = 2147483647;
  to.major = static_cast<int>(chip.major);
  to.minor = static_cast<int>(chip.minor);
  to.multiProcessorCount = static_cast<int>(chip.multiprocessors);
  to.l2CacheSize = static_cast<int>(chip.l2Bytes);
  to.maxThreadsPerMultiProcessor =
      static_cast<int>(chip.maxWavesPerSimd * chip.simdsPerMultiprocessor * chip.waveSize);
  to.clockInstructionRate = static_cast<int>(chip.timerKhz);
  to.arch = hipDeviceArchAllButDynamicParallelism;
  to.concurrentKernels = to.canMapHostMemory = to.cooperativeLaunch = to.managedMemory = 1;
  to.concurrentManagedAccess = to.directManagedMemAccessFromHost = to.isLargeBar = 1;
  to.pciBusID = device + 1;
  to.memPitch = 2147483647;
  to.textureAlignment = to.texturePitchAlignment = 256;
}

} // namespace

QCC_HIP_API hipError_t hipInit(unsigned flags) {
  if (flags != 0) {
    return record(hipErrorInvalidValue);
  }
  return record(Platform::get().deviceCount() ? hipSuccess : hipErrorNoDevice);
}

QCC_HIP_API hipError_t hipDriverGetVersion(int *version) {
  if (!version) {
    return record(hipErrorInvalidValue);
  }
  *version = abiMajor() * versionOfMajor;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipRuntimeGetVersion(int *version) {
  return hipDriverGetVersion(version);
}

QCC_HIP_API hipError_t hipGetDeviceCount(int *count) {
  if (!count) {
    return record(hipErrorInvalidValue);
  }
  *count = Platform::get().deviceCount();
  return record(*count ? hipSuccess : hipErrorNoDevice);
}

QCC_HIP_API hipError_t hipSetDevice(int device) {
  if (!isDevice(device)) {
    return record(hipErrorInvalidDevice);
  }
  setCurrentDevice(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGetDevice(int *device) {
  if (!device) {
    return record(hipErrorInvalidValue);
  }
  *device = currentDevice();
  return record(Platform::get().deviceCount() ? hipSuccess : hipErrorNoDevice);
}

QCC_HIP_API hipError_t hipDeviceGet(hipDevice_t *device, int ordinal) {
  if (!device || !isDevice(ordinal)) {
    return record(device ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  *device = ordinal;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGetDeviceProperties(hipDevicePropR0000 *properties, int device) {
  if (!properties || !isDevice(device)) {
    return record(properties ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  fillCommon(*properties, Platform::get().chip(), device);
  // Deprecated: the digits of the name, as far as they are decimal.
  properties->gcnArch = std::atoi(properties->gcnArchName + std::strlen("gfx"));
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGetDevicePropertiesR0000(hipDevicePropR0000 *properties, int device) {
  return hipGetDeviceProperties(properties, device);
}

QCC_HIP_API hipError_t hipGetDevicePropertiesR0600(hipDevicePropR0600 *properties, int device) {
  if (!properties || !isDevice(device)) {
    return record(properties ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  const Chip &chip = Platform::get().chip();
  fillCommon(*properties, chip, device);
  properties->uuid = uuidOf(device);
  properties->sharedMemPerMultiprocessor = chip.ldsPerMultiprocessor;
  properties->sharedMemPerBlockOptin = chip.ldsPerWorkgroup;
  properties->regsPerMultiprocessor = properties->regsPerBlock;
  properties->unifiedAddressing = properties->streamPrioritiesSupported = 1;
  properties->hostNativeAtomicSupported = properties->hostRegisterSupported = 1;
  properties->canUseHostPointerForRegisteredMem = properties->asyncEngineCount = 1;
  properties->maxBlocksPerMultiProcessor =
      static_cast<int>(chip.maxWavesPerSimd * chip.simdsPerMultiprocessor);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetName(char *name, int length, hipDevice_t device) {
  if (!name || length <= 0 || !isDevice(device)) {
    return record(isDevice(device) ? hipErrorInvalidValue : hipErrorInvalidDevice);
  }
  copyText(name, static_cast<size_t>(length), Platform::get().chip().product);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetUuid(hipUUID *uuid, hipDevice_t device) {
  if (!uuid || !isDevice(device)) {
    return record(uuid ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  *uuid = uuidOf(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetPCIBusId(char *text, int length, int device) {
  if (!text || length <= 0 || !isDevice(device)) {
    return record(isDevice(device) ? hipErrorInvalidValue : hipErrorInvalidDevice);
  }
  std::snprintf(text, static_cast<size_t>(length), "0000:%02x:00.0", device + 1);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetByPCIBusId(int *device, const char *text) {
  unsigned domain = 0, bus = 0;
  if (!device || !text || std::sscanf(text, "%x:%x:", &domain, &bus) != 2 || domain != 0) {
    return record(hipErrorInvalidValue);
  }
  if (!isDevice(static_cast<int>(bus) - 1)) {
    return record(hipErrorInvalidDevice);
  }
  *device = static_cast<int>(bus) - 1;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceTotalMem(size_t *bytes, hipDevice_t device) {
  if (!bytes || !isDevice(device)) {
    return record(bytes ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  *bytes = Platform::get().heap().budget(device);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipMemGetInfo(size_t *free, size_t *total) {
  if (!free || !total) {
    return record(hipErrorInvalidValue);
  }
  if (Platform::get().deviceCount() == 0) {
    return record(hipErrorNoDevice);
  }
  Heap &heap = Platform::get().heap();
  *total = heap.budget(currentDevice());
  *free = *total - std::min<size_t>(*total, heap.used(currentDevice()));
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceComputeCapability(int *major, int *minor, hipDevice_t device) {
  if (!major || !minor || !isDevice(device)) {
    return record(isDevice(device) ? hipErrorInvalidValue : hipErrorInvalidDevice);
  }
  *major = static_cast<int>(Platform::get().chip().major);
  *minor = static_cast<int>(Platform::get().chip().minor);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceSynchronize() {
  return record(synchronizeDevice());
}

/// Memory and modules stay: only the pending failure is dropped.
QCC_HIP_API hipError_t hipDeviceReset() {
  synchronizeDevice();
  return hipSuccess;
}

QCC_HIP_API hipError_t hipSetDeviceFlags(unsigned) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGetDeviceFlags(unsigned *flags) {
  if (!flags) {
    return record(hipErrorInvalidValue);
  }
  *flags = 0;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceGetStreamPriorityRange(int *least, int *greatest) {
  if (least) {
    *least = 1;
  }
  if (greatest) {
    *greatest = -1;
  }
  return hipSuccess;
}

QCC_HIP_API hipError_t hipDeviceCanAccessPeer(int *can, int device, int peer) {
  if (!can || !isDevice(device) || !isDevice(peer)) {
    return record(can ? hipErrorInvalidDevice : hipErrorInvalidValue);
  }
  *can = device != peer;
  return hipSuccess;
}

/// All devices share the host's memory: what is enabled is kept only to refuse enabling it twice.
QCC_HIP_API hipError_t hipDeviceEnablePeerAccess(int peer, unsigned flags) {
  if (!isDevice(peer) || peer == currentDevice() || flags != 0) {
    return record(flags != 0 ? hipErrorInvalidValue : hipErrorInvalidDevice);
  }
  bool changed = Platform::get().setPeerAccess(currentDevice(), peer, true);
  return record(changed ? hipSuccess : hipErrorPeerAccessAlreadyEnabled);
}

QCC_HIP_API hipError_t hipDeviceDisablePeerAccess(int peer) {
  if (!isDevice(peer) || peer == currentDevice()) {
    return record(hipErrorInvalidDevice);
  }
  bool changed = Platform::get().setPeerAccess(currentDevice(), peer, false);
  return record(changed ? hipSuccess : hipErrorPeerAccessNotEnabled);
}

QCC_HIP_API hipError_t hipDeviceGetP2PAttribute(int *value, int attribute, int device, int peer) {
  if (!value || attribute < 0 || attribute > 3 || device == peer) {
    return record(hipErrorInvalidValue);
  }
  if (!isDevice(device) || !isDevice(peer)) {
    return record(hipErrorInvalidDevice);
  }
  *value = attribute == 1 || attribute == 2; // access and native atomics
  return hipSuccess;
}
