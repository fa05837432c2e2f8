// Source of the counters and of what returns in order: LLVM AMDGPUUsage, "Waitcnt" of each
// generation; ISA manuals, "Data dependency resolution".
#include "emulator/checks/Waits.h"

#include "emulator/isa/Chip.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace qcc::emulator::checks {

namespace {

unsigned index(Counter c) {
  return static_cast<unsigned>(c);
}

int numberAfter(std::string_view text, std::string_view name) {
  const size_t at = text.find(name);
  return at == std::string_view::npos
             ? -1
             : static_cast<int>(std::strtol(text.data() + at + name.size(), nullptr, 0));
}

/// gfx12: one instruction a counter, or two counters packed as 8 and 6 bits.
WaitValues parseSeparate(std::string_view text) {
  WaitValues v{-1, -1, -1, -1};
  const std::string_view name = text.substr(0, text.find(' '));
  const int value = numberAfter(text, " ");
  if (name == "s_wait_loadcnt") {
    v[index(Counter::Load)] = value;
  } else if (name == "s_wait_storecnt") {
    v[index(Counter::Store)] = value;
  } else if (name == "s_wait_dscnt") {
    v[index(Counter::Lds)] = value;
  } else if (name == "s_wait_kmcnt") {
    v[index(Counter::Scalar)] = value;
  } else if (name == "s_wait_loadcnt_dscnt") {
    v[index(Counter::Load)] = value >> 8;
    v[index(Counter::Lds)] = value & 0x3f;
  } else if (name == "s_wait_storecnt_dscnt") {
    v[index(Counter::Store)] = value >> 8;
    v[index(Counter::Lds)] = value & 0x3f;
  } else if (name == "s_wait_idle") {
    v = {0, 0, 0, 0};
  }
  return v;
}

} // namespace

WaitValues parseWait(const std::string &text) {
  const std::string_view t = text;
  if (t.starts_with("s_wait_")) {
    return parseSeparate(t);
  }
  if (t.starts_with("s_waitcnt_vscnt")) {
    return {-1, numberAfter(t, "null, "), -1, -1};
  }
  if (!t.starts_with("s_waitcnt ")) {
    return {-1, -1, -1, -1};
  }
  if (t.find("cnt(") == std::string_view::npos) { // "s_waitcnt 0": every field is zero
    return {0, -1, 0, -1};
  }
  return {numberAfter(t, "vmcnt("), -1, numberAfter(t, "lgkmcnt("), -1};
}

void Waits::start(const isa::Wave &w) {
  major = w.launch->chip->major;
  issued = {};
  completed = {};
  lastScalar = lastStore = lastLdsWrite = 0;
  first = {};
  second = {};
}

Counter Waits::counterOf(const isa::Instruction &i, bool returnsNothing) const {
  switch (i.facts.unit) {
  case isa::InstructionClass::Lds:
    return Counter::Lds;
  case isa::InstructionClass::ScalarMemory:
    return major >= 12 ? Counter::Scalar : Counter::Lds;
  default:
    return returnsNothing && major >= 10 ? Counter::Store : Counter::Load;
  }
}

/// A few compares in line: this is asked before every instruction.
bool Waits::anyPending() const {
  uint32_t different = 0;
  for (unsigned c = 0; c < counterCount; ++c) {
    different |= issued[c] ^ completed[c];
  }
  return different != 0;
}

/// Scalar loads return in any order, so only zero covers them and what shares their counter.
bool Waits::inOrder(Counter counter) const {
  return counter != Counter::Scalar &&
         !(counter == Counter::Lds && lastScalar > completed[index(Counter::Lds)]);
}

void Waits::wait(const WaitValues &values) {
  for (unsigned c = 0; c < counterCount; ++c) {
    if (values[c] < 0 || (values[c] > 0 && !inOrder(static_cast<Counter>(c)))) {
      continue;
    }
    const uint32_t left = static_cast<uint32_t>(values[c]);
    if (issued[c] > left && issued[c] - left > completed[c]) {
      completed[c] = issued[c] - left;
    }
  }
}

bool Waits::storesDone() const {
  return lastStore <= completed[index(major >= 10 ? Counter::Store : Counter::Load)];
}

/// The first register of `spans` whose value is still on its way, or -1. A result may be
/// overwritten by one that returns later on the same counter.
int Waits::findPending(const std::vector<isa::RegisterSpan> &spans, bool overwrites,
                       Counter by) const {
  for (const isa::RegisterSpan &span : spans) {
    for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
      for (const Registers *r : {&first, &second}) {
        const Pending &p = span.vector ? r->vector[n] : r->scalar[n];
        if (isPending(p) && !(overwrites && p.counter == by && inOrder(by))) {
          return static_cast<int>(n);
        }
      }
    }
  }
  return -1;
}

/// What the wave has written to LDS must be there when others pass the barrier.
void Waits::checkBarrier(const isa::Wave &w, Reporter &reporter) const {
  if (lastLdsWrite > completed[index(Counter::Lds)]) {
    reporter.report(Kind::Wait, w, -1,
                    "arrives while what the wave has written to LDS is under way; an s_waitcnt "
                    "must come before");
  }
}

void Waits::before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter) {
  if (!anyPending() || i.facts.unit == isa::InstructionClass::Wait) {
    return;
  }
  const bool arrives =
      i.facts.unit == isa::InstructionClass::Barrier && !i.text.starts_with("s_barrier_wait");
  if (arrives) {
    checkBarrier(w, reporter);
  }
  const int read = findPending(i.facts.reads, false, Counter::Load);
  const bool memory = i.describe != nullptr;
  const Counter by = memory ? counterOf(i, false) : Counter::Store;
  const int written = read >= 0 ? -1 : findPending(i.facts.writes, memory, by);
  if (read >= 0 || written >= 0) {
    reporter.report(Kind::Wait, w, -1,
                    std::string(read >= 0 ? "reads" : "overwrites") + " register " +
                        std::to_string(read >= 0 ? read : written) +
                        " while a load into it is under way; an s_waitcnt must come before");
  }
}

void Waits::issue(const isa::Instruction &i, Counter counter, Registers &registers) {
  const Pending p{++issued[index(counter)], counter};
  for (const isa::RegisterSpan &span : i.facts.writes) {
    for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
      (span.vector ? registers.vector[n] : registers.scalar[n]) = p;
    }
  }
}

void Waits::after(const isa::Wave &w, const isa::Instruction &i,
                  std::span<const isa::MemoryAccess> accesses) {
  using Class = isa::InstructionClass;
  if (i.facts.unit == Class::Wait) {
    auto [entry, isNew] = parsed.try_emplace(&i);
    if (isNew) {
      entry->second = parseWait(i.text);
    }
    wait(entry->second);
    return;
  }
  if (i.facts.unit == Class::CacheControl) {
    if (major >= 12) { // only there they count
      ++issued[index(i.text.starts_with("global_inv") ? Counter::Load : Counter::Store)];
    }
    return;
  }
  const bool vector = i.facts.unit == Class::Global || i.facts.unit == Class::Flat ||
                      i.facts.unit == Class::Scratch;
  if (!vector && i.facts.unit != Class::Lds && i.facts.unit != Class::ScalarMemory) {
    return;
  }
  const bool stores = vector && i.facts.writes.empty();
  const Counter counter = counterOf(i, stores);
  issue(i, counter, first);
  if (i.facts.unit == Class::ScalarMemory && counter == Counter::Lds) {
    lastScalar = issued[index(counter)];
  }
  const bool global = std::any_of(accesses.begin(), accesses.end(), [](const isa::MemoryAccess &a) {
    return a.space == isa::Space::Global;
  });
  if (stores && global) {
    lastStore = issued[index(counter)];
  }
  const bool writesLds =
      i.facts.unit == Class::Lds &&
      std::any_of(accesses.begin(), accesses.end(), [](const isa::MemoryAccess &a) {
        return a.space == isa::Space::Lds && a.kind != isa::AccessKind::Load;
      });
  if (writesLds) {
    lastLdsWrite = issued[index(counter)];
  }
  if (i.facts.unit == Class::Flat) {
    issue(i, Counter::Lds, second);
  }
}

} // namespace qcc::emulator::checks
