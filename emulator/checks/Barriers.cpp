#include "emulator/checks/Barriers.h"

namespace qcc::emulator::checks {

void Barriers::start(std::span<const std::unique_ptr<isa::Wave>> waves) {
  states.assign(waves.size(), {});
  for (const auto &w : waves) {
    states[w->indexInGroup].alive = w->exec();
  }
}

void Barriers::before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter) {
  using Class = isa::InstructionClass;
  State &s = states[w.indexInGroup];
  const uint64_t exec = w.exec();
  if (i.facts.unit == Class::Barrier) {
    s.off = s.alive & ~exec;
    s.barrierAt = w.at;
    if ((s.off & s.worked) != 0) {
      reporter.report(Kind::Barrier, w, __builtin_ctzll(s.off & s.worked),
                      "the lane, which has stored since the last barrier, does not take part in "
                      "this one: the barrier is in divergent code");
      s.off = 0;
    }
    return;
  }
  const bool effect = i.describe != nullptr && i.facts.unit != Class::ScalarMemory;
  s.worked |= effect && i.facts.writes.empty() ? exec : 0;
  const uint64_t back = s.off & exec;
  if (effect && back != 0) {
    reporter.report(Kind::Barrier, w, __builtin_ctzll(back),
                    "the lane goes on behind the barrier " + describeInstruction(w, s.barrierAt) +
                        ", which it did not take part in: the barrier is in divergent code");
    s.off = 0;
  }
}

void Barriers::pass(std::span<const std::unique_ptr<isa::Wave>> waves, Reporter &reporter) {
  const isa::Wave *first = nullptr;
  for (const auto &w : waves) {
    if (w->stop == isa::Stop::Barrier) {
      first = first != nullptr ? first : w.get();
    }
  }
  for (const auto &w : waves) {
    State &s = states[w->indexInGroup];
    if (w->stop == isa::Stop::Barrier && first->at != w->at) {
      reporter.report(Kind::Barrier, *w, -1,
                      "meets wave " + std::to_string(first->indexInGroup) +
                          " that waits at another barrier, " + describeInstruction(*w, first->at) +
                          ": the barriers are in divergent code");
    } else if (w->stop == isa::Stop::Ended && s.worked != 0 && first != nullptr) {
      reporter.report(Kind::Barrier, *first, -1,
                      "wave " + std::to_string(w->indexInGroup) +
                          " went on past this barrier to its end without taking part in it: the "
                          "barrier is in divergent code");
    }
    s.worked = 0;
  }
}

} // namespace qcc::emulator::checks
