#include "emulator/checks/Reexecution.h"

#include "emulator/isa/run/FloatMode.h"

namespace qcc::emulator::checks {

namespace {

/// Calls f(register or slot, is a vector register, position in the contents) for all of `spans`.
template <typename F> void forEach(const std::vector<isa::RegisterSpan> &spans, F f) {
  size_t at = 0;
  for (const isa::RegisterSpan &span : spans) {
    for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
      f(n, span.vector, at);
      at += span.vector ? isa::laneStride : 1;
    }
  }
}

} // namespace

bool isLaneWise(const isa::Instruction &i) {
  return i.row != nullptr && !i.mod.permutation && i.facts.unit != isa::InstructionClass::Matrix;
}

uint64_t lanesWritten(const isa::Wave &w, const isa::Instruction &i, uint64_t exec) {
  const bool all = i.facts.unit == isa::InstructionClass::Matrix ||
                   (i.facts.traits & isa::TraitWritesOneLane) != 0;
  return all ? w.allLanes : exec;
}

Reexecution::State Reexecution::stateOf(const isa::Wave &w) {
  return {w.scc, w.pc, w.mode, w.stop};
}

void Reexecution::restore(isa::Wave &w, const State &state) {
  w.scc = state.scc;
  w.pc = state.pc;
  w.stop = state.stop;
  if (w.mode != state.mode) {
    w.mode = state.mode;
    isa::applyFloatMode(w.mode);
  }
}

void Reexecution::read(isa::Wave &w, const std::vector<isa::RegisterSpan> &spans, Contents &to) {
  to.clear();
  forEach(spans, [&](unsigned n, bool vector, size_t) {
    if (vector) {
      to.insert(to.end(), w.vector(n), w.vector(n) + isa::laneStride);
    } else {
      to.push_back(n == isa::slotScc ? w.scc : w.s[n]);
    }
  });
}

void Reexecution::write(isa::Wave &w, const std::vector<isa::RegisterSpan> &spans,
                        const Contents &from) {
  forEach(spans, [&](unsigned n, bool vector, size_t at) {
    if (vector) {
      std::memcpy(w.vector(n), &from[at], isa::laneStride * 4);
    } else if (n == isa::slotScc) {
      w.scc = from[at] != 0;
    } else {
      w.s[n] = from[at];
    }
  });
}

void Reexecution::save(const isa::Wave &w, const isa::Instruction &i) {
  isa::Wave &wave = const_cast<isa::Wave &>(w);
  read(wave, i.facts.reads, readsBefore);
  read(wave, i.facts.writes, writesBefore);
  before = stateOf(w);
  exec = w.exec();
}

/// Sets what the instruction reads, with unwritten bits flipped where `pattern` has ones.
void Reexecution::change(isa::Wave &w, const isa::Instruction &i, const RegisterShadow &shadow,
                         uint32_t pattern) const {
  forEach(i.facts.reads, [&](unsigned n, bool vector, size_t at) {
    if (!vector) {
      const uint32_t value = readsBefore[at] ^ (pattern & ~shadow.scalar(n));
      if (n == isa::slotScc) {
        w.scc = (value & 1) != 0;
      } else {
        w.s[n] = value;
      }
      return;
    }
    uint32_t *v = w.vector(n);
    for (unsigned lane = 0; lane < isa::laneStride; ++lane) {
      v[lane] = readsBefore[at + lane] ^ (pattern & ~shadow.bits(n, lane));
    }
  });
}

void Reexecution::mark(const isa::Wave &w, const isa::Instruction &i,
                       RegisterShadow &shadow) const {
  const uint64_t lanes = lanesWritten(w, i, exec);
  forEach(i.facts.writes, [&](unsigned n, bool vector, size_t at) {
    if (!vector) {
      shadow.setScalar(n, n == isa::slotScc ? (differing[at] != 0 ? 0 : ~0u) : ~differing[at]);
      return;
    }
    for (unsigned lane = 0; lane < w.lanes; ++lane) {
      if ((lanes >> lane) & 1) {
        shadow.setBits(n, lane, ~differing[at + lane]);
      }
    }
  });
}

void Reexecution::run(isa::Wave &w, const isa::Instruction &i, RegisterShadow &shadow) {
  const State after = stateOf(w);
  read(w, i.facts.writes, result);
  differing.assign(result.size(), 0);
  // All bits, which makes floats NaN and zeros -1; then every second bit, which does neither.
  for (uint32_t pattern : {~0u, 0x55555555u}) {
    write(w, i.facts.writes, writesBefore);
    restore(w, before);
    change(w, i, shadow, pattern);
    i.execute(w, i);
    read(w, i.facts.writes, again);
    for (size_t n = 0; n < result.size(); ++n) {
      differing[n] |= result[n] ^ again[n];
    }
  }
  write(w, i.facts.reads, readsBefore);
  write(w, i.facts.writes, result);
  restore(w, after);
  mark(w, i, shadow);
}

} // namespace qcc::emulator::checks
