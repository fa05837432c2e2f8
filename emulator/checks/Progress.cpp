#include "emulator/checks/Progress.h"

#include "emulator/isa/memory/DenseAccess.h"

#include <algorithm>

namespace qcc::emulator::checks {

namespace {

using isa::AccessKind;
using isa::Space;

/// The bytes that an access writes, appended lane by lane.
void appendMemory(isa::Wave &w, const isa::MemoryAccess &access, std::vector<uint8_t> &to) {
  isa::forLanes(access.addresses.active, [&](unsigned lane) {
    uint8_t bytes[16] = {};
    const uint64_t address = access.addresses.of[lane];
    const bool local = access.space == Space::Lds;
    if (local && address + access.bytes <= w.lds.bytes) {
      std::memcpy(bytes, w.lds.data + address, access.bytes);
    } else if (!local && isa::isDeviceMemory(w, address, access.bytes)) {
      std::memcpy(bytes, reinterpret_cast<const void *>(address), access.bytes);
    }
    to.insert(to.end(), bytes, bytes + access.bytes);
  });
}

bool isWatched(const isa::MemoryAccess &a) {
  return a.kind != AccessKind::Load && a.space != Space::Scratch;
}

} // namespace

void Progress::start(std::span<const std::unique_ptr<isa::Wave>> waves) {
  states.assign(waves.size(), {});
  suspicious = false;
  turns = 0;
}

void Progress::pause() {
  suspicious = true;
  const bool looks = turns++ % turnsBetweenLooks == 0;
  changes.watched.store(true, std::memory_order_relaxed);
  for (State &s : states) {
    s.left = looks ? visitsInTurn : 0;
  }
}

void Progress::forget(State &s) {
  const unsigned left = s.left;
  s = {};
  s.left = left;
}

/// Every register that the program uses, and where it is.
uint64_t Progress::hash(const isa::Wave &w) const {
  uint64_t h = 0x9e3779b97f4a7c15ull ^ w.pc ^ uint64_t(w.scc) << 32;
  auto add = [&](uint64_t v) {
    h = (h ^ v) * 0xff51afd7ed558ccdull;
    h ^= h >> 29;
  };
  for (unsigned n = 0; n < isa::SlotDiscard; n += 2) {
    add(w.pair(n));
  }
  auto addRegisters = [&](size_t first, size_t count) {
    const uint32_t *v = w.v + first * isa::laneStride;
    for (size_t n = 0; n < count * isa::laneStride; n += 2) {
      add(v[n] | uint64_t(v[n + 1]) << 32);
    }
  };
  addRegisters(0, shape.vectorRegisters);
  addRegisters(isa::accumulationBase, shape.accumulationRegisters);
  return h | 1;
}

/// Compares with a state kept earlier, which is renewed after twice as many visits each time, so
/// that a cycle of any length is met.
void Progress::visit(const isa::Wave &w, State &s) {
  const uint64_t count = changes.count.load(std::memory_order_relaxed);
  if ((s.repeats && s.changesThen == count) || s.left == 0) {
    return;
  }
  --s.left;
  const uint64_t now = hash(w);
  if (s.kept == now && s.changesThen == count) {
    s.repeats = true;
    return;
  }
  if (s.kept == 0 || s.changesThen != count || ++s.seen >= s.renew) {
    s.kept = now;
    s.changesThen = count;
    s.seen = 0;
    s.renew = std::min<uint64_t>(s.renew * 2, 1 << 20);
    s.repeats = false;
  }
}

void Progress::before(isa::Wave &w, const isa::Instruction &i,
                      std::span<isa::MemoryAccess> accesses) {
  memoryBefore.clear();
  if (!changes.watched.load(std::memory_order_relaxed)) {
    return; // no workgroup compares states yet
  }
  State &s = states[w.indexInGroup];
  if ((i.facts.traits & isa::TraitClock) != 0) {
    forget(s);
  }
  for (const isa::MemoryAccess &access : accesses) {
    if (isWatched(access)) {
      appendMemory(w, access, memoryBefore);
    } else if (access.kind != AccessKind::Load) {
      forget(s); // scratch is not part of the state that is compared
    }
  }
}

void Progress::after(isa::Wave &w, const isa::Instruction &i,
                     std::span<isa::MemoryAccess> accesses) {
  const bool watched = changes.watched.load(std::memory_order_relaxed);
  if (watched && memoryBefore.empty() && std::any_of(accesses.begin(), accesses.end(), isWatched)) {
    ++changes.count; // watching began in the middle of this instruction
  }
  if (!memoryBefore.empty()) {
    std::vector<uint8_t> now;
    now.reserve(memoryBefore.size());
    bool global = false;
    for (const isa::MemoryAccess &access : accesses) {
      if (isWatched(access)) {
        appendMemory(w, access, now);
        global |= access.space == Space::Global;
      }
    }
    if (now != memoryBefore) {
      changes.count += global;
      std::for_each(states.begin(), states.end(), [&](State &s) { forget(s); });
    }
  }
  const bool jumpsBack = i.facts.unit == isa::InstructionClass::Branch && w.pc <= w.at;
  if (suspicious && jumpsBack) {
    visit(w, states[w.indexInGroup]);
  }
}

void Progress::barrier() {
  std::for_each(states.begin(), states.end(), [&](State &s) { forget(s); });
}

bool Progress::stuck(std::span<const std::unique_ptr<isa::Wave>> waves) const {
  const uint64_t count = changes.count.load(std::memory_order_relaxed);
  for (const auto &w : waves) {
    const State &s = states[w->indexInGroup];
    const bool waits = w->stop == isa::Stop::Barrier || w->stop == isa::Stop::Ended;
    if (!waits && !(s.repeats && s.changesThen == count)) {
      return false;
    }
  }
  return true;
}

} // namespace qcc::emulator::checks
