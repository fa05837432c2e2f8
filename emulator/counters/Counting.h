// Counts what a launch does. Give it to Dispatch::observers, run the launch, then ask for the
// counters. One object serves one launch after another, not several at once.
#pragma once

#include "emulator/counters/Counters.h"

#include <functional>
#include <memory>

namespace qcc::emulator {

class CountingObserver final : public isa::LaunchObserver {
public:
  /// Called when a launch has ended, with its counters.
  using Done = std::function<void(const LaunchCounters &)>;

  explicit CountingObserver(Done done = {});
  ~CountingObserver() override;

  void start(const isa::Launch &launch, const isa::GroupShape &shape) override;
  std::unique_ptr<isa::GroupObserver> observeGroups() override;
  void end(const DispatchResult &result) override;

  /// Of the launch that ended last; what was counted until then, when it failed.
  const LaunchCounters &counters() const { return last; }

private:
  class Group;
  class Shard;
  Shard &shardOfThread();
  void addPage(uint32_t page);
  void addInstruction(uint32_t dword, const InstructionCounts &counts);

  Done done;
  const isa::Launch *launch = nullptr;
  uint64_t number = 0; // of the launch, in this process
  struct Shards;
  std::unique_ptr<Shards> shards; // one a host thread
  LaunchCounters last;
};

} // namespace qcc::emulator
