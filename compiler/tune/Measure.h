// Schedules compiled, and what the emulated device counts of them.
#pragma once

#include "compiler/codegen/CodeObject.h"
#include "compiler/tune/Work.h"

namespace qcc::tune {

/// A compiled schedule, and what a few of its workgroups did: all do the same on other data.
struct Measured {
  MatmulTuning tuning;
  bool compiles = false; ///< within registers and LDS, nothing spilled
  codegen::KernelResources resources{};
  WaveCounts counts;
};

/// Compiles a copy of `kernel` with `tuning`, alone, and counts what it does with `batch` rows.
Measured measure(tile::KernelOp kernel, const MatmulTuning &tuning, const Chip &chip,
                 int64_t batch);

} // namespace qcc::tune
