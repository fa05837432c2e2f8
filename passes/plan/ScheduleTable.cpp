#include "passes/plan/ScheduleTable.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace qcc::plan;

MatmulSchedule qcc::plan::chooseMatmulSchedule(const MatmulShape &shape, const ChipFigures &chip) {
  constexpr int64_t waves = workgroupWaves;
  MatmulSchedule schedule{waves, std::min<int64_t>(shape.rows, 8), 1, 0, shape.rows == 1 ? 16 : 4};
  // Staged rows are padded by up to an eighth.
  auto bytes = [&](int64_t features) { return features * shape.stagedBytes * schedule.rows * 9 / 8; };
  while (schedule.rows > 1 && bytes(shape.runDepth) > chip.ldsBytes * 3 / 4) {
    schedule.rows /= 2;
  }
  int64_t runs = shape.depth / shape.runDepth;
  int64_t stageRuns = std::clamp<int64_t>(chip.ldsBytes / 2 / bytes(shape.runDepth), 1, runs);
  auto isTooFew = [&] {
    int64_t loads = runs / schedule.splitK * shape.runLoads;
    int64_t sharing = shape.panels * schedule.splitK;
    return sharing < chip.computeUnits ||
           (loads > schedule.prefetch && sharing * schedule.prefetch * chip.waveSize * 16 < chip.bytesInFlight);
  };
  // A wave without a run of the stage would wait for the others.
  while (schedule.splitK < waves && isTooFew() && stageRuns >= 2 * schedule.splitK) {
    schedule.splitK *= 2;
  }
  if (stageRuns < runs) {
    schedule.stage = stageRuns / schedule.splitK * schedule.splitK * shape.runDepth;
  }
  return schedule;
}

AttentionSchedule qcc::plan::chooseAttentionSchedule(int64_t elementBytes) {
  return {.waves = workgroupWaves, .prefetch = elementBytes == 1 ? 4 : 8, .splits = 1};
}

int64_t qcc::plan::chooseAttentionSplits(const AttentionShape &shape, int64_t computeUnits) {
  int64_t turns = (shape.maxContext + shape.turnPositions - 1) / shape.turnPositions;
  return std::clamp<int64_t>(computeUnits / shape.workgroups, 1, turns);
}

GemmSchedule qcc::plan::chooseGemmSchedule(const GemmShape &shape, const ChipFigures &chip) {
  constexpr int64_t threads = 256, columns = 128;
  GemmSchedule best{threads / chip.waveSize, shape.tile, columns * chip.waveSize / threads};
  int64_t columnTiles = llvm::divideCeil(shape.columns, best.waves * best.columns), leastTime = INT64_MAX;
  for (int64_t rows = shape.tile; rows <= shape.mostRows; rows *= 2) {
    int64_t turns = llvm::divideCeil(llvm::divideCeil(shape.rows, rows) * columnTiles, chip.computeUnits);
    int64_t time = turns * (rows + shape.unpackingRows);
    if (time < leastTime) {
      best.rows = rows;
      leastTime = time;
    }
  }
  return best;
}

int64_t qcc::plan::chooseSampleWaves(int64_t vocabulary, int64_t waveSize) {
  constexpr int64_t mostWorkItems = 1024;
  return std::clamp<int64_t>(vocabulary / waveSize, 1, mostWorkItems / waveSize);
}
