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
  AddressRange exempt; // shared with the host, which has its own protocol
  uint32_t grid[3] = {1, 1, 1};
};

/// Watches one workgroup. What orders accesses: barriers within the workgroup, LDS atomics, and
/// between workgroups what is written back and released by a store or atomic of the needed scope
/// and acquired by a load or atomic of that scope and an invalidation. Accesses by atomics, or by
/// loads and stores of agent scope, do not race with one another. A store of the value that is
/// there already does not race, nor does a plain read with a compare-and-swap: loops of them begin
/// with one. Lanes of one wave are in step and do not race.
class Races {
public:
  explicit Races(RaceLaunch &launch) : launch(launch) {}

  void start(std::span<const std::unique_ptr<isa::Wave>> waves, const std::array<uint32_t, 3> &id);
  /// `storesDone`: nothing that the wave has stored is still under way.
  void before(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses,
              bool storesDone, Reporter &reporter);
  void after(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses);
  /// A wait has left nothing under way that the wave has stored.
  void storesDone(const isa::Wave &w);
  void barrier() { clocks.barrier(); }

private:
  static constexpr size_t mostLdsDwords = 160 * 1024 / 4; // of gfx950
  /// The cells of consecutive dwords: pointers into a page's arrays, or into those of LDS.
  struct Run {
    uint64_t *written, *read;
    uint32_t *writtenAt, *readAt;
    uint32_t *values; // null in LDS, where a store is executed before others look
    size_t count;     // dwords up to the end of the page
  };
  /// Holds the lock of one page of the table, or of none.
  class PageLock {
  public:
    ~PageLock() { take(nullptr); }
    void take(RaceTable::Page *page);

  private:
    RaceTable::Page *held = nullptr;
  };
  struct Access {
    const isa::Wave *wave;
    const isa::MemoryAccess *memory;
    bool agent;  // of agent scope or wider
    bool atomic; // by an atomic instruction
    bool swap;   // by a compare-and-swap
    bool writes;
  };

  const ScopeFacts &factsOf(const isa::Instruction &i);
  Access accessOf(const isa::Wave &w, const isa::Instruction &i, const isa::MemoryAccess &memory);
  void control(const isa::Wave &w, CacheControl control);
  void release(const Access &a, bool storesDone);
  void continueChain(const Access &a, unsigned lane, PageLock &lock);
  void observe(const Access &a);
  void touchAll(const Access &a, Reporter &reporter);
  bool isExempt(const isa::MemoryAccess &memory) const;
  bool touchRange(const Access &a, const AddressRange &range, unsigned firstLane, PageLock &lock);
  void touchLane(const Access &a, unsigned lane, PageLock &lock, Reporter &reporter);
  void touch(const Access &a, const Run &cell, unsigned bytes, unsigned lane, uint64_t address,
             Reporter &reporter);
  Stamp stampOf(const Access &a, unsigned bytes) const;
  bool isCurrent(const Access &a, Stamp stamp) const;
  bool synchronizes(const Access &a, Stamp earlier) const;
  bool ordered(const Access &a, Stamp earlier) const;
  void checkWrite(const Access &a, const Run &cell, Stamp mine, unsigned lane, uint64_t address,
                  Reporter &reporter);
  void recordRead(const Access &a, const Run &cell, Stamp mine);
  void report(const Access &a, Stamp earlier, uint32_t earlierAt, bool earlierWrote, unsigned lane,
              uint64_t address, Reporter &reporter) const;
  bool storesTheSame(const Access &a, const Run &cell, unsigned lane, uint64_t address) const;
  bool changesNothing(const Access &a, unsigned lane, uint64_t address) const;
  /// The cells from the one of `address` on; a count of 0 outside LDS.
  Run cellsAt(const isa::MemoryAccess &access, uint64_t address, PageLock &lock);

  RaceLaunch &launch;
  Clocks clocks;
  std::unique_ptr<Cells<mostLdsDwords>> lds;
  struct KnownPage {
    uint64_t number = ~0ull;
    RaceTable::Page *page = nullptr;
  };
  std::array<KnownPage, 64> pages;
  /// What a wave has read, and stamped, since the clock's last tick: it need not be looked at
  /// again, as whoever writes there meets the stamp.
  struct KnownRead {
    uint64_t begin = 0, end = 0;
    uint32_t tick = 0, wave = 0;
    bool operator==(const KnownRead &) const = default;
  };
  std::array<KnownRead, 256> reads;
  std::unordered_map<const isa::Instruction *, ScopeFacts> facts;
  std::vector<SharedKnowledge>
      writtenBack;                        // by wave: what the last write-back or wait made visible
  std::vector<SharedKnowledge> published; // by wave: the latest
  bool stored = false;                    // the workgroup has stored to global memory
};

} // namespace qcc::emulator::checks
