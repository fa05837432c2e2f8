#include "passes/plan/ScheduleTable.h"

#include <algorithm>

using namespace qcc::plan;

MatmulSchedule qcc::plan::chooseMatmulSchedule(const MatmulShape &shape, int64_t computeUnits,
                                               int64_t ldsBytes) {
  constexpr int64_t waves = 4;
  MatmulSchedule schedule{waves, std::min<int64_t>(shape.rows, 8), 1, 0};
  int64_t fits = ldsBytes / 2 / (shape.stagedBytes * schedule.rows);
  int64_t steps = shape.depth / shape.stepDepth;
  int64_t stageSteps = std::clamp<int64_t>(fits / shape.stepDepth, 1, steps);
  auto workgroups = [&] { return shape.panels / (waves / schedule.splitK); };
  // A wave without a step of the stage would wait for the others.
  while (schedule.splitK < waves && workgroups() < computeUnits && stageSteps >= 2 * schedule.splitK) {
    schedule.splitK *= 2;
  }
  if (fits < shape.depth) {
    schedule.stage = stageSteps * shape.stepDepth;
  }
  return schedule;
}

int64_t qcc::plan::chooseAttentionWaves(int64_t maxContext) { return maxContext > 64 ? 4 : 1; }

int64_t qcc::plan::chooseRowWaves(int64_t features, int64_t waveSize) {
  return std::clamp<int64_t>(features / waveSize, 1, 8);
}
