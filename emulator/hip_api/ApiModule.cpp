// The HIP calls that load modules, find what is in them, and launch from them.
#include "emulator/code_object/HostImage.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/LaunchCall.h"
#include "emulator/hip_api/Occupancy.h"

#include "llvm/Support/MemoryBuffer.h"

using namespace qcc::emulator;

namespace {

hipError_t publish(Bytes image, hipModule_t *handle) {
  std::shared_ptr<ihipModule_t> module;
  if (hipError_t error = loadModule(image, currentDevice(), module)) {
    return error;
  }
  *handle = liveModules().add(std::move(module));
  return hipSuccess;
}

hipError_t checkLoad(hipModule_t *handle, const void *source) {
  if (!handle || !source) {
    return hipErrorInvalidValue;
  }
  *handle = nullptr;
  if (Platform::get().deviceCount() == 0) {
    return hipErrorNoDevice;
  }
  return refuseDuringCapture();
}

hipError_t loadFromMemory(hipModule_t *handle, const void *image) {
  if (hipError_t error = checkLoad(handle, image)) {
    return error;
  }
  llvm::Expected<std::vector<uint8_t>> copy = copyHostImage(image);
  if (!copy) {
    return explain(hipErrorInvalidImage, llvm::toString(copy.takeError()));
  }
  return publish(Bytes(*copy), handle);
}

hipError_t loadFromFile(hipModule_t *handle, const char *path) {
  if (hipError_t error = checkLoad(handle, path)) {
    return error;
  }
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file) {
    return explain(hipErrorFileNotFound,
                   std::string(path) + " cannot be read: " + file.getError().message());
  }
  const auto *data = reinterpret_cast<const uint8_t *>((*file)->getBufferStart());
  return publish(Bytes({data, (*file)->getBufferSize()}), handle);
}

hipError_t launchFunction(hipFunction_t handle, dim3 grid, dim3 block, uint64_t lds,
                          hipStream_t stream, ArgumentSource arguments, bool cooperative) {
  std::shared_ptr<ihipModuleSymbol_t> function = liveFunctions().find(handle);
  if (!function) {
    return explain(hipErrorInvalidHandle, "a launch of a function that is of no loaded module");
  }
  return launch(std::move(function), {grid, block, lds, arguments, cooperative}, stream);
}

int functionAttribute(const ihipModuleSymbol_t &function, hipFunction_attribute attribute) {
  const Chip &chip = Platform::get().chip();
  switch (attribute) {
  case HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    return static_cast<int>(function.info.maxFlatWorkgroupSize);
  case HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
    return static_cast<int>(function.kernel.descriptor.groupSegmentFixedSize);
  case HIP_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
    return static_cast<int>(function.kernel.descriptor.privateSegmentFixedSize);
  case HIP_FUNC_ATTRIBUTE_NUM_REGS:
    return static_cast<int>(allocatedVgprs(function, chip));
  case HIP_FUNC_ATTRIBUTE_PTX_VERSION:
  case HIP_FUNC_ATTRIBUTE_BINARY_VERSION:
    return static_cast<int>(chip.major * 10 + chip.minor);
  case HIP_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
    return static_cast<int>(chip.ldsPerWorkgroup) -
           static_cast<int>(function.kernel.descriptor.groupSegmentFixedSize);
  default:
    return 0;
  }
}

} // namespace

QCC_HIP_API hipError_t hipModuleLoad(hipModule_t *module, const char *path) {
  return record(loadFromFile(module, path));
}

QCC_HIP_API hipError_t hipModuleLoadData(hipModule_t *module, const void *image) {
  return record(loadFromMemory(module, image));
}

QCC_HIP_API hipError_t hipModuleLoadFatBinary(hipModule_t *module, const void *image) {
  return record(loadFromMemory(module, image));
}

/// Options steer a compiler, which a finished code object does not need.
QCC_HIP_API hipError_t hipModuleLoadDataEx(hipModule_t *module, const void *image, unsigned, int *,
                                           void **) {
  return record(loadFromMemory(module, image));
}

QCC_HIP_API hipError_t hipModuleUnload(hipModule_t module) {
  if (hipError_t error = refuseDuringCapture()) {
    return record(error);
  }
  return record(liveModules().remove(module) ? hipSuccess : hipErrorInvalidHandle);
}

QCC_HIP_API hipError_t hipModuleGetFunction(hipFunction_t *function, hipModule_t handle,
                                            const char *name) {
  if (!function || !name) {
    return record(hipErrorInvalidValue);
  }
  *function = nullptr;
  std::shared_ptr<ihipModule_t> module = liveModules().find(handle);
  if (!module) {
    return record(hipErrorInvalidHandle);
  }
  auto it = module->functions.find(name);
  if (it == module->functions.end()) {
    return record(explain(hipErrorNotFound, "the module has no kernel " + std::string(name)));
  }
  *function = it->second.get();
  return hipSuccess;
}

QCC_HIP_API hipError_t hipModuleGetFunctionCount(unsigned *count, hipModule_t handle) {
  std::shared_ptr<ihipModule_t> module = liveModules().find(handle);
  if (!count || !module) {
    return record(count ? hipErrorInvalidHandle : hipErrorInvalidValue);
  }
  *count = static_cast<unsigned>(module->functions.size());
  return hipSuccess;
}

QCC_HIP_API hipError_t hipModuleGetGlobal(hipDeviceptr_t *address, size_t *bytes,
                                          hipModule_t handle, const char *name) {
  if ((!address && !bytes) || !name) {
    return record(hipErrorInvalidValue);
  }
  std::shared_ptr<ihipModule_t> module = liveModules().find(handle);
  if (!module) {
    return record(hipErrorInvalidHandle);
  }
  auto it = module->variables.find(name);
  if (it == module->variables.end()) {
    return record(explain(hipErrorNotFound, "the module has no variable " + std::string(name)));
  }
  if (address) {
    *address = reinterpret_cast<void *>(it->second.address);
  }
  if (bytes) {
    *bytes = it->second.bytes;
  }
  return hipSuccess;
}

QCC_HIP_API hipError_t hipFuncGetAttribute(int *value, hipFunction_attribute attribute,
                                           hipFunction_t handle) {
  std::shared_ptr<ihipModuleSymbol_t> function = liveFunctions().find(handle);
  if (!value || attribute < HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK ||
      attribute > HIP_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT) {
    return record(hipErrorInvalidValue);
  }
  if (!function) {
    return record(hipErrorInvalidDeviceFunction);
  }
  *value = functionAttribute(*function, attribute);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned gridX, unsigned gridY,
                                             unsigned gridZ, unsigned blockX, unsigned blockY,
                                             unsigned blockZ, unsigned lds, hipStream_t stream,
                                             void **params, void **extra) {
  return record(launchFunction(function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, lds,
                               stream, {params, extra}, false));
}

QCC_HIP_API hipError_t hipModuleLaunchCooperativeKernel(hipFunction_t function, unsigned gridX,
                                                        unsigned gridY, unsigned gridZ,
                                                        unsigned blockX, unsigned blockY,
                                                        unsigned blockZ, unsigned lds,
                                                        hipStream_t stream, void **params) {
  return record(launchFunction(function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, lds,
                               stream, {params, nullptr}, true));
}

// The next two have C++ linkage in hip_ext.h; their grids count work-items.
__attribute__((visibility("default"))) hipError_t hipExtModuleLaunchKernel(
    hipFunction_t function, uint32_t globalX, uint32_t globalY, uint32_t globalZ, uint32_t localX,
    uint32_t localY, uint32_t localZ, size_t lds, hipStream_t stream, void **params, void **extra,
    hipEvent_t start, hipEvent_t stop, uint32_t) {
  if (!localX || !localY || !localZ || globalX % localX || globalY % localY || globalZ % localZ) {
    return record(explain(hipErrorInvalidConfiguration,
                          "a launch whose grid is not a whole number of workgroups"));
  }
  dim3 grid{globalX / localX, globalY / localY, globalZ / localZ};
  return record(timed(start, stop, stream, [&] {
    return launchFunction(function, grid, {localX, localY, localZ}, lds, stream, {params, extra},
                          false);
  }));
}

__attribute__((visibility("default"))) hipError_t hipHccModuleLaunchKernel(
    hipFunction_t function, uint32_t globalX, uint32_t globalY, uint32_t globalZ, uint32_t localX,
    uint32_t localY, uint32_t localZ, size_t lds, hipStream_t stream, void **params, void **extra,
    hipEvent_t start, hipEvent_t stop) {
  return hipExtModuleLaunchKernel(function, globalX, globalY, globalZ, localX, localY, localZ, lds,
                                  stream, params, extra, start, stop, 0);
}

QCC_HIP_API hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks,
                                                                          hipFunction_t handle,
                                                                          int blockSize,
                                                                          size_t lds) {
  std::shared_ptr<ihipModuleSymbol_t> function = liveFunctions().find(handle);
  return record(function ? maxActiveBlocks(blocks, *function, blockSize, lds)
                         : hipErrorInvalidDeviceFunction);
}

QCC_HIP_API hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *blocks, hipFunction_t function, int blockSize, size_t lds, unsigned) {
  return hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, blockSize, lds);
}

QCC_HIP_API hipError_t hipModuleOccupancyMaxPotentialBlockSize(int *grid, int *block,
                                                               hipFunction_t handle, size_t lds,
                                                               int limit) {
  std::shared_ptr<ihipModuleSymbol_t> function = liveFunctions().find(handle);
  return record(function ? maxPotentialBlockSize(grid, block, *function, lds, limit)
                         : hipErrorInvalidDeviceFunction);
}

QCC_HIP_API hipError_t hipModuleOccupancyMaxPotentialBlockSizeWithFlags(int *grid, int *block,
                                                                        hipFunction_t function,
                                                                        size_t lds, int limit,
                                                                        unsigned) {
  return hipModuleOccupancyMaxPotentialBlockSize(grid, block, function, lds, limit);
}
