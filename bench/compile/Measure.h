// Runs a program and says what it cost; and what machine it ran on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qcc::bench {

struct Measurement {
  int exitCode = -1;
  double wallSeconds = 0;
  double cpuSeconds = 0; // user and system, all threads
  /// The most that was resident at once (VmHWM), pages of mapped files included.
  uint64_t peakResidentBytes = 0;
};

/// Runs command[0], a path, with the other words as its arguments, to its end.
Measurement measure(std::vector<std::string> command);

/// A benchmark's figures mean nothing without these.
struct Machine {
  std::string processor;
  unsigned cores = 0;
  double loadAverage = 0; // of the last minute
};
Machine thisMachine();

} // namespace qcc::bench
