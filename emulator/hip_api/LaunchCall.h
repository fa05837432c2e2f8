// What the launching calls of the module API and of the runtime API have in common.
#pragma once

#include "emulator/hip_api/Stream.h"

namespace qcc::emulator {

/// The configuration and arguments of one launch, as a program gives them.
struct LaunchRequest {
  dim3 grid{1, 1, 1};
  dim3 block{1, 1, 1};
  uint64_t dynamicLds = 0; // bytes
  ArgumentSource arguments;
  bool cooperative = false;
};

/// Checks the launch and submits it to the stream.
hipError_t launch(std::shared_ptr<ihipModuleSymbol_t> function, const LaunchRequest &request,
                  hipStream_t stream);

/// Records `event` in the stream when it is not null.
hipError_t recordIfGiven(hipEvent_t event, hipStream_t stream);

/// Runs `launchIt` between the recording of two events, either of which may be null.
template <typename Launch>
hipError_t timed(hipEvent_t start, hipEvent_t stop, hipStream_t stream, Launch launchIt) {
  if (hipError_t error = recordIfGiven(start, stream)) {
    return error;
  }
  if (hipError_t error = launchIt()) {
    return error;
  }
  return recordIfGiven(stop, stream);
}

/// The occupancy queries, for a kernel of the calling thread's device.
hipError_t maxActiveBlocks(int *blocks, const ihipModuleSymbol_t &function, int blockSize,
                           size_t dynamicLds);
hipError_t maxPotentialBlockSize(int *grid, int *block, const ihipModuleSymbol_t &function,
                                 size_t dynamicLds, int limit);

} // namespace qcc::emulator
