// What is counted of a launch. Everything is kept by instruction; totals are made from that, so
// that a caller can also add up a loop or an epilogue alone. Units and models:
// docs/emulator_counters.md.
#pragma once

#include "emulator/code_object/Occupancy.h"
#include "emulator/isa/Observer.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace qcc::emulator {

/// Accesses to global or scratch memory, added up over executions.
struct MemoryCounts {
  uint64_t requests = 0;     // executions with an active lane
  uint64_t lanes = 0;        // active ones
  uint64_t bytes = 0;        // requested by active lanes
  uint64_t uniqueBytes = 0;  // distinct within a request
  uint64_t lines64 = 0;      // distinct within a request, of 64 bytes
  uint64_t lines128 = 0;     // of 128 bytes
  uint64_t idealLines64 = 0; // the fewest that could hold the distinct bytes of a request
  uint64_t idealLines128 = 0;
  void add(const MemoryCounts &other);
};

/// Accesses to LDS.
struct LdsCounts {
  uint64_t requests = 0, lanes = 0, bytes = 0;
  uint64_t cycles = 0;         // of the banks
  uint64_t conflictCycles = 0; // those that conflicts add
  void add(const LdsCounts &other);
};

/// What one instruction did.
struct InstructionCounts {
  uint64_t executions = 0; // by waves
  uint64_t lanes = 0;      // active at each execution
  MemoryCounts global;     // by the vector units; global, buffer and flat instructions
  MemoryCounts scratch;
  LdsCounts lds;
  uint64_t scalarBytes = 0;  // moved by the scalar unit
  uint64_t memoryCycles = 0; // of the address and cache pipeline, see CycleModel.h
  isa::AccessKind kind = isa::AccessKind::Load;    // of accesses to global or scratch memory
  isa::AccessKind ldsKind = isa::AccessKind::Load; // a global load may store to LDS
  uint8_t bytesPerLane = 0;                        // of the accesses
  void add(const InstructionCounts &other);
};

/// One instruction that was executed at least once.
struct InstructionRecord {
  int64_t offset = 0; // bytes from the kernel's entry; functions that it calls may lie before it
  std::string text;
  std::string source; // "file:line", or empty
  isa::InstructionClass unit = isa::InstructionClass::Other;
  uint8_t operations = 1;    // 2 when dual-issued (VOPD)
  bool nonTemporal = false;  // a streaming cache policy
  uint32_t matrixCycles = 0; // of the matrix unit, an execution
  uint32_t issueCycles = 0;  // of its unit, an execution, where that does not vary
  InstructionCounts counts;
};

/// A launch, or several launches of one kernel added up.
struct LaunchCounters {
  std::string kernel, chip;
  std::string failure; // "" or the sentence of a launch that did not end well
  uint32_t waveSize = 64;
  std::array<uint32_t, 3> gridWorkgroups{}, workgroupSize{};
  uint64_t launches = 1;
  uint64_t workgroups = 0, waves = 0;             // that ran
  uint64_t barriers = 0;                          // passed by a workgroup
  uint64_t loadedLines64 = 0, loadedLines128 = 0; // distinct over a launch; atomics are in both
  uint64_t storedLines64 = 0, storedLines128 = 0;
  uint32_t ldsBytes = 0, scratchBytes = 0; // a workgroup; a work-item
  uint32_t accumulationRegisters = 0;      // of the occupancy's vector registers
  Occupancy occupancy;
  std::vector<InstructionRecord> instructions; // by offset

  /// Adds launches of the same code; grid and workgroup size become those of `other`.
  void add(const LaunchCounters &other);
};

/// Accesses of one kind, added up over instructions.
struct AccessTotals {
  uint64_t instructions = 0; // executed by waves
  MemoryCounts memory;
  uint64_t nonTemporalBytes = 0;
  std::map<unsigned, uint64_t> requestsByWidth; // bytes a lane -> requests
};

/// What tables show.
struct Totals {
  uint64_t instructions = 0; // executed by waves
  std::array<uint64_t, isa::instructionClassCount> byClass{};
  uint64_t dualIssued = 0;           // VOPD instructions, each two operations
  uint64_t vectorOperations = 0;     // vector and transcendental, VOPD counted twice
  uint64_t vectorLaneOperations = 0; // the same times the wave's width
  uint64_t activeLaneOperations = 0; // the same times the active lanes
  uint64_t matrixCycles = 0;
  uint64_t scalarMemoryBytes = 0;
  AccessTotals loads, stores, atomics; // global memory
  MemoryCounts scratchLoads, scratchStores;
  LdsCounts ldsLoads, ldsStores, ldsAtomics;
  uint64_t memoryCycles = 0;
};
Totals totalsOf(const LaunchCounters &counters);

} // namespace qcc::emulator
