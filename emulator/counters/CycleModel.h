// An estimate of the cycles for which instructions hold the units of a compute unit. It knows issue
// rates and widths, not latencies, caches or the order of waves: what comes out is the time that
// the busiest unit needs at least, and is called an estimate wherever it is printed. Figures and
// their sources: docs/emulator_counters.md.
#pragma once

#include "emulator/counters/Counters.h"
#include "emulator/isa/Chip.h"

namespace qcc::emulator {

/// Rates of one generation.
struct CycleModel {
  uint32_t vectorLanes;     // of a SIMD's vector unit: lanes that it finishes a cycle
  uint32_t slotCycles;      // between two issues of a SIMD's scalar, branch or message slot
  uint32_t transcendental;  // times the cycles of a plain vector instruction
  uint32_t wideMultiply;    // the same for 32-bit integer multiplication
  uint32_t doublePrecision; // the same for 64-bit floating point
  bool matrixUnitApart;     // matrix instructions run beside vector ones, not in their place
  uint32_t addressLanes;    // lanes a cycle that the memory pipeline of a compute unit takes
  uint32_t cacheLineBytes;  // bytes a cycle that its first-level cache delivers
};

const CycleModel &cycleModelOf(const isa::ChipRow &chip);

/// Cycles for which the instruction's own unit is held by a wave of `lanes`; 0 for memory and LDS
/// instructions, whose cycles depend on addresses.
uint32_t issueCycles(const isa::ChipRow &chip, const isa::Instruction &i, uint32_t lanes);

/// Cycles of the matrix unit: passes of four cycles for MFMA, by the arithmetic rate for WMMA. 0
/// for other instructions.
uint32_t matrixCycles(const isa::ChipRow &chip, const isa::Instruction &i);

/// Cycles of the memory pipeline for one request.
uint32_t memoryCycles(const CycleModel &model, uint32_t waveLanes, uint32_t lines64);

/// What is estimated. Vector, matrix and scalar cycles belong to a SIMD, LDS and memory
/// cycles to a compute unit.
struct CycleEstimate {
  struct Units {
    double vector = 0, matrix = 0, scalar = 0, lds = 0, memory = 0;
  };
  Units wave; // of the average wave, units one after another
  double waveSum = 0;
  uint64_t wavesOnBusiestSimd = 0; // workgroups dealt in turn to all compute units
  Units busiest;                   // that SIMD, and its compute unit
  double bound = 0;                // the largest of them
  std::string_view limit;          // its unit
};
/// The estimate for a launch of `workgroups`, of which some were counted (0: as many as ran).
CycleEstimate estimateCycles(const LaunchCounters &counters, uint64_t workgroups = 0);

} // namespace qcc::emulator
