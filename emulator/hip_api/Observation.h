// Who watches the kernels of this process: the one place that knows which observers the environment
// and the calls beside HIP have switched on, and that makes the list for each launch.
#pragma once

#include "emulator/checks/Checks.h"
#include "emulator/counters/Collection.h"
#include "emulator/hip_api/HipAbi.h"
#include "emulator/isa/Observer.h"
#include "emulator/trace/Trace.h"

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace qcc::emulator {

struct KernelLaunch;

/// The observers of one launch; they live until it has ended.
using LaunchObservers = std::vector<std::unique_ptr<isa::LaunchObserver>>;

/// Read from the environment when first used:
///   QCC_EMULATED_LIMIT       instructions that one wave may execute before its launch ends with
///                            hipErrorLaunchTimeOut; unset: no limit
///   QCC_EMULATED_COUNTERS    counts all launches and writes the counters when the process ends:
///                            the name of a JSON file, or "-" or "1" for a table on stderr
///   QCC_EMULATED_TRACE       kernel[:workgroup[:wave]]: prints what that wave does, in every
///                            launch of kernels whose names hold the first part
///   QCC_EMULATED_TRACE_FILE  where to; unset: stderr
///   QCC_EMULATED_CHECKS      "all", or some of uninitialized, races, waits, hazards, barriers,
///                            progress, separated by commas: reports go to stderr; with "fatal"
///                            among them a launch that has reports fails
class Observation {
public:
  static Observation &get();

  /// "" or one sentence: the environment asks for what cannot be, and launches are refused.
  const std::string &problem() const { return sentence; }

  /// Instructions a wave; 0: no limit.
  uint64_t instructionLimit() const { return limit; }

  /// What was counted so far, and whether launches are counted from now on.
  CounterCollection &counters() { return collection; }
  void setCounting(bool on) { counting = on; }

  /// Writes the counters: JSON to the file, or the table to stderr for "-" or "1". A file that
  /// cannot be written is explained: hipErrorOperatingSystem.
  hipError_t writeCounters(const std::string &destination);

  /// The checks that are on, or null.
  const checks::Checks *checks() const { return checker.get(); }
  bool reportsAreFatal() const { return fatal; }

  /// Makes the observers of a launch that is about to run. Safe from any thread.
  LaunchObservers observe(const KernelLaunch &launch);

private:
  Observation();
  void readLimit();
  void readCounters();
  void readTrace();
  void readChecks();

  std::string sentence;
  uint64_t limit = 0;
  std::atomic<bool> counting{false};
  CounterCollection collection;
  std::string countersAtExit; // where the counters go when the process ends; "": nowhere
  std::unique_ptr<checks::Checks> checker;
  bool fatal = false;
  std::optional<TraceSelection> traced;
  std::FILE *traceFile = stderr; // stays open: launches may come until the very end
};

} // namespace qcc::emulator
