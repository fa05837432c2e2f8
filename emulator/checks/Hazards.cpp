#include "emulator/checks/Hazards.h"

#include "emulator/isa/Chip.h"

#include <algorithm>

namespace qcc::emulator::checks {

namespace {

using Class = isa::InstructionClass;

bool isVectorMemory(const isa::Instruction &i) {
  return i.facts.unit == Class::Global || i.facts.unit == Class::Flat ||
         i.facts.unit == Class::Scratch;
}
bool has(const isa::Instruction &i, isa::Trait trait) {
  return (i.facts.traits & trait) != 0;
}

} // namespace

void Hazards::start(const isa::Wave &w) {
  watched = w.launch->chip->major == 9;
  now = 64; // nothing was written recently
  matrixResultsUntil = 0;
  scalarByVector = {};
  vectorByVector = {};
  byMatrix = {};
  m0ByScalar = 0;
}

void Hazards::demand(const isa::Wave &w, Moment written, unsigned states, const char *what,
                     Reporter &reporter) const {
  if (written != 0 && now < written + states) {
    reporter.report(Kind::Hazard, w, -1,
                    std::string(what) + ": " + std::to_string(states) +
                        " wait states must lie between and there are " +
                        std::to_string(now - written));
  }
}

void Hazards::checkScalarReads(const isa::Wave &w, const isa::Instruction &i,
                               Reporter &reporter) const {
  for (const isa::RegisterSpan &span : i.facts.reads) {
    for (unsigned n = span.first; !span.vector && n < unsigned(span.first) + span.count; ++n) {
      if (isVectorMemory(i)) {
        demand(w, scalarByVector[n], 5,
               "a memory instruction reads a scalar register that the vector ALU has written",
               reporter);
      } else if (has(i, isa::TraitLaneSelect) && i.src[1].place == isa::Place::Scalar &&
                 i.src[1].index == n) {
        demand(w, scalarByVector[n], 4,
               "a lane is selected by a scalar register that the vector ALU has written", reporter);
      } else if (has(i, isa::TraitDivFmas) && n >= isa::SlotVcc && n <= isa::SlotVcc + 1) {
        demand(w, scalarByVector[n], 4, "v_div_fmas reads VCC that the vector ALU has written",
               reporter);
      }
    }
  }
}

void Hazards::checkVectorMoves(const isa::Wave &w, const isa::Instruction &i,
                               Reporter &reporter) const {
  if (i.mod.permutation) {
    demand(w, scalarByVector[isa::SlotExec], 5,
           "a DPP instruction follows a write of EXEC by the vector ALU", reporter);
    for (unsigned n = 0; i.src[0].place == isa::Place::Vector && n < i.src[0].dwords; ++n) {
      demand(w, vectorByVector[i.src[0].index + n], 2,
             "DPP moves a vector register that has just been written", reporter);
    }
  }
  if (has(i, isa::TraitHiddenM0)) {
    demand(w, m0ByScalar, 1, "M0 is used right behind its write by the scalar ALU", reporter);
  }
}

/// The matrix units interlock only with each other's accumulator; other readers must wait.
void Hazards::checkMatrixResults(const isa::Wave &w, const isa::Instruction &i,
                                 Reporter &reporter) const {
  const isa::Operand &accumulator = i.src[2];
  for (const isa::RegisterSpan &span : i.facts.reads) {
    const bool forwarded = i.facts.unit == Class::Matrix && span.first == accumulator.index;
    for (unsigned n = span.first;
         span.vector && !forwarded && n < unsigned(span.first) + span.count; ++n) {
      demand(w, byMatrix[n].written, byMatrix[n].states,
             "a matrix instruction's result is read before it is there", reporter);
    }
  }
}

void Hazards::before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter) {
  if (!watched) {
    return;
  }
  if (isVectorMemory(i) || (i.facts.traits & (isa::TraitLaneSelect | isa::TraitDivFmas)) != 0) {
    checkScalarReads(w, i, reporter);
  }
  if (i.mod.permutation || has(i, isa::TraitHiddenM0)) {
    checkVectorMoves(w, i, reporter);
  }
  if (now < matrixResultsUntil) {
    checkMatrixResults(w, i, reporter);
  }
}

void Hazards::after(const isa::Instruction &i) {
  if (!watched) {
    return;
  }
  now += i.facts.waitStates;
  const unsigned passes = i.facts.unit == Class::Matrix ? i.facts.matrixPasses : 0;
  // The results of the slowest types are ready a state or more later still.
  const uint16_t states = passes == 0 ? 0 : static_cast<uint16_t>(passes + 2);
  matrixResultsUntil =
      states != 0 ? std::max(matrixResultsUntil, now + states) : matrixResultsUntil;
  const Moment byVector = isa::isVectorArithmetic(i.facts.unit) ? now : 0;
  for (const isa::RegisterSpan &span : i.facts.writes) {
    for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
      if (span.vector) {
        vectorByVector[n] = byVector;
        byMatrix[n] = states != 0 ? MatrixResult{now, states} : MatrixResult{};
      } else {
        scalarByVector[n] = byVector;
        m0ByScalar = n == isa::SlotM0 ? (i.facts.unit == Class::Scalar ? now : 0) : m0ByScalar;
      }
    }
  }
}

} // namespace qcc::emulator::checks
