// The counters of all launches of a process, by kernel and in the order of their ends.
#pragma once

#include "emulator/counters/Counters.h"

#include <mutex>
#include <string>

namespace qcc::emulator {

/// Every member is safe to call from any thread.
class CounterCollection {
public:
  /// Adds a launch. Launches of a kernel add up while its name, its chip and its code (`codeHash`)
  /// are the same.
  void add(const LaunchCounters &counters, uint64_t codeHash);

  /// Forgets everything.
  void clear();

  /// {"kernels": [...], "launches": [...]}, see docs/emulator_counters.md.
  std::string json() const;

  /// A paragraph a kernel.
  std::string text() const;

private:
  struct KernelEntry {
    uint64_t codeHash;
    LaunchCounters counters;
  };
  mutable std::mutex mutex;
  std::vector<KernelEntry> kernels;  // in the order of their first launch
  std::vector<std::string> launches; // JSON objects
};

} // namespace qcc::emulator
