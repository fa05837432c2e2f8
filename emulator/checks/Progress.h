// Launches that can never come to their end.
#pragma once

#include "emulator/checks/Report.h"
#include "emulator/isa/run/Workgroup.h"

#include <atomic>
#include <vector>

namespace qcc::emulator::checks {

/// Counts changes of global memory during one launch.
struct MemoryChanges {
  std::atomic<uint64_t> count{0};
  std::atomic<bool> watched{false}; // some workgroup compares states: changes must be counted
};

/// Watches one workgroup. A wave is stuck when it comes back to an earlier state, registers and
/// place, and neither it nor anyone else has changed memory since: it will do the same again for
/// ever. One that reads a clock or counts its turns is never proven stuck.
class Progress {
public:
  /// `shape` is the launch's.
  Progress(MemoryChanges &changes, const isa::GroupShape &shape) : changes(changes), shape(shape) {}

  void start(std::span<const std::unique_ptr<isa::Wave>> waves);
  void before(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses);
  void after(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses);
  void barrier();
  /// The workgroup's turn is over and it has not ended.
  void pause();
  bool stuck(std::span<const std::unique_ptr<isa::Wave>> waves) const;

private:
  /// Jumps back in one turn whose states are compared: cycles of half as many are found.
  static constexpr unsigned visitsInTurn = 256;
  /// Who is stuck stays so: it is enough to look now and then.
  static constexpr unsigned turnsBetweenLooks = 8;
  struct State {
    uint64_t kept = 0; // hash of the state to meet again; 0: none
    uint64_t seen = 0, renew = 1;
    unsigned left = visitsInTurn; // states to look at before the turn ends
    bool repeats = false;
    uint64_t changesThen = 0; // when `kept` was taken
  };
  static void forget(State &s);
  void visit(const isa::Wave &w, State &s);
  uint64_t hash(const isa::Wave &w) const;

  MemoryChanges &changes;
  const isa::GroupShape &shape;
  unsigned turns = 0;
  bool suspicious = false; // a turn was not enough: from now on states are compared
  std::vector<State> states;
  std::vector<uint8_t> memoryBefore;
};

} // namespace qcc::emulator::checks
