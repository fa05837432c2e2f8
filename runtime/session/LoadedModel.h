// A package on a device: its code object loaded, its weights uploaded. Sessions share it.
#pragma once

#include "runtime/device/Buffers.h"
#include "runtime/package/Package.h"

#include <functional>

namespace qcc::runtime {

/// Told during an upload: bytes done and bytes in all.
using UploadProgress = std::function<void(uint64_t done, uint64_t total)>;

class LoadedModel {
public:
  /// Loads the code object and streams the weights to the device, checking their hash on the way.
  /// Errors: WrongDevice, OutOfMemory, Corrupt, DeviceFailure.
  static Result<std::shared_ptr<const LoadedModel>> load(std::shared_ptr<Device> device,
                                                         std::shared_ptr<const Package> package,
                                                         const UploadProgress &progress);

  const std::shared_ptr<Device> &device() const { return modelDevice; }
  const Package &package() const { return *modelPackage; }

  /// The device address of the weights.
  void *weights() const { return weightMemory.get(); }

  /// The kernel called `name`. Error: DeviceFailure.
  Result<hip::Function> kernel(const char *name) const;

private:
  std::shared_ptr<Device> modelDevice;
  std::shared_ptr<const Package> modelPackage;
  DeviceModule module;
  DeviceMemory weightMemory;
};

} // namespace qcc::runtime
