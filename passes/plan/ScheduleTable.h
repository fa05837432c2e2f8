// Schedules by kind and shape: the planner looks here, and the autotuner adds what it finds.
#pragma once

#include <cstdint>

namespace qcc::plan {

/// What a schedule is chosen by.
struct MatmulShape {
  int64_t rows;         // of the entry point
  int64_t depth;        // K, padded to whole steps
  int64_t stepDepth;    // features of a step
  int64_t panels;       // of all matmuls of the kernel
  int64_t stagedBytes;  // of one staged feature: its activation
};

struct MatmulSchedule {
  int64_t waves, rows, splitK, stage;
};

/// A schedule that is right for every shape, and good for the usual ones: as many rows a workgroup as the
/// entry point has (up to 8), K split between the waves while panels do not fill the chip, and as much of K
/// staged at once as half of the LDS holds.
MatmulSchedule chooseMatmulSchedule(const MatmulShape &shape, int64_t computeUnits, int64_t ldsBytes);

/// Waves of an attention workgroup.
int64_t chooseAttentionWaves(int64_t maxContext);

/// Waves of a workgroup of row kernels over `features`.
int64_t chooseRowWaves(int64_t features, int64_t waveSize);

} // namespace qcc::plan
