// Barriers that not every lane or wave of a workgroup reaches.
#pragma once

#include "emulator/checks/Report.h"
#include "emulator/isa/Observer.h"

#include <vector>

namespace qcc::emulator::checks {

/// Watches one workgroup. What is reported:
/// - waves that are let go together from barriers at different places of the program;
/// - a wave that passed a barrier with lanes switched off that go on behind it: lanes that ended
///   before the barrier never do;
/// - a wave that ended after memory accesses of its own while others wait at a barrier that it
///   never came to; one that did nothing since the last barrier has left early, which is legal.
class Barriers {
public:
  void start(std::span<const std::unique_ptr<isa::Wave>> waves);
  void before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter);
  void pass(std::span<const std::unique_ptr<isa::Wave>> waves, Reporter &reporter);

private:
  struct State {
    uint64_t alive = 0;      // lanes that the wave began with
    uint64_t off = 0;        // lanes that were off at the last barrier
    uint32_t barrierAt = 0;  // dword of the barrier
    bool worked = false;     // has stored since the last barrier
  };
  std::vector<State> states;
};

} // namespace qcc::emulator::checks
