#include "emulator/hip_api/LaunchCall.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Occupancy.h"

namespace qcc::emulator {

hipError_t launch(std::shared_ptr<ihipModuleSymbol_t> function, const LaunchRequest &request,
                  hipStream_t handle) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream) {
    return explain(hipErrorInvalidHandle, "a launch in a stream that is destroyed or none");
  }
  KernelLaunch prepared;
  hipError_t error =
      prepareLaunch(std::move(function), request.grid, request.block, request.dynamicLds,
                    request.arguments, request.cooperative, prepared);
  return error ? error : submit(*stream, std::move(prepared));
}

hipError_t recordIfGiven(hipEvent_t handle, hipStream_t streamHandle) {
  if (!handle) {
    return hipSuccess;
  }
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(handle);
  std::shared_ptr<ihipStream_t> stream = findStream(streamHandle);
  return event && stream ? recordEvent(*stream, event) : hipErrorInvalidHandle;
}

hipError_t maxActiveBlocks(int *blocks, const ihipModuleSymbol_t &function, int blockSize,
                           size_t dynamicLds) {
  if (!blocks || blockSize <= 0) {
    return hipErrorInvalidValue;
  }
  *blocks = static_cast<int>(workgroupsPerMultiprocessor(
      function, Platform::get().chip(), static_cast<uint32_t>(blockSize), dynamicLds));
  return hipSuccess;
}

hipError_t maxPotentialBlockSize(int *grid, int *block, const ihipModuleSymbol_t &function,
                                 size_t dynamicLds, int limit) {
  if (!grid || !block || limit < 0) {
    return hipErrorInvalidValue;
  }
  const Chip &chip = Platform::get().chip();
  uint32_t size = bestWorkgroupSize(function, chip, dynamicLds, static_cast<uint32_t>(limit));
  *block = static_cast<int>(size);
  *grid =
      static_cast<int>(chip.multiprocessors *
                       (size ? workgroupsPerMultiprocessor(function, chip, size, dynamicLds) : 0));
  return hipSuccess;
}

} // namespace qcc::emulator
