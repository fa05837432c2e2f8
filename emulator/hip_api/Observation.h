// Who watches the kernels of this process: the one place that knows which observers the environment
// and the calls beside HIP have switched on, and that makes the list for each launch.
#pragma once

#include "emulator/isa/Observer.h"

#include <memory>
#include <string>
#include <vector>

namespace qcc::emulator {

struct KernelLaunch;

/// The observers of one launch; they live until it has ended.
using LaunchObservers = std::vector<std::unique_ptr<isa::LaunchObserver>>;

/// Read from the environment when first used:
///   QCC_EMULATED_LIMIT    instructions that one wave may execute before its launch ends with
///                         hipErrorLaunchTimeOut; unset: no limit
class Observation {
public:
  static Observation &get();

  /// "" or one sentence: the environment asks for what cannot be, and launches are refused.
  const std::string &problem() const { return sentence; }

  /// Instructions a wave; 0: no limit.
  uint64_t instructionLimit() const { return limit; }

  /// Makes the observers of a launch that is about to run. Safe from any thread.
  LaunchObservers observe(const KernelLaunch &launch);

private:
  Observation();

  std::string sentence;
  uint64_t limit = 0;
};

} // namespace qcc::emulator
