// The HIP calls behind <<<>>> and device variables: device code compiled into the program.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/FatBinary.h"
#include "emulator/hip_api/LaunchCall.h"
#include "emulator/hip_api/Occupancy.h"
#include "emulator/hip_api/SymbolCall.h"

using namespace qcc::emulator;

namespace {

/// What <<<>>> pushed for the launch that follows on this thread.
struct CallConfiguration {
  dim3 grid, block;
  size_t lds;
  hipStream_t stream;
};
thread_local std::vector<CallConfiguration> configurations;

hipError_t launchHostFunction(const void *hostFunction, const LaunchRequest &request,
                              hipStream_t stream) {
  if (Platform::get().deviceCount() == 0) {
    return hipErrorNoDevice;
  }
  std::shared_ptr<ihipModuleSymbol_t> function;
  hipError_t error = FatBinaryRegistry::get().findFunction(hostFunction, function);
  return error ? error : launch(std::move(function), request, stream);
}

hipError_t copyInStream(const CopyCommand &copy, hipStream_t handle, bool wait) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream) {
    return hipErrorInvalidHandle;
  }
  hipError_t error = wait ? synchronize(*stream) : hipSuccess;
  return error ? error : submit(*stream, copy);
}

hipError_t copyToSymbol(const void *symbol, const void *src, size_t bytes, size_t offset,
                        hipMemcpyKind kind, hipStream_t stream, bool wait) {
  void *address = nullptr;
  hipError_t error = addressInVariable(symbol, offset, bytes, address);
  return error ? error : copyInStream(linearCopy(address, src, bytes, kind), stream, wait);
}

hipError_t copyFromSymbol(void *dst, const void *symbol, size_t bytes, size_t offset,
                          hipMemcpyKind kind, hipStream_t stream, bool wait) {
  void *address = nullptr;
  hipError_t error = addressInVariable(symbol, offset, bytes, address);
  return error ? error : copyInStream(linearCopy(dst, address, bytes, kind), stream, wait);
}

} // namespace

QCC_HIP_API void **__hipRegisterFatBinary(const void *data) {
  return reinterpret_cast<void **>(FatBinaryRegistry::get().add(data));
}

QCC_HIP_API void __hipUnregisterFatBinary(void **binary) {
  FatBinaryRegistry::get().remove(reinterpret_cast<FatBinary *>(binary));
}

QCC_HIP_API void __hipRegisterFunction(void **binary, const void *hostFunction, char *,
                                       const char *deviceName, unsigned, void *, void *, void *,
                                       void *, int *) {
  FatBinaryRegistry::get().addFunction(reinterpret_cast<FatBinary *>(binary), hostFunction,
                                       deviceName);
}

QCC_HIP_API void __hipRegisterVar(void **binary, void *hostVariable, char *, char *deviceName, int,
                                  size_t, int, int) {
  FatBinaryRegistry::get().addVariable(reinterpret_cast<FatBinary *>(binary), hostVariable,
                                       deviceName);
}

QCC_HIP_API void __hipRegisterManagedVar(void *binary, void **pointer, void *initial,
                                         const char *name, size_t bytes, unsigned) {
  FatBinaryRegistry::get().addManaged(static_cast<FatBinary *>(binary), pointer, initial, name,
                                      bytes);
}

QCC_HIP_API hipError_t __hipPushCallConfiguration(dim3 grid, dim3 block, size_t lds,
                                                  hipStream_t stream) {
  configurations.push_back({grid, block, lds, stream});
  return hipSuccess;
}

QCC_HIP_API hipError_t __hipPopCallConfiguration(dim3 *grid, dim3 *block, size_t *lds,
                                                 hipStream_t *stream) {
  if (configurations.empty()) {
    return record(hipErrorMissingConfiguration);
  }
  CallConfiguration top = configurations.back();
  configurations.pop_back();
  *grid = top.grid;
  *block = top.block;
  *lds = top.lds;
  *stream = top.stream;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipLaunchKernel(const void *function, dim3 grid, dim3 block, void **params,
                                       size_t lds, hipStream_t stream) {
  return record(launchHostFunction(function, {grid, block, lds, {params, nullptr}, false}, stream));
}

QCC_HIP_API hipError_t hipLaunchKernel_spt(const void *function, dim3 grid, dim3 block,
                                           void **params, size_t lds, hipStream_t stream) {
  return hipLaunchKernel(function, grid, block, params, lds,
                         stream ? stream : hipStreamPerThreadHandle);
}

QCC_HIP_API hipError_t hipLaunchCooperativeKernel(const void *function, dim3 grid, dim3 block,
                                                  void **params, unsigned lds, hipStream_t stream) {
  return record(launchHostFunction(function, {grid, block, lds, {params, nullptr}, true}, stream));
}

QCC_HIP_API hipError_t hipExtLaunchKernel(const void *function, dim3 grid, dim3 block,
                                          void **params, size_t lds, hipStream_t stream,
                                          hipEvent_t start, hipEvent_t stop, int) {
  return record(timed(start, stop, stream, [&] {
    return launchHostFunction(function, {grid, block, lds, {params, nullptr}, false}, stream);
  }));
}

QCC_HIP_API hipError_t hipGetSymbolAddress(void **address, const void *symbol) {
  return record(address ? addressInVariable(symbol, 0, 0, *address) : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGetSymbolSize(size_t *bytes, const void *symbol) {
  Variable variable;
  hipError_t error =
      bytes ? FatBinaryRegistry::get().findVariable(symbol, variable) : hipErrorInvalidValue;
  if (!error) {
    *bytes = variable.bytes;
  }
  return record(error);
}

QCC_HIP_API hipError_t hipGetFuncBySymbol(hipFunction_t *handle, const void *symbol) {
  std::shared_ptr<ihipModuleSymbol_t> function;
  hipError_t error =
      handle ? FatBinaryRegistry::get().findFunction(symbol, function) : hipErrorInvalidValue;
  if (!error) {
    *handle = function.get();
  }
  return record(error);
}

QCC_HIP_API hipError_t hipMemcpyToSymbol(const void *symbol, const void *src, size_t bytes,
                                         size_t offset, hipMemcpyKind kind) {
  return record(copyToSymbol(symbol, src, bytes, offset, kind, nullptr, true));
}

QCC_HIP_API hipError_t hipMemcpyToSymbolAsync(const void *symbol, const void *src, size_t bytes,
                                              size_t offset, hipMemcpyKind kind,
                                              hipStream_t stream) {
  return record(copyToSymbol(symbol, src, bytes, offset, kind, stream, false));
}

QCC_HIP_API hipError_t hipMemcpyFromSymbol(void *dst, const void *symbol, size_t bytes,
                                           size_t offset, hipMemcpyKind kind) {
  return record(copyFromSymbol(dst, symbol, bytes, offset, kind, nullptr, true));
}

QCC_HIP_API hipError_t hipMemcpyFromSymbolAsync(void *dst, const void *symbol, size_t bytes,
                                                size_t offset, hipMemcpyKind kind,
                                                hipStream_t stream) {
  return record(copyFromSymbol(dst, symbol, bytes, offset, kind, stream, false));
}

QCC_HIP_API hipError_t hipFuncGetAttributes(hipFuncAttributes *attributes,
                                            const void *hostFunction) {
  std::shared_ptr<ihipModuleSymbol_t> function;
  hipError_t error = attributes ? FatBinaryRegistry::get().findFunction(hostFunction, function)
                                : hipErrorInvalidValue;
  if (error) {
    return record(error);
  }
  const Chip &chip = Platform::get().chip();
  *attributes = {};
  attributes->localSizeBytes = function->kernel.descriptor.privateSegmentFixedSize;
  attributes->sharedSizeBytes = function->kernel.descriptor.groupSegmentFixedSize;
  attributes->maxDynamicSharedSizeBytes =
      static_cast<int>(chip.ldsPerWorkgroup - attributes->sharedSizeBytes);
  attributes->maxThreadsPerBlock = static_cast<int>(function->info.maxFlatWorkgroupSize);
  attributes->numRegs = static_cast<int>(allocatedVgprs(*function, chip));
  attributes->binaryVersion = static_cast<int>(chip.major * 10 + chip.minor);
  attributes->ptxVersion = attributes->binaryVersion;
  return hipSuccess;
}

/// All of a chip's LDS is always available, and there is no cache to configure.
QCC_HIP_API hipError_t hipFuncSetAttribute(const void *, int, int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipFuncSetCacheConfig(const void *, int) {
  return hipSuccess;
}

QCC_HIP_API hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks,
                                                                    const void *hostFunction,
                                                                    int blockSize, size_t lds) {
  std::shared_ptr<ihipModuleSymbol_t> function;
  hipError_t error = FatBinaryRegistry::get().findFunction(hostFunction, function);
  return record(error ? error : maxActiveBlocks(blocks, *function, blockSize, lds));
}

QCC_HIP_API hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks,
                                                                             const void *function,
                                                                             int blockSize,
                                                                             size_t lds, unsigned) {
  return hipOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, blockSize, lds);
}

QCC_HIP_API hipError_t hipOccupancyMaxPotentialBlockSize(int *grid, int *block,
                                                         const void *hostFunction, size_t lds,
                                                         int limit) {
  std::shared_ptr<ihipModuleSymbol_t> function;
  hipError_t error = FatBinaryRegistry::get().findFunction(hostFunction, function);
  return record(error ? error : maxPotentialBlockSize(grid, block, *function, lds, limit));
}
