// Wait states that gfx9 chips leave to software: results forwarded too late for what follows.
#pragma once

#include "emulator/checks/Report.h"
#include "emulator/isa/Observer.h"

#include <array>

namespace qcc::emulator::checks {

/// Watches one wave. gfx11 and gfx12 interlock these in hardware and are not watched.
/// Source: CDNA2 and CDNA3 ISA manuals, "Manually Inserted Wait States (NOPs)".
class Hazards {
public:
  void start(const isa::Wave &w);
  void before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter);
  void after(const isa::Instruction &i);

private:
  static constexpr unsigned registerCount = 512 + 32;
  /// The wait state behind the one in which something was last written; 0: long ago.
  using Moment = uint64_t;

  void demand(const isa::Wave &w, Moment written, unsigned states, const char *what,
              Reporter &reporter) const;
  void checkScalarReads(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter) const;
  void checkVectorMoves(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter) const;
  void checkMatrixResults(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter) const;

  bool watched = false;
  Moment now = 0, matrixResultsUntil = 0;
  std::array<Moment, isa::SlotCount> scalarByVector{}; // scalar registers written by vector ALU
  Moment m0ByScalar = 0;
  std::array<Moment, registerCount> vectorByVector{};
  struct MatrixResult {
    Moment written = 0;
    uint16_t states = 0; // that must pass before another unit reads it
  };
  std::array<MatrixResult, registerCount> byMatrix{};
};

} // namespace qcc::emulator::checks
