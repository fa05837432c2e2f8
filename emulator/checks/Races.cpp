#include "emulator/checks/Races.h"

#include "emulator/isa/Chip.h"

#include <algorithm>
#include <cstdio>

namespace qcc::emulator::checks {

namespace {

using isa::AccessKind;
using isa::Space;

template <typename F> void forLanes(uint64_t lanes, F f) {
  for (; lanes != 0; lanes &= lanes - 1) {
    f(static_cast<unsigned>(__builtin_ctzll(lanes)));
  }
}

std::string groupName(uint32_t group, const uint32_t (&grid)[3]) {
  return "(" + std::to_string(group % grid[0]) + "," + std::to_string(group / grid[0] % grid[1]) +
         "," + std::to_string(group / grid[0] / grid[1]) + ")";
}

} // namespace

void Races::start(std::span<const std::unique_ptr<isa::Wave>> waves,
                  const std::array<uint32_t, 3> &id) {
  const uint32_t group = id[0] + launch.grid[0] * (id[1] + launch.grid[1] * id[2]);
  clocks.start(group, static_cast<unsigned>(waves.size()), &launch.releases);
  const size_t cells = waves.front()->lds.bytes / 4 + 1;
  if (cells > ldsCells) {
    lds = std::make_unique<Cell[]>(cells);
    ldsCells = cells;
  }
  pages.fill({});
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

Cell *Races::cellOf(const isa::MemoryAccess &access, uint64_t address) {
  if (access.space == Space::Lds) {
    return address / 4 < ldsCells ? &lds[address / 4] : nullptr;
  }
  const uint64_t number = address / RaceTable::pageBytes;
  KnownPage &known = pages[number % pages.size()];
  if (known.number != number) {
    known = {number, launch.table->page(address)};
  }
  return &(*known.page)[address % RaceTable::pageBytes / 4];
}

void Races::control(const isa::Wave &w, CacheControl control) {
  if (control == CacheControl::WriteBack || control == CacheControl::Both) {
    writtenBack[w.indexInGroup] = clocks.knowledgeOf(w.indexInGroup);
  }
  if (control == CacheControl::Invalidate || control == CacheControl::Both) {
    clocks.acquire(w.indexInGroup);
  }
}

/// A store or atomic may release what the wave knows: where caches must be written back, what they
/// were written back with; else everything, once all stores are done.
void Races::release(const Access &a, bool storesDone) {
  const unsigned wave = a.wave->indexInGroup;
  const bool releases = a.atomic || a.agent || !launch.caches.storesHaveScope;
  SharedKnowledge mine;
  if (launch.caches.needsWriteBack) {
    mine = writtenBack[wave];
  } else if (storesDone && (stored || clocks.acquisitions(wave) != 0)) {
    mine = clocks.knowledgeOf(wave);
  }
  if (!releases) {
    return;
  }
  if (mine && mine != published[wave]) {
    published[wave] = mine;
    clocks.publish(wave, mine);
  }
  if (a.atomic && (mine || launch.releases.hasChains())) {
    forLanes(a.memory->addresses.active, [&](unsigned lane) {
      const SharedKnowledge all = launch.releases.chain(a.memory->addresses.of[lane], mine);
      if (a.memory->returns) {
        clocks.see(wave, all);
      }
    });
  }
}

/// A load or atomic that sees other workgroups' stores carries what they released.
void Races::observe(const Access &a) {
  const unsigned wave = a.wave->indexInGroup;
  forLanes(a.memory->addresses.active, [&](unsigned lane) {
    const uint64_t address = a.memory->addresses.of[lane];
    const Stamp writer{cellOf(*a.memory, address)->written.load(std::memory_order_relaxed)};
    const bool own = writer.group() == clocks.group() && writer.wave() == wave;
    if (!isCurrent(a, writer) || own) {
      return;
    }
    clocks.see(wave, launch.releases.find(writer.group(), writer.wave(), writer.tick()));
    if (launch.releases.hasChains()) {
      clocks.see(wave, launch.releases.chain(address, nullptr));
    }
  });
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
    const bool atomic = memory.kind == AccessKind::Atomic;
    const bool global = memory.space == Space::Global;
    const Access a{&w, &memory, global && factsOf(i).agent, atomic,
                   memory.kind != AccessKind::Load};
    if (!global && atomic) {
      clocks.localAtomic(w.indexInGroup, memory.returns);
    }
    if (global && (atomic || (!a.writes && a.agent))) {
      observe(a);
    }
    if (global && a.writes) {
      release(a, storesDone);
      stored |= !atomic;
    }
    forLanes(memory.addresses.active, [&](unsigned lane) { touchLane(a, lane, reporter); });
  }
}

void Races::touchLane(const Access &a, unsigned lane, Reporter &reporter) {
  uint64_t address = a.memory->addresses.of[lane];
  const uint64_t end = address + a.memory->bytes;
  while (address < end) {
    const uint64_t next = std::min(end, (address & ~uint64_t(3)) + 4);
    const unsigned bytes = ((1u << (next - address)) - 1) << (address & 3);
    touch(a, bytes, lane, address, reporter);
    address = next;
  }
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
    return clocks.acquisitions(wave) > earlier.tick();
  }
  if (earlier.wave() != Stamp::everyWave) {
    return clocks.knowsForeign(wave, earlier.group(), earlier.wave(), earlier.tick());
  }
  return clocks.knowsAllForeign(wave, earlier.group(), earlier.tick());
}

void Races::touch(const Access &a, unsigned bytes, unsigned lane, uint64_t address,
                  Reporter &reporter) {
  Cell *cell = cellOf(*a.memory, address);
  if (cell == nullptr) {
    return; // out of bounds: the access faults
  }
  const bool atomic = a.atomic || (a.agent && launch.caches.storesHaveScope);
  const Stamp mine = Stamp::make(launch.number, clocks.group(), a.wave->indexInGroup,
                                 clocks.tick(), bytes, a.writes && atomic);
  if (a.writes) {
    checkWrite(a, *cell, mine, lane, address, reporter);
    return;
  }
  const Stamp written{cell->written.load(std::memory_order_relaxed)};
  if (isCurrent(a, written) && (written.bytes() & bytes) != 0 && !ordered(a, written) &&
      !synchronizes(a, written)) {
    report(a, written, cell->writtenAt.load(std::memory_order_relaxed), true, lane, address,
           reporter);
  }
  if (!a.agent) {
    recordRead(a, *cell, mine);
  }
}

void Races::checkWrite(const Access &a, Cell &cell, Stamp mine, unsigned lane, uint64_t address,
                       Reporter &reporter) {
  const Stamp written{cell.written.load(std::memory_order_relaxed)};
  const Stamp read{cell.read.load(std::memory_order_relaxed)};
  if (isCurrent(a, written) && (written.bytes() & mine.bytes()) != 0 && !ordered(a, written) &&
      !synchronizes(a, written) && !changesNothing(a, lane, address)) {
    report(a, written, cell.writtenAt.load(std::memory_order_relaxed), true, lane, address,
           reporter);
  } else if (isCurrent(a, read) && (read.bytes() & mine.bytes()) != 0 && !ordered(a, read) &&
             !changesNothing(a, lane, address)) {
    report(a, read, cell.readAt.load(std::memory_order_relaxed), false, lane, address, reporter);
  }
  if (written.sameAs(mine)) {
    mine = mine.withBytes(written.bytes());
  }
  cell.written.store(mine.raw, std::memory_order_relaxed);
  cell.writtenAt.store(a.wave->at, std::memory_order_relaxed);
  cell.read.store(0, std::memory_order_relaxed);
}

void Races::recordRead(const Access &a, Cell &cell, Stamp mine) {
  const Stamp read{cell.read.load(std::memory_order_relaxed)};
  if (read.sameAs(mine) && (read.bytes() & mine.bytes()) == mine.bytes()) {
    return;
  }
  Stamp now = mine;
  if (isCurrent(a, read) && !ordered(a, read)) {
    const bool sameGroup = read.group() == clocks.group();
    const uint32_t acquired = clocks.acquisitions(a.wave->indexInGroup);
    const uint32_t before = read.group() == Stamp::everyGroup ? read.tick() : 0;
    now = sameGroup ? Stamp::make(launch.number, clocks.group(), Stamp::everyWave, clocks.tick(),
                                  mine.bytes(), false)
                    : Stamp::make(launch.number, Stamp::everyGroup, 0, std::max(acquired, before),
                                  mine.bytes(), false);
    now = now.withBytes(read.bytes());
  } else if (read.sameAs(mine)) {
    now = mine.withBytes(read.bytes());
  }
  cell.read.store(now.raw, std::memory_order_relaxed);
  cell.readAt.store(a.wave->at, std::memory_order_relaxed);
}

/// A store of what is there already, as many lanes set one flag.
bool Races::changesNothing(const Access &a, unsigned lane, uint64_t address) const {
  const isa::MemoryAccess &m = *a.memory;
  if (m.kind != AccessKind::Store || m.registers == isa::noRegister) {
    return false;
  }
  isa::Wave &w = const_cast<isa::Wave &>(*a.wave);
  uint32_t data[4] = {};
  isa::takeStored(w, m.transfer, m.registers, lane, data);
  const uint64_t within = address - m.addresses.of[lane];
  const unsigned bytes = static_cast<unsigned>(std::min<uint64_t>(4, m.bytes - within));
  const uint8_t *there = m.space == Space::Lds ? w.lds.data + address
                                               : reinterpret_cast<const uint8_t *>(address);
  const bool inside = m.space == Space::Lds ? address + bytes <= w.lds.bytes
                                            : isa::isDeviceMemory(w, address, bytes);
  return inside && std::memcmp(there, reinterpret_cast<uint8_t *>(data) + within, bytes) == 0;
}

void Races::report(const Access &a, Stamp earlier, uint32_t earlierAt, bool earlierWrote,
                   unsigned lane, uint64_t address, Reporter &reporter) const {
  char place[64];
  const bool local = a.memory->space == Space::Lds;
  std::snprintf(place, sizeof place, "%s 0x%llx", local ? "LDS" : "global memory",
                static_cast<unsigned long long>(address));
  std::string who;
  if (earlier.group() == clocks.group()) {
    who = earlier.wave() == Stamp::everyWave ? "other waves of the workgroup have"
                                             : "wave " + std::to_string(earlier.wave()) + " has";
    who += earlierWrote ? " written" : " read";
  } else {
    who = earlier.group() == Stamp::everyGroup
              ? "other workgroups have"
              : "workgroup " + groupName(earlier.group(), launch.grid) + " has";
    who += earlierWrote ? " written" : " read";
  }
  const bool sameGroup = earlier.group() == clocks.group();
  reporter.report(
      Kind::Race, *a.wave, static_cast<int>(lane),
      std::string(a.writes ? "writes " : "reads ") + place + ", which " + who + " by " +
          describeInstruction(*a.wave, earlierAt) + ": " +
          (sameGroup ? "no barrier lies between"
                     : "nothing of agent scope orders the two (an atomic, or a store that releases "
                       "and a load that acquires, with their cache control)"));
}

} // namespace qcc::emulator::checks
