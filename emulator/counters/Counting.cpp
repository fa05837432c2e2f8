#include "emulator/counters/Counting.h"

#include "emulator/counters/Coalescing.h"
#include "emulator/counters/CycleModel.h"
#include "emulator/counters/LdsBanks.h"
#include "emulator/isa/Program.h"
#include "emulator/isa/run/Workgroup.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <deque>
#include <mutex>

namespace qcc::emulator {

namespace {

uint64_t activeLanes(const isa::Wave &w) {
  return static_cast<uint64_t>(std::popcount(w.exec()));
}

void addFootprint(const Footprint &f, MemoryCounts &counts) {
  ++counts.requests;
  counts.lanes += f.lanes;
  counts.bytes += f.bytes;
  counts.uniqueBytes += f.uniqueBytes;
  counts.lines64 += f.lines64;
  counts.lines128 += f.lines128;
  counts.idealLines64 += (f.uniqueBytes + 63) / 64;
  counts.idealLines128 += (f.uniqueBytes + 127) / 128;
}

/// Whether the instruction asks caches not to keep what it moves. LLVM AMDGPUUsage, "Memory Model":
/// nontemporal accesses are nt on gfx942 and gfx950, slc with glc on gfx90a, slc with dlc on gfx11,
/// a temporal hint with NT on gfx12.
bool isNonTemporal(const std::string &text) {
  const std::string padded = text + " ";
  return padded.find(" nt ") != std::string::npos || padded.find(" slc ") != std::string::npos ||
         padded.find("_NT") != std::string::npos;
}

} // namespace

/// What the workgroups on one host thread do.
class CountingObserver::Shard {
public:
  explicit Shard(const isa::Launch &launch)
      : chip(*launch.chip), model(cycleModelOf(chip)),
        pages(launch.program->dwords() / inPage + 1) {}

  void execute(const isa::Wave &w, std::span<isa::MemoryAccess> accesses) {
    Slot &slot = at(w.at);
    ++slot.executions;
    slot.lanes += activeLanes(w);
    if (!accesses.empty()) {
      if (slot.accesses == nullptr) {
        slot.accesses = &accessCounts.emplace_back();
      }
      for (const isa::MemoryAccess &access : accesses) {
        count(w, access, *slot.accesses);
      }
    }
  }

  /// Counts are kept by pages of the code, in dwords.
  static constexpr uint32_t inPage = 256;
  bool hasPage(uint32_t page) const { return pages[page] != nullptr; }

  /// Adds the counts of the instruction at a dword; false when it was not executed.
  bool read(uint32_t dword, InstructionCounts &counts) const {
    const auto &page = pages[dword / inPage];
    if (!page || (*page)[dword % inPage].executions == 0) {
      return false;
    }
    const Slot &slot = (*page)[dword % inPage];
    if (slot.accesses != nullptr) {
      counts.add(*slot.accesses);
    }
    counts.executions += slot.executions;
    counts.lanes += slot.lanes;
    return true;
  }

  uint64_t workgroups = 0, waves = 0, barriers = 0;
  LineSet loaded, stored;

private:
  struct Slot {
    uint64_t executions = 0, lanes = 0;
    InstructionCounts *accesses = nullptr; // of memory instructions; its executions stay 0
  };
  using Page = std::array<Slot, inPage>;

  Slot &at(uint32_t dword) {
    std::unique_ptr<Page> &page = pages[dword / inPage];
    if (!page) {
      page = std::make_unique<Page>();
    }
    return (*page)[dword % inPage];
  }

  void count(const isa::Wave &w, const isa::MemoryAccess &access, InstructionCounts &counts);
  void countGlobal(const isa::Wave &w, const isa::MemoryAccess &access, InstructionCounts &counts);
  void countLds(const isa::MemoryAccess &access, InstructionCounts &counts);

  const isa::ChipRow &chip;
  const CycleModel &model;
  std::vector<std::unique_ptr<Page>> pages; // code is large and what runs of it small
  std::deque<InstructionCounts> accessCounts;
};

void CountingObserver::Shard::count(const isa::Wave &w, const isa::MemoryAccess &access,
                                    InstructionCounts &counts) {
  if (access.addresses.active == 0) {
    return;
  }
  if (access.space == isa::Space::Lds) {
    return countLds(access, counts);
  }
  counts.kind = access.kind;
  if (access.space == isa::Space::Global) {
    return countGlobal(w, access, counts);
  }
  counts.bytesPerLane = access.bytes;
  const Footprint f = scratchFootprintOf(access.addresses, access.bytes, w.lanes);
  addFootprint(f, counts.scratch);
  counts.memoryCycles += memoryCycles(model, w.lanes, f.lines64);
}

void CountingObserver::Shard::countGlobal(const isa::Wave &w, const isa::MemoryAccess &access,
                                          InstructionCounts &counts) {
  const bool loads = access.kind != isa::AccessKind::Store;
  const bool stores = access.kind != isa::AccessKind::Load;
  const Footprint f = footprintOf(access.addresses, access.bytes, loads ? &loaded : &stored);
  if (loads && stores) {
    footprintOf(access.addresses, access.bytes, &stored);
  }
  if (access.scalar) {
    counts.scalarBytes += access.bytes;
    return;
  }
  counts.bytesPerLane = access.bytes;
  addFootprint(f, counts.global);
  counts.memoryCycles += memoryCycles(model, w.lanes, f.lines64);
}

void CountingObserver::Shard::countLds(const isa::MemoryAccess &access, InstructionCounts &counts) {
  const uint64_t lanes = static_cast<uint64_t>(std::popcount(access.addresses.active));
  const BankCycles cycles = bankCycles(chip, access);
  counts.ldsKind = access.kind;
  counts.bytesPerLane = counts.bytesPerLane == 0 ? access.bytes : counts.bytesPerLane;
  ++counts.lds.requests;
  counts.lds.lanes += lanes;
  counts.lds.bytes += lanes * access.bytes;
  counts.lds.cycles += cycles.total;
  counts.lds.conflictCycles += cycles.total - cycles.unhindered;
}

/// Watches the workgroups of one storage; may move between threads from one call to the next.
class CountingObserver::Group final : public isa::GroupObserver {
public:
  explicit Group(CountingObserver &all) : all(all) {}
  void start(std::span<const std::unique_ptr<isa::Wave>> waves,
             const std::array<uint32_t, 3> &) override {
    Shard &shard = all.shardOfThread();
    ++shard.workgroups;
    shard.waves += waves.size();
  }
  void before(isa::Wave &w, const isa::Instruction &,
              std::span<isa::MemoryAccess> accesses) override {
    all.shardOfThread().execute(w, accesses);
  }
  void after(isa::Wave &, const isa::Instruction &, std::span<isa::MemoryAccess>) override {}
  void barrier(std::span<const std::unique_ptr<isa::Wave>>) override {
    ++all.shardOfThread().barriers;
  }
  void end(std::span<const std::unique_ptr<isa::Wave>>) override {}

private:
  CountingObserver &all;
};

struct CountingObserver::Shards {
  std::mutex mutex;
  std::vector<std::unique_ptr<Shard>> all;
};

CountingObserver::CountingObserver(Done done)
    : done(std::move(done)), shards(std::make_unique<Shards>()) {}

CountingObserver::~CountingObserver() = default;

CountingObserver::Shard &CountingObserver::shardOfThread() {
  struct Recent {
    uint64_t number = 0;
    Shard *shard = nullptr;
  };
  thread_local Recent recent;
  if (recent.number != number) {
    std::lock_guard lock(shards->mutex);
    recent = {number, shards->all.emplace_back(std::make_unique<Shard>(*launch)).get()};
  }
  return *recent.shard;
}

void CountingObserver::start(const isa::Launch &started, const isa::GroupShape &shape) {
  static std::atomic<uint64_t> launches{0};
  number = ++launches;
  launch = &started;
  const Dispatch &dispatch = *started.dispatch;
  last = LaunchCounters();
  last.kernel = dispatch.kernel->name;
  last.chip = dispatch.kernel->chip;
  last.waveSize = shape.lanes;
  last.gridWorkgroups = dispatch.gridWorkgroups;
  last.workgroupSize = dispatch.workgroupSize;
  last.ldsBytes = shape.ldsBytes;
  last.scratchBytes = shape.scratchBytes;
  last.accumulationRegisters = shape.accumulationRegisters;
  if (const Chip *chip = findChip(last.chip)) {
    last.occupancy = occupancyOf(
        {dispatch.kernel->descriptor.computePgmRsrc1, shape.lanes, shape.workItems, shape.ldsBytes},
        *chip);
  }
}

std::unique_ptr<isa::GroupObserver> CountingObserver::observeGroups() {
  return std::make_unique<Group>(*this);
}

void CountingObserver::addInstruction(uint32_t dword, const InstructionCounts &counts) {
  const isa::Instruction &i = *launch->program->at(dword);
  const uint64_t offset = uint64_t(dword) * 4;
  InstructionRecord &record = last.instructions.emplace_back();
  record.offset = static_cast<int64_t>(offset - launch->dispatch->kernel->entryOffset);
  record.text = i.text;
  const auto &lines = launch->dispatch->kernel->lines;
  record.source = lines ? lines->at(offset) : "";
  record.unit = i.facts.unit;
  record.operations = i.second ? 2 : 1;
  record.nonTemporal = i.describe != nullptr && isNonTemporal(i.text);
  record.matrixCycles = matrixCycles(*launch->chip, i);
  record.issueCycles = issueCycles(*launch->chip, i, last.waveSize);
  record.counts = counts;
}

void CountingObserver::addPage(uint32_t page) {
  for (uint32_t dword = page * Shard::inPage; dword < (page + 1) * Shard::inPage; ++dword) {
    InstructionCounts counts;
    bool executed = false;
    for (const auto &shard : shards->all) {
      executed |= shard->read(dword, counts);
    }
    if (executed) {
      addInstruction(dword, counts);
    }
  }
}

void CountingObserver::end(const DispatchResult &result) {
  last.failure = result.message;
  LineSet loaded, stored;
  for (const auto &shard : shards->all) {
    last.workgroups += shard->workgroups;
    last.waves += shard->waves;
    last.barriers += shard->barriers;
    loaded.merge(shard->loaded);
    stored.merge(shard->stored);
  }
  for (uint32_t page = 0; page <= launch->program->dwords() / Shard::inPage; ++page) {
    const auto reached = [&](const auto &shard) { return shard->hasPage(page); };
    if (std::any_of(shards->all.begin(), shards->all.end(), reached)) {
      addPage(page);
    }
  }
  last.loadedLines64 = loaded.lines64();
  last.loadedLines128 = loaded.lines128();
  last.storedLines64 = stored.lines64();
  last.storedLines128 = stored.lines128();
  shards->all.clear();
  launch = nullptr;
  if (done) {
    done(last);
  }
}

} // namespace qcc::emulator
