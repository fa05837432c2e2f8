#include "emulator/checks/Races.h"

#include "emulator/checks/StampScan.h"
#include "emulator/checks/StoredValues.h"
#include "emulator/isa/memory/DenseAccess.h"

#include "emulator/isa/Chip.h"

#include <algorithm>
#include <cstring>

namespace qcc::emulator::checks {

using isa::AccessKind;
using isa::Space;

void Races::start(std::span<const std::unique_ptr<isa::Wave>> waves,
                  const std::array<uint32_t, 3> &id) {
  const uint32_t group = id[0] + launch.grid[0] * (id[1] + launch.grid[1] * id[2]);
  clocks.start(group, static_cast<unsigned>(waves.size()), &launch.releases);
  if (!lds && waves.front()->lds.bytes != 0) {
    lds = std::make_unique<Cells<mostLdsDwords>>();
  }
  pages.fill({});
  reads.fill({});
  writtenBack.assign(waves.size(), nullptr);
  published.assign(waves.size(), nullptr);
  stored = false;
}

const ScopeFacts &Races::factsOf(const isa::Instruction &i) {
  auto [entry, isNew] = facts.try_emplace(&i);
  if (isNew) {
    entry->second = scopeFactsOf(i, launch.chip);
  }
  return entry->second;
}

void Races::PageLock::take(RaceTable::Page *page) {
  if (page == held) {
    return;
  }
  if (held != nullptr) {
    held->lock.clear(std::memory_order_release);
  }
  while (page != nullptr && page->lock.test_and_set(std::memory_order_acquire)) {
  }
  held = page;
}

Races::Run Races::cellsAt(const isa::MemoryAccess &access, uint64_t address, PageLock &lock) {
  auto run = [](auto &cells, size_t at, size_t end, uint32_t *values) {
    return Run{&cells.written[at], &cells.read[at], &cells.writtenAt[at],
               &cells.readAt[at],  values,          end - at};
  };
  if (access.space == Space::Lds) {
    return lds && address / 4 < mostLdsDwords ? run(*lds, address / 4, mostLdsDwords, nullptr)
                                              : Run{};
  }
  const uint64_t number = address / RaceTable::pageBytes;
  KnownPage &known = pages[number % pages.size()];
  if (known.number != number) {
    known = {number, launch.table->page(address)};
  }
  lock.take(known.page);
  const size_t at = address % RaceTable::pageBytes / 4;
  return run(known.page->cells, at, RaceTable::pageBytes / 4, &known.page->values[at]);
}

void Races::control(const isa::Wave &w, CacheControl control) {
  if (control == CacheControl::WriteBack || control == CacheControl::Both) {
    writtenBack[w.indexInGroup] = clocks.knowledgeOf(w.indexInGroup);
  }
  if (control == CacheControl::Invalidate || control == CacheControl::Both) {
    clocks.acquire(w.indexInGroup);
  }
}

void Races::storesDone(const isa::Wave &w) {
  const unsigned wave = w.indexInGroup;
  if (!launch.caches.needsWriteBack && (stored || clocks.depth(wave) != 0)) {
    writtenBack[wave] = clocks.knowledgeOf(wave);
  }
}

/// A store or atomic may release what the wave knows: where caches must be written back, what they
/// were written back with; else everything, once all stores are done.
void Races::release(const Access &a, bool storesDone) {
  const unsigned wave = a.wave->indexInGroup;
  const bool releases = a.atomic || a.agent || !launch.caches.storesHaveScope;
  if (!releases) {
    return;
  }
  if (storesDone) {
    this->storesDone(*a.wave);
  }
  const SharedKnowledge mine = writtenBack[wave];
  if (mine && mine != published[wave]) {
    published[wave] = mine;
    clocks.publish(wave, mine);
  }
}

/// An atomic hands on what the writer before it released, with its own. The page stays locked until
/// the atomic has put its stamp over that writer's: a store between the two would be lost.
void Races::continueChain(const Access &a, unsigned lane, PageLock &lock) {
  const uint64_t address = a.memory->addresses.of[lane];
  const Stamp writer{*cellsAt(*a.memory, address, lock).written};
  const SharedKnowledge &mine = published[a.wave->indexInGroup];
  SharedKnowledge before;
  if (isCurrent(a, writer) && launch.releases.hasAny()) {
    before = launch.releases.find(writer.group(), writer.wave(), writer.tick());
  }
  if (before || mine) {
    launch.releases.chain(address, join(before, mine));
  }
}

/// A load or atomic that sees other workgroups' stores carries what they released: they had done so
/// before it was executed.
void Races::observe(const Access &a) {
  const unsigned wave = a.wave->indexInGroup;
  PageLock lock;
  isa::forLanes(a.memory->addresses.active, [&](unsigned lane) {
    const uint64_t address = a.memory->addresses.of[lane];
    // The cell first, which takes the lock: an atomic moves what is in it to the chain.
    const Stamp writer{*cellsAt(*a.memory, address, lock).written};
    if (launch.releases.hasChains()) {
      clocks.see(wave, launch.releases.chain(address, nullptr));
    }
    const bool own = writer.group() == clocks.group() && writer.wave() == wave;
    if (!isCurrent(a, writer) || own) {
      return;
    }
    clocks.see(wave, launch.releases.find(writer.group(), writer.wave(), writer.tick()));
  });
}

Races::Access Races::accessOf(const isa::Wave &w, const isa::Instruction &i,
                              const isa::MemoryAccess &memory) {
  const bool atomic = memory.kind == AccessKind::Atomic;
  return {&w,
          &memory,
          memory.space == Space::Global && factsOf(i).agent,
          atomic,
          atomic && (i.facts.traits & isa::TraitCompareSwap) != 0,
          memory.kind != AccessKind::Load};
}

void Races::before(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses,
                   bool storesDone, Reporter &reporter) {
  if (i.facts.unit == isa::InstructionClass::CacheControl) {
    control(w, factsOf(i).control);
    return;
  }
  for (const isa::MemoryAccess &memory : accesses) {
    if (memory.space == Space::Scratch) {
      continue;
    }
    const Access a = accessOf(w, i, memory);
    const bool global = memory.space == Space::Global;
    if (!global && a.atomic) {
      clocks.localAtomic(w.indexInGroup, memory.returns);
    }
    if (global && a.writes) {
      release(a, storesDone);
      stored |= !a.atomic;
    }
    touchAll(a, reporter);
  }
}

void Races::after(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses) {
  for (const isa::MemoryAccess &memory : accesses) {
    const Access a = accessOf(w, i, memory);
    const bool sees = a.atomic ? memory.returns : !a.writes && a.agent;
    if (memory.space == Space::Global && sees) {
      observe(a);
    }
  }
}

void Races::touchAll(const Access &a, Reporter &reporter) {
  if (a.memory->addresses.active == 0 || isExempt(*a.memory)) {
    return;
  }
  PageLock lock;
  const bool chains = a.atomic && a.memory->space == Space::Global;
  auto quiet = [&](const AddressRange &run, unsigned lane) {
    return touchRange(a, run, lane, lock);
  };
  if (!chains && isa::forRuns(*a.memory, quiet)) {
    return;
  }
  isa::forLanes(a.memory->addresses.active, [&](unsigned lane) {
    if (chains) {
      continueChain(a, lane, lock);
    }
    touchLane(a, lane, lock, reporter);
  });
}

bool Races::isExempt(const isa::MemoryAccess &memory) const {
  const uint64_t first = memory.addresses.of[__builtin_ctzll(memory.addresses.active)];
  return memory.space == Space::Global && first >= launch.exempt.begin && first < launch.exempt.end;
}

/// Dwords side by side with whose earlier accesses all is well: they only need their stamps. False
/// when a closer look is needed; nothing is reported then.
bool Races::touchRange(const Access &a, const AddressRange &range, unsigned firstLane,
                       PageLock &lock) {
  if (((range.begin | range.end) & 3) != 0 || (a.agent && !a.writes)) {
    return false;
  }
  const unsigned wave = a.wave->indexInGroup;
  const KnownRead read{range.begin, range.end, clocks.tick(), wave};
  KnownRead &known = reads[(range.begin >> 4 ^ range.begin >> 12 ^ wave) % reads.size()];
  const bool mayBeKnown = !a.writes && a.memory->space == Space::Global;
  if (mayBeKnown && known == read) {
    return true;
  }
  QuietRule rule;
  rule.mine = stampOf(a, 15).raw;
  rule.safeTick = clocks.safeTick(wave);
  if (!a.writes) {
    rule.sharedWaves =
        Stamp::make(launch.number, clocks.group(), Stamp::everyWave, clocks.tick(), 15, false).raw;
    rule.sharedGroups =
        Stamp::make(launch.number, Stamp::everyGroup, 0, clocks.depth(wave), 15, false).raw;
  }
  for (uint64_t address = range.begin; address < range.end;) {
    const Run run = cellsAt(*a.memory, address, lock);
    const size_t count = std::min<size_t>(run.count, (range.end - address) / 4);
    const bool quiet =
        count != 0 && allOrdered(run.written, count, rule) &&
        (a.writes ? allOrdered(run.read, count, rule) : allReadable(run.read, count, rule));
    if (!quiet) {
      return false;
    }
    if (a.writes) {
      std::fill_n(run.written, count, rule.mine);
      std::fill_n(run.read, count, 0);
      if (run.values != nullptr && isPlainStore(*a.memory)) {
        uint8_t bytes[isa::laneStride * 16];
        storedRun(*a.wave, *a.memory, range, firstLane, bytes);
        std::memcpy(run.values, bytes + (address - range.begin), count * 4);
      }
    } else {
      stampReads(run.read, count, rule);
    }
    std::fill_n(a.writes ? run.writtenAt : run.readAt, count, a.wave->at);
    address += count * 4;
  }
  if (mayBeKnown) {
    known = read;
  }
  return true;
}

void Races::touchLane(const Access &a, unsigned lane, PageLock &lock, Reporter &reporter) {
  uint64_t address = a.memory->addresses.of[lane];
  const uint64_t end = address + a.memory->bytes;
  while (address < end) {
    const uint64_t next = std::min(end, (address & ~uint64_t(3)) + 4);
    const unsigned bytes = ((1u << (next - address)) - 1) << (address & 3);
    const Run cell = cellsAt(*a.memory, address, lock);
    if (cell.count != 0) { // else out of bounds: the access faults
      touch(a, cell, bytes, lane, address, reporter);
    }
    address = next;
  }
}

Stamp Races::stampOf(const Access &a, unsigned bytes) const {
  const bool atomic = a.atomic || (a.agent && launch.caches.storesHaveScope);
  return Stamp::make(launch.number, clocks.group(), a.wave->indexInGroup, clocks.tick(), bytes,
                     a.writes && atomic, a.swap);
}

bool Races::isCurrent(const Access &a, Stamp stamp) const {
  return stamp.launch() == launch.number &&
         (a.memory->space == Space::Global || stamp.group() == clocks.group());
}

/// Two accesses that are meant to meet.
bool Races::synchronizes(const Access &a, Stamp earlier) const {
  if (a.memory->space == Space::Lds) {
    return a.atomic && earlier.atomic();
  }
  const bool mine = a.atomic || a.agent;
  return launch.caches.storesHaveScope ? mine && earlier.atomic() : mine || earlier.atomic();
}

bool Races::ordered(const Access &a, Stamp earlier) const {
  const unsigned wave = a.wave->indexInGroup;
  if (earlier.group() == clocks.group()) {
    return earlier.wave() == Stamp::everyWave ? clocks.knowsAll(wave, earlier.tick())
                                              : clocks.knows(wave, earlier.wave(), earlier.tick());
  }
  if (earlier.group() == Stamp::everyGroup) {
    return clocks.depth(wave) > earlier.tick();
  }
  // What a release makes known ends before the atomic that carries it, which is one tick later: who
  // has acquired it comes behind the atomic as well.
  const uint32_t tick = earlier.tick() - earlier.atomic();
  return earlier.wave() != Stamp::everyWave
             ? clocks.knowsForeign(wave, earlier.group(), earlier.wave(), tick)
             : clocks.knowsAllForeign(wave, earlier.group(), tick);
}

void Races::touch(const Access &a, const Run &cell, unsigned bytes, unsigned lane, uint64_t address,
                  Reporter &reporter) {
  const Stamp mine = stampOf(a, bytes);
  if (a.writes) {
    checkWrite(a, cell, mine, lane, address, reporter);
    return;
  }
  const Stamp written{*cell.written};
  if (isCurrent(a, written) && (written.bytes() & bytes) != 0 && !ordered(a, written) &&
      !synchronizes(a, written) && !written.swap()) {
    report(a, written, *cell.writtenAt, true, lane, address, reporter);
  }
  if (!a.agent) {
    recordRead(a, cell, mine);
  }
}

void Races::checkWrite(const Access &a, const Run &cell, Stamp mine, unsigned lane,
                       uint64_t address, Reporter &reporter) {
  const Stamp written{*cell.written}, read{*cell.read};
  if (isCurrent(a, written) && (written.bytes() & mine.bytes()) != 0 && !ordered(a, written) &&
      !synchronizes(a, written) && !storesTheSame(a, cell, lane, address)) {
    report(a, written, *cell.writtenAt, true, lane, address, reporter);
  } else if (isCurrent(a, read) && (read.bytes() & mine.bytes()) != 0 && !a.swap &&
             !ordered(a, read) && !changesNothing(a, lane, address)) {
    report(a, read, *cell.readAt, false, lane, address, reporter);
  }
  if (cell.values != nullptr && isPlainStore(*a.memory)) {
    uint8_t data[4];
    const unsigned bytes = storedDword(*a.wave, *a.memory, lane, address, data);
    std::memcpy(reinterpret_cast<uint8_t *>(cell.values) + address % 4, data, bytes);
  }
  *cell.written = written.sameAs(mine) ? mine.withBytes(written.bytes()).raw : mine.raw;
  *cell.writtenAt = a.wave->at;
  *cell.read = 0;
}

void Races::recordRead(const Access &a, const Run &cell, Stamp mine) {
  const Stamp read{*cell.read};
  if (read.sameAs(mine) && (read.bytes() & mine.bytes()) == mine.bytes()) {
    return;
  }
  Stamp now = mine;
  if (isCurrent(a, read) && !ordered(a, read)) {
    const bool sameGroup = read.group() == clocks.group();
    const uint32_t depth = clocks.depth(a.wave->indexInGroup);
    const uint32_t before = read.group() == Stamp::everyGroup ? read.tick() : 0;
    now = sameGroup ? Stamp::make(launch.number, clocks.group(), Stamp::everyWave, clocks.tick(),
                                  mine.bytes(), false)
                    : Stamp::make(launch.number, Stamp::everyGroup, 0, std::max(depth, before),
                                  mine.bytes(), false);
    now = now.withBytes(read.bytes());
  } else if (read.sameAs(mine)) {
    now = mine.withBytes(read.bytes());
  }
  *cell.read = now.raw;
  *cell.readAt = a.wave->at;
}

/// A store of what is in memory already.
bool Races::changesNothing(const Access &a, unsigned lane, uint64_t address) const {
  const isa::MemoryAccess &m = *a.memory;
  if (!isPlainStore(m)) {
    return false;
  }
  uint8_t data[4];
  const unsigned bytes = storedDword(*a.wave, m, lane, address, data);
  isa::Wave &w = const_cast<isa::Wave &>(*a.wave);
  const uint8_t *there =
      m.space == Space::Lds ? w.lds.data + address : reinterpret_cast<const uint8_t *>(address);
  const bool inside = m.space == Space::Lds ? address + bytes <= w.lds.bytes
                                            : isa::isDeviceMemory(w, address, bytes);
  return inside && std::memcmp(there, data, bytes) == 0;
}

/// A store of what the store before it writes, which another thread of the host may be about to
/// execute: as many workgroups set one flag.
bool Races::storesTheSame(const Access &a, const Run &cell, unsigned lane, uint64_t address) const {
  if (cell.values == nullptr || Stamp{*cell.written}.atomic()) {
    return changesNothing(a, lane, address);
  }
  uint8_t data[4];
  return isPlainStore(*a.memory) &&
         std::memcmp(reinterpret_cast<const uint8_t *>(cell.values) + address % 4, data,
                     storedDword(*a.wave, *a.memory, lane, address, data)) == 0;
}

} // namespace qcc::emulator::checks
