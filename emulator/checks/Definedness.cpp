#include "emulator/checks/Definedness.h"

#include <algorithm>
#include <string_view>

namespace qcc::emulator::checks {

namespace {

using Class = isa::InstructionClass;
using isa::AccessKind;
using isa::Space;

bool usesMemory(const isa::Instruction &i) {
  switch (i.facts.unit) {
  case Class::ScalarMemory:
  case Class::Global:
  case Class::Flat:
  case Class::Scratch:
    return true;
  case Class::Lds: // moves between lanes touch no memory
    return i.describe != nullptr || (i.text.find("permute_") == std::string::npos &&
                                     i.text.find("swizzle_") == std::string::npos);
  default:
    return false;
  }
}

bool isBuffer(const isa::Instruction &i) {
  return i.text.compare(0, 7, "buffer_") == 0 || i.text.compare(0, 8, "tbuffer_") == 0;
}

/// Instructions that only move values, so that a copy stays a copy.
bool isMove(const isa::Instruction &i) {
  const std::string_view t = i.text;
  return t.starts_with("v_mov_b") || t.starts_with("v_accvgpr_") || t.starts_with("v_cndmask") ||
         t.starts_with("v_pk_mov") || t.starts_with("v_dual_mov");
}

/// Atomics whose result does not depend on what was in memory.
bool replacesValue(const isa::Instruction &i) {
  for (const char *name : {"swap", "wrxchg", "cmpst", "xchg"}) {
    if (i.text.find(name) != std::string::npos) {
      return true;
    }
  }
  return false;
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
  const unsigned operands = i.facts.unit == Class::Lds ? 1 : isBuffer(i) ? 3 : 2;
  for (unsigned n = 0; n < operands; ++n) {
    if (i.src[n].place != isa::Place::None &&
        checkOperand(w, s, i.src[n], address, reporter)) {
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
void Definedness::checkExec(isa::Wave &w, State &s, const isa::Instruction &i, Reporter &reporter) {
  const uint64_t written = s.registers.scalar(isa::SlotExec) |
                           uint64_t(s.registers.scalar(isa::SlotExec + 1)) << 32;
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
  for (const isa::RegisterSpan &span : i.facts.writes) {
    if (!span.vector && span.first == isa::SlotExec) {
      checkExec(w, s, i, reporter);
    }
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
      s.registers.setCopied(n, lanes & copied, isMove(i));
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
      const unsigned first = i.facts.unit == Class::Lds ? 1 : isBuffer(i) ? 3 : 2;
      if (!access.returns) { // else the operand may be the result's register
        checkOperand(w, s, i.src[first], "is an atomic's operand", reporter);
      }
      markAtomic(s, access, replacesValue(i));
    } else if (access.kind == AccessKind::Load && access.registers != isa::noRegister) {
      access.scalar ? loadScalar(s, access) : load(w, s, access);
    }
  }
}

} // namespace qcc::emulator::checks
