// One kernel launch: its arguments put together, its limits checked, and run.
#pragma once

#include "emulator/hip_api/Module.h"

namespace qcc::emulator {

/// A launch that is ready to run, now or as often as a graph is launched.
struct KernelLaunch {
  std::shared_ptr<ihipModuleSymbol_t> function;
  dim3 grid{1, 1, 1};           // workgroups
  dim3 block{1, 1, 1};          // work-items
  uint32_t dynamicLds = 0;      // bytes
  std::vector<uint8_t> kernarg; // the whole segment, hidden arguments included
};

/// Where a program put the arguments: one pointer an argument, or the `extra` list with a buffer.
struct ArgumentSource {
  void **params = nullptr;
  void **extra = nullptr;
};

/// Checks the launch against the kernel and the chip and fills in `launch`; refusals are explained.
/// `cooperative`: all workgroups must be on the device at once.
hipError_t prepareLaunch(std::shared_ptr<ihipModuleSymbol_t> function, dim3 grid, dim3 block,
                         uint64_t dynamicLds, ArgumentSource arguments, bool cooperative,
                         KernelLaunch &launch);

/// Runs to the end. A kernel that fails is explained: hipErrorIllegalAddress for an access outside
/// allocated memory, hipErrorInvalidConfiguration for a launch that cannot be,
/// hipErrorLaunchTimeOut for one that meets the instruction limit, else hipErrorLaunchFailure.
hipError_t runLaunch(const KernelLaunch &launch);

} // namespace qcc::emulator
