// Barriers that not every lane or wave of a workgroup reaches.
#pragma once

#include "emulator/checks/Report.h"
#include "emulator/isa/Observer.h"

#include <vector>

namespace qcc::emulator::checks {

/// Watches one workgroup. What is reported:
/// - waves that are let go together from barriers at different places of the program;
/// - a barrier with lanes switched off that have stored something since the barrier before, or that
///   go on behind this one; lanes that did nothing have left early, which is legal;
/// - a wave that ended after stores of its own while others wait at a barrier that it never came
/// to.
class Barriers {
public:
  void start(std::span<const std::unique_ptr<isa::Wave>> waves);
  void before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter);
  void pass(std::span<const std::unique_ptr<isa::Wave>> waves, Reporter &reporter);

private:
  struct State {
    uint64_t alive = 0;     // lanes that the wave began with
    uint64_t off = 0;       // lanes that were off at the last barrier
    uint32_t barrierAt = 0; // dword of the barrier
    uint64_t worked = 0;    // lanes that have stored since the last barrier
  };
  std::vector<State> states;
};

} // namespace qcc::emulator::checks
