// What an instruction makes of bits that were never written, found by executing it again with those
// bits changed: result bits that change with them are unwritten too. So every instruction, with its
// masks, shifts and selections, is its own rule.
#pragma once

#include "emulator/checks/RegisterShadow.h"

namespace qcc::emulator::checks {

class Reexecution {
public:
  /// Keeps what the instruction reads and writes; call it before the instruction is executed.
  void save(const isa::Wave &w, const isa::Instruction &i);

  /// Executes the instruction twice more with other values in the unwritten bits of what it reads,
  /// puts the wave back as the first execution left it, and marks the results in `shadow`.
  void run(isa::Wave &w, const isa::Instruction &i, RegisterShadow &shadow);

private:
  /// The contents of spans one after another: `laneStride` words a vector register, one a scalar.
  using Contents = std::vector<uint32_t>;
  struct State {
    bool scc = false;
    uint32_t pc = 0, mode = 0;
    isa::Stop stop = isa::Stop::None;
  };

  static void read(isa::Wave &w, const std::vector<isa::RegisterSpan> &spans, Contents &to);
  static void write(isa::Wave &w, const std::vector<isa::RegisterSpan> &spans,
                    const Contents &from);
  static State stateOf(const isa::Wave &w);
  static void restore(isa::Wave &w, const State &state);
  void change(isa::Wave &w, const isa::Instruction &i, const RegisterShadow &shadow,
              uint32_t pattern) const;
  void mark(const isa::Wave &w, const isa::Instruction &i, RegisterShadow &shadow) const;

  Contents readsBefore, writesBefore, result, again, differing;
  State before;
  uint64_t exec = 0;
};

/// Whether the instruction works lane by lane, so that a lane's result depends on that lane alone.
bool isLaneWise(const isa::Instruction &i);
/// Lanes whose registers the instruction may write.
uint64_t lanesWritten(const isa::Wave &w, const isa::Instruction &i, uint64_t exec);

} // namespace qcc::emulator::checks
