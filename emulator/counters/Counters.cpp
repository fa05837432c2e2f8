#include "emulator/counters/Counters.h"

#include <algorithm>

namespace qcc::emulator {

namespace {

/// The totals that hold accesses of a kind.
AccessTotals &totalsOfKind(isa::AccessKind kind, Totals &totals) {
  switch (kind) {
  case isa::AccessKind::Load:
    return totals.loads;
  case isa::AccessKind::Store:
    return totals.stores;
  default:
    return totals.atomics;
  }
}

LdsCounts &ldsTotalsOfKind(isa::AccessKind kind, Totals &totals) {
  switch (kind) {
  case isa::AccessKind::Load:
    return totals.ldsLoads;
  case isa::AccessKind::Store:
    return totals.ldsStores;
  default:
    return totals.ldsAtomics;
  }
}

void addAccesses(const InstructionRecord &record, Totals &totals) {
  const InstructionCounts &c = record.counts;
  if (c.global.requests != 0) {
    AccessTotals &kind = totalsOfKind(c.kind, totals);
    kind.instructions += c.executions;
    kind.memory.add(c.global);
    kind.nonTemporalBytes += record.nonTemporal ? c.global.bytes : 0;
    kind.requestsByWidth[c.bytesPerLane] += c.global.requests;
  }
  (c.kind == isa::AccessKind::Load ? totals.scratchLoads : totals.scratchStores).add(c.scratch);
  ldsTotalsOfKind(c.ldsKind, totals).add(c.lds);
  totals.scalarMemoryBytes += c.scalarBytes;
  totals.memoryCycles += c.memoryCycles;
}

} // namespace

void MemoryCounts::add(const MemoryCounts &other) {
  requests += other.requests;
  lanes += other.lanes;
  bytes += other.bytes;
  uniqueBytes += other.uniqueBytes;
  lines64 += other.lines64;
  lines128 += other.lines128;
  idealLines64 += other.idealLines64;
  idealLines128 += other.idealLines128;
}

void LdsCounts::add(const LdsCounts &other) {
  requests += other.requests;
  lanes += other.lanes;
  bytes += other.bytes;
  cycles += other.cycles;
  conflictCycles += other.conflictCycles;
}

void InstructionCounts::add(const InstructionCounts &other) {
  executions += other.executions;
  lanes += other.lanes;
  global.add(other.global);
  scratch.add(other.scratch);
  lds.add(other.lds);
  scalarBytes += other.scalarBytes;
  memoryCycles += other.memoryCycles;
  if (other.bytesPerLane != 0) {
    kind = other.kind;
    bytesPerLane = other.bytesPerLane;
  }
  ldsKind = other.lds.requests != 0 ? other.ldsKind : ldsKind;
}

void LaunchCounters::add(const LaunchCounters &other) {
  launches += other.launches;
  workgroups += other.workgroups;
  waves += other.waves;
  barriers += other.barriers;
  loadedLines64 += other.loadedLines64;
  loadedLines128 += other.loadedLines128;
  storedLines64 += other.storedLines64;
  storedLines128 += other.storedLines128;
  gridWorkgroups = other.gridWorkgroups;
  workgroupSize = other.workgroupSize;
  ldsBytes = other.ldsBytes;
  occupancy = other.occupancy;
  failure = other.failure.empty() ? failure : other.failure;
  const auto before = [](const InstructionRecord &a, const InstructionRecord &b) {
    return a.offset < b.offset;
  };
  for (const InstructionRecord &record : other.instructions) {
    auto at = std::lower_bound(instructions.begin(), instructions.end(), record, before);
    if (at != instructions.end() && at->offset == record.offset) {
      at->counts.add(record.counts);
    } else {
      instructions.insert(at, record);
    }
  }
}

Totals totalsOf(const LaunchCounters &counters) {
  Totals totals;
  for (const InstructionRecord &record : counters.instructions) {
    const uint64_t executions = record.counts.executions;
    totals.instructions += executions;
    totals.byClass[static_cast<size_t>(record.unit)] += executions;
    totals.dualIssued += record.operations == 2 ? executions : 0;
    if (isa::isVectorArithmetic(record.unit)) {
      totals.vectorOperations += executions * record.operations;
      totals.vectorLaneOperations += executions * record.operations * counters.waveSize;
      totals.activeLaneOperations += record.counts.lanes * record.operations;
    }
    totals.matrixCycles += executions * record.matrixCycles;
    addAccesses(record, totals);
  }
  return totals;
}

} // namespace qcc::emulator
