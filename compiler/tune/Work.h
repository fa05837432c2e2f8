// What a schedule of a kernel costs: guessed before anything is compiled, or made from what the
// emulated device counted of a few workgroups. Either way the machine model (compiler/model) is
// told what one wave does, and how many there are: that does not depend on N, so that one
// compilation serves all kernels that differ in nothing else.
#pragma once

#include "compiler/model/MachineModel.h"
#include "compiler/tune/Schedules.h"

namespace qcc::tune {

/// Cycles for which an average wave holds units, and what of it is resident.
struct WaveCounts {
  double vector = 0, matrix = 0, lds = 0, requests = 0;
  double wavesPerSimd = 0; ///< that registers, LDS and wave slots allow
};

/// From figures of compiled kernels: enough to tell hopeless schedules from promising ones.
WaveCounts guessCounts(const MatmulProblem &problem, const MatmulTuning &tuning);

/// The work of the whole grid. Every tile of rows reads the weights again.
model::KernelWork workOf(const MatmulProblem &problem, const MatmulTuning &tuning,
                         const WaveCounts &counts);

/// What schedules are compared by: the projected time, and for those that are bound alike a little
/// of all its parts, since what is no limit here is one when the model errs; and a little where few
/// waves are resident, since those of other kernels in a persistent launch are then few as well.
double costOf(const model::Projection &projection, const WaveCounts &counts);

} // namespace qcc::tune
