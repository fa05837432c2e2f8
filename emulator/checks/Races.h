// Data races: accesses to the same bytes by different waves, at least one of them a write, that
// nothing orders.
#pragma once

#include "emulator/checks/Clocks.h"
#include "emulator/checks/RaceTable.h"
#include "emulator/checks/Report.h"
#include "emulator/checks/Scopes.h"
#include "emulator/isa/Observer.h"

#include <array>

namespace qcc::emulator::checks {

/// What the workgroups of one launch share.
struct RaceLaunch {
  uint32_t number = 0; // of the launch, as stamps have it; never 0
  RaceTable *table = nullptr;
  std::string_view chip;
  CacheRules caches;
  Releases releases;
  uint32_t grid[3] = {1, 1, 1};
};

/// Watches one workgroup. What orders accesses: barriers within the workgroup, LDS atomics, and
/// between workgroups what is written back and released by a store or atomic of the needed scope
/// and acquired by a load or atomic of that scope and an invalidation. Accesses by atomics, or by
/// loads and stores of agent scope, do not race with one another. A store of the value that is
/// there already does not race. Lanes of one wave are in step and do not race.
class Races {
public:
  explicit Races(RaceLaunch &launch) : launch(launch) {}

  void start(std::span<const std::unique_ptr<isa::Wave>> waves, const std::array<uint32_t, 3> &id);
  /// `storesDone`: nothing that the wave has stored is still under way.
  void before(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses,
              bool storesDone, Reporter &reporter);
  void barrier() { clocks.barrier(); }

private:
  struct Access {
    const isa::Wave *wave;
    const isa::MemoryAccess *memory;
    bool agent;   // of agent scope or wider
    bool atomic;  // by an atomic instruction
    bool writes;
  };

  const ScopeFacts &factsOf(const isa::Instruction &i);
  void control(const isa::Wave &w, CacheControl control);
  void release(const Access &a, bool storesDone);
  void observe(const Access &a);
  void touchLane(const Access &a, unsigned lane, Reporter &reporter);
  void touch(const Access &a, unsigned bytes, unsigned lane, uint64_t address, Reporter &reporter);
  bool isCurrent(const Access &a, Stamp stamp) const;
  bool synchronizes(const Access &a, Stamp earlier) const;
  bool ordered(const Access &a, Stamp earlier) const;
  void checkWrite(const Access &a, Cell &cell, Stamp mine, unsigned lane, uint64_t address,
                  Reporter &reporter);
  void recordRead(const Access &a, Cell &cell, Stamp mine);
  void report(const Access &a, Stamp earlier, uint32_t earlierAt, bool earlierWrote, unsigned lane,
              uint64_t address, Reporter &reporter) const;
  bool changesNothing(const Access &a, unsigned lane, uint64_t address) const;
  Cell *cellOf(const isa::MemoryAccess &access, uint64_t address);

  RaceLaunch &launch;
  Clocks clocks;
  std::unique_ptr<Cell[]> lds;
  size_t ldsCells = 0;
  struct KnownPage {
    uint64_t number = ~0ull;
    RaceTable::Page *page = nullptr;
  };
  std::array<KnownPage, 64> pages;
  std::unordered_map<const isa::Instruction *, ScopeFacts> facts;
  std::vector<SharedKnowledge> writtenBack; // by wave: what the last write-back made visible
  std::vector<SharedKnowledge> published;   // by wave: the latest
  bool stored = false;                      // the workgroup has stored to global memory
};

} // namespace qcc::emulator::checks
