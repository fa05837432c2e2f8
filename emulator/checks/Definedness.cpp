#include "emulator/checks/Definedness.h"

#include "emulator/isa/Program.h"

#include <algorithm>

namespace qcc::emulator::checks {

namespace {

using Class = isa::InstructionClass;
using isa::AccessKind;
using isa::Space;

bool has(const isa::Instruction &i, isa::Trait trait) {
  return (i.facts.traits & trait) != 0;
}

bool usesMemory(const isa::Instruction &i) {
  switch (i.facts.unit) {
  case Class::ScalarMemory:
  case Class::Global:
  case Class::Flat:
  case Class::Scratch:
    return true;
  case Class::Lds:
    return !has(i, isa::TraitCrossbar);
  default:
    return false;
  }
}

constexpr const char *address = "is an address or part of one";

} // namespace

void Definedness::start(std::span<const std::unique_ptr<isa::Wave>> waves) {
  if (states.size() != waves.size()) {
    states.clear();
    for (size_t n = 0; n < waves.size(); ++n) {
      states.push_back(std::make_unique<State>());
    }
  }
  lds.assign(waves.front()->lds.bytes, 0);
  std::fill(std::begin(recent), std::end(recent), MemoryShadow::Block{});
  for (const auto &w : waves) {
    State &s = *states[w->indexInGroup];
    s.registers.start(*w);
    if (w->lanes == 32) {
      s.registers.setScalar(isa::SlotVcc + 1, ~0u); // nobody looks at it
    }
    if (s.scratchUsed || s.scratch.empty()) {
      s.scratch.assign(size_t(w->scratchBytes / 4) * isa::laneStride, 0);
      s.scratchUsed = false;
    }
  }
}

/// Reports an operand with unwritten bits in a lane that is on; true when there was one.
bool Definedness::checkOperand(isa::Wave &w, State &s, const isa::Operand &operand,
                               const char *what, Reporter &reporter) {
  const unsigned count = std::max<unsigned>(operand.dwords, 1);
  for (unsigned n = operand.index; n < operand.index + count; ++n) {
    if (operand.place == isa::Place::Scalar && n < isa::SlotDiscard &&
        s.registers.scalar(n) != ~0u) {
      s.registers.setScalar(n, ~0u);
      reporter.report(Kind::Uninitialized, w, -1,
                      "scalar register " + std::to_string(n) + " " + what +
                          " and depends on a value that was never written");
      return true;
    }
    const uint64_t bad =
        operand.place == isa::Place::Vector ? s.exec & ~s.registers.wholeLanes(n) : 0;
    if (bad != 0) {
      s.registers.setWhole(n, bad);
      reporter.report(Kind::Uninitialized, w, __builtin_ctzll(bad),
                      "vector register " + std::to_string(n) + " " + what +
                          " and depends on a value that was never written");
      return true;
    }
  }
  return false;
}

void Definedness::checkAddress(isa::Wave &w, State &s, const isa::Instruction &i,
                               Reporter &reporter) {
  const unsigned operands = i.facts.unit == Class::Lds ? 1 : has(i, isa::TraitBuffer) ? 3 : 2;
  for (unsigned n = 0; n < operands; ++n) {
    if (i.src[n].place != isa::Place::None && checkOperand(w, s, i.src[n], address, reporter)) {
      return;
    }
  }
}

void Definedness::checkBranch(isa::Wave &w, State &s, const isa::Instruction &i,
                              Reporter &reporter) {
  for (const isa::RegisterSpan &span : i.facts.reads) {
    if (!s.registers.isWhole(span, s.exec)) {
      for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
        s.registers.setScalar(n, ~0u);
      }
      reporter.report(Kind::Uninitialized, w, -1,
                      "the branch depends on a value that was never written");
    }
  }
}

/// Lanes switched on or off are branches as well.
void Definedness::checkExec(isa::Wave &w, State &s, Reporter &reporter) {
  const uint64_t written =
      s.registers.scalar(isa::SlotExec) | uint64_t(s.registers.scalar(isa::SlotExec + 1)) << 32;
  const uint64_t bad = w.allLanes & ~written;
  if (bad != 0) {
    s.registers.setScalar(isa::SlotExec, ~0u);
    s.registers.setScalar(isa::SlotExec + 1, ~0u);
    reporter.report(Kind::Uninitialized, w, __builtin_ctzll(bad),
                    "the branch that this lane takes depends on a value that was never written");
  }
}

void Definedness::before(isa::Wave &w, const isa::Instruction &i,
                         std::span<isa::MemoryAccess> accesses, Reporter &reporter) {
  State &s = *states[w.indexInGroup];
  s.exec = w.exec();
  s.reexecutes = false;
  if (usesMemory(i)) {
    checkAddress(w, s, i, reporter);
    for (const isa::MemoryAccess &access : accesses) {
      if (access.kind == AccessKind::Store) {
        store(w, s, access, reporter);
      }
    }
    return;
  }
  if (i.facts.unit == Class::Branch) {
    checkBranch(w, s, i, reporter);
    return;
  }
  const uint64_t lanes = isLaneWise(i) ? s.exec : w.allLanes;
  for (const isa::RegisterSpan &span : i.facts.reads) {
    if (!s.registers.isWhole(span, lanes)) {
      s.reexecutes = true;
      break;
    }
  }
  if (s.reexecutes) {
    reexecution.save(w, i);
  }
}

void Definedness::after(isa::Wave &w, const isa::Instruction &i,
                        std::span<isa::MemoryAccess> accesses, Reporter &reporter) {
  State &s = *states[w.indexInGroup];
  if (s.reexecutes) {
    reexecution.run(w, i, s.registers);
    markCopies(w, s, i);
  } else if (usesMemory(i)) {
    markLoaded(w, s, i, accesses, reporter);
  } else {
    const uint64_t lanes = lanesWritten(w, i, s.exec);
    for (const isa::RegisterSpan &span : i.facts.writes) {
      for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
        if (span.vector) {
          s.registers.setWhole(n, lanes);
        } else {
          s.registers.setScalar(n, ~0u);
        }
      }
    }
  }
  if (has(i, isa::TraitIndexes) || has(i, isa::TraitMovesResult)) {
    markMoved(w, s, i);
  }
  for (const isa::RegisterSpan &span : i.facts.writes) {
    if (!span.vector && span.first == isa::SlotExec) {
      checkExec(w, s, reporter);
    }
  }
}

/// Results in registers that an index chooses count as written, whatever they are.
void Definedness::markMoved(isa::Wave &w, State &s, const isa::Instruction &i) {
  const uint32_t m0 = w.s[isa::SlotM0];
  auto mark = [&](const isa::Instruction &writer, uint32_t offset) {
    for (const isa::RegisterSpan &span : writer.facts.writes) {
      for (unsigned n = span.first; span.vector && n < unsigned(span.first) + span.count; ++n) {
        s.registers.setWhole((n + offset) & 0x1ff, s.exec);
      }
    }
  };
  if (has(i, isa::TraitMovesResult)) {
    mark(i, i.text.find("_2_") != std::string::npos ? m0 >> 16 & 0x3ff : m0 & 0xff);
    return;
  }
  constexpr uint32_t movesResult = 8;
  for (uint32_t at = i.next; at < w.pc;) {
    const isa::Instruction *indexed = w.launch->program->decoded(at);
    mark(*indexed, (i.detail[0] & movesResult) != 0 ? m0 & 0xff : 0);
    at = indexed->next;
  }
}

void Definedness::markCopies(isa::Wave &w, State &s, const isa::Instruction &i) {
  uint64_t copied = 0;
  for (const isa::RegisterSpan &span : i.facts.reads) {
    for (unsigned n = span.first; span.vector && n < unsigned(span.first) + span.count; ++n) {
      copied |= s.registers.copiedLanes(n);
    }
  }
  const uint64_t lanes = lanesWritten(w, i, s.exec);
  for (const isa::RegisterSpan &span : i.facts.writes) {
    for (unsigned n = span.first; span.vector && n < unsigned(span.first) + span.count; ++n) {
      s.registers.setCopied(n, lanes, false);
      s.registers.setCopied(n, lanes & copied, has(i, isa::TraitMove));
    }
  }
}

void Definedness::markLoaded(isa::Wave &w, State &s, const isa::Instruction &i,
                             std::span<isa::MemoryAccess> accesses, Reporter &reporter) {
  if (accesses.empty()) { // clocks, and scalar loads from outside a buffer
    for (const isa::RegisterSpan &span : i.facts.writes) {
      for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
        span.vector ? s.registers.setWhole(n, s.exec) : s.registers.setScalar(n, ~0u);
      }
    }
    return;
  }
  for (const isa::MemoryAccess &access : accesses) {
    if (access.kind == AccessKind::Atomic) {
      const unsigned first = i.facts.unit == Class::Lds ? 1 : has(i, isa::TraitBuffer) ? 3 : 2;
      if (!access.returns) { // else the operand may be the result's register
        checkOperand(w, s, i.src[first], "is an atomic's operand", reporter);
      }
      markAtomic(s, access, has(i, isa::TraitReplaces));
    } else if (access.kind == AccessKind::Load && access.registers != isa::noRegister) {
      access.scalar ? loadScalar(s, access) : load(w, s, access);
    }
  }
}

} // namespace qcc::emulator::checks
