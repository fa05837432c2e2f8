// The schedules that a matmul kernel may have.
#pragma once

#include "compiler/tune/TunableKernel.h"

namespace qcc::tune {

/// How a kernel's work is cut up by a tuning; the counterpart of what passes/tile makes of it.
struct Partition {
  Partition(const MatmulProblem &problem, const MatmulTuning &tuning);

  bool onMatrix;          ///< weights stream past the rows on a matrix instruction
  int64_t perLoad;        ///< elements of a lane's 16-byte load
  int64_t runElements;    ///< features of a run that a lane holds
  int64_t runDepth, runs; ///< features of a run; runs of padded K
  int64_t perRun;         ///< loads of a lane for a run
  int64_t stageRuns;      ///< runs that are staged at once
  int64_t keptLoads; ///< loads of the next stage's rows that a work-item of the matrix form keeps
  int64_t panelColumns; ///< columns of a wave, of one matmul
  int64_t panels;       ///< that waves compute, those of combined matmuls counted once
  int64_t ahead;        ///< loads that a lane has in flight
  int64_t rowTiles;     ///< workgroups along the rows
  int64_t workgroups;   ///< in all
  int64_t ldsBytes;     ///< of a workgroup
  int64_t registers;    ///< vector registers that are live at once, guessed
  double packedBytes;   ///< of all weights and scales, padding included
};

/// Every schedule of `problem` that is legal, keeps prefill on matrix instructions, pads weights at
/// most a little more than the one that pads least, and fits LDS and, by a guess, registers.
std::vector<MatmulTuning> legalTunings(const MatmulProblem &problem);

/// Whether `tuning` can be a schedule of `problem` at all, however good.
bool isLegal(const MatmulProblem &problem, const MatmulTuning &tuning);

} // namespace qcc::tune
