// One kernel, counted on the emulated device, and what the machine model makes of it.
#pragma once

#include "compiler/model/CountedRun.h"
#include "compiler/model/MachineModel.h"

namespace qcc::model {

struct KernelRow {
  std::string target, scheme;
  int64_t batch = 1; ///< rows of the step
  PlannedKernel kernel;
  LoopCounts counts;
  std::vector<std::string> findings; ///< of the emulated device's checks
  double hbmBytes = 0;               ///< of distinct lines, read and written
  double leastBytes = 0;             ///< that the step must move
  double operations = 0;             ///< multiplications and additions that it needs
  double wavesPerSimd = 0;           ///< that a SIMD holds
  KernelWork work;
  double persistentBytesInFlight = 0; ///< as a phase of the persistent kernel
  double prefetchedBytes = 0;         ///< while the barrier before that phase is passed, at most
  Projection projection;              ///< of a launch by itself
  double shareOfRoof = 0;
  std::optional<double> relativeError; ///< of its outputs, where they were compared
};

/// Runs `kernel` of `model` for `step`, as runCounted does, and projects its time. The row has no
/// scheme yet. Of matmuls on the vector unit, whose workgroups are all alike, `step.mostWorkgroups`
/// of a tile of rows and half of them are counted where the tile has more: the others read and
/// write as many lines more as the second half each, and execute what the average does. Of other
/// kernels all are.
llvm::Expected<KernelRow> measureKernel(const PlannedModel &model, const PlannedKernel &kernel,
                                        const Chip &chip, const CountedStep &step,
                                        KernelData *data = nullptr);

} // namespace qcc::model
