#include "passes/plan/ScheduleTable.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace qcc::plan;

/// A schedule whose split of K is to be chosen, and how many runs a stage may have.
struct Unsplit {
  MatmulSchedule schedule;
  int64_t runs, stageRuns;

  /// A wave without a run of the stage would wait for the others.
  bool allows(int64_t splitK) const {
    return splitK == 1 || (splitK <= schedule.waves && stageRuns >= splitK);
  }
};

/// Whether so many waves of a panel have less in flight than keeps the memory busy, though they
/// have more to load.
static bool loadsTooFew(const MatmulShape &shape, const ChipFigures &chip, const Unsplit &unsplit,
                        int64_t splitK) {
  constexpr int64_t loadBytes = 16;
  int64_t prefetch = unsplit.schedule.prefetch, loads = unsplit.runs / splitK * shape.runLoads;
  return loads > prefetch &&
         shape.panels * splitK * prefetch * chip.waveSize * loadBytes < chip.bytesInFlight;
}

static int64_t splitOnVectors(const MatmulShape &shape, const ChipFigures &chip,
                              const Unsplit &unsplit) {
  int64_t splitK = 1;
  while (unsplit.allows(2 * splitK) &&
         (shape.panels * splitK < chip.computeUnits || loadsTooFew(shape, chip, unsplit, splitK))) {
    splitK *= 2;
  }
  return splitK;
}

static int64_t splitOnMatrix(const MatmulShape &shape, const ChipFigures &chip,
                             const Unsplit &unsplit) {
  // Tenths of a vector instruction for a feature of a row to be staged, and of a column to be
  // unpacked, as counted.
  constexpr int64_t staging = 17, unpacking = 9;
  int64_t best = 1, leastTime = INT64_MAX;
  for (int64_t splitK = 1; unsplit.allows(splitK); splitK *= 2) {
    int64_t panelsOfGroup = unsplit.schedule.waves / splitK;
    int64_t turns =
        llvm::divideCeil(llvm::divideCeil(shape.panels, panelsOfGroup), chip.computeUnits);
    int64_t columns = shape.panelColumns * panelsOfGroup;
    int64_t time = turns * (staging * unsplit.schedule.rows + unpacking * columns);
    if (time < leastTime || loadsTooFew(shape, chip, unsplit, best)) {
      best = splitK;
      leastTime = time;
    }
  }
  return best;
}

MatmulSchedule qcc::plan::chooseMatmulSchedule(const MatmulShape &shape, const ChipFigures &chip) {
  constexpr int64_t waves = workgroupWaves;
  bool onMatrix = shape.matrixRows != 0;
  MatmulSchedule schedule{
      waves, std::min<int64_t>(shape.rows, onMatrix ? shape.matrixRows : mostVectorRows), 1, 0,
      shape.rows == 1 ? 16
      : onMatrix      ? 8
                      : 4};
  // Staged rows are padded by up to an eighth.
  auto bytes = [&](int64_t features) {
    return features * shape.stagedBytes * schedule.rows * 9 / 8;
  };
  while (schedule.rows > 1 && bytes(shape.runDepth) > chip.ldsBytes * 3 / 4) {
    schedule.rows /= 2;
  }
  int64_t runs = shape.depth / shape.runDepth;
  int64_t stageBytes =
      onMatrix ? waves * chip.waveSize * mostKeptLoads * 16 * 9 / 8 : chip.ldsBytes / 2;
  int64_t stageRuns = std::clamp<int64_t>(stageBytes / bytes(shape.runDepth), 1, runs);
  Unsplit unsplit{schedule, runs, stageRuns};
  schedule.splitK =
      onMatrix ? splitOnMatrix(shape, chip, unsplit) : splitOnVectors(shape, chip, unsplit);
  if (stageRuns < runs) {
    stageRuns = stageRuns / schedule.splitK * schedule.splitK;
    if (onMatrix) { // stages are alike, so that the last one is as long
      int64_t stages = llvm::divideCeil(runs, stageRuns);
      stageRuns = llvm::alignTo(llvm::divideCeil(runs, stages), schedule.splitK);
    }
    schedule.stage = stageRuns * shape.runDepth;
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

/// Columns of a workgroup on matrix instructions.
static constexpr int64_t gemmColumns = 128;

/// Products that a compute unit could add up until a matmul with this schedule is through.
static int64_t gemmTime(const GemmShape &shape, const ChipFigures &chip, int64_t rows, int64_t splits) {
  int64_t rowTiles = llvm::divideCeil(shape.rows, rows);
  int64_t columnTiles = llvm::divideCeil(shape.columns, gemmColumns);
  int64_t turns = llvm::divideCeil(rowTiles * columnTiles * splits, chip.computeUnits);
  int64_t features = llvm::divideCeil(shape.stages, splits) * shape.stage;
  int64_t time = turns * features * (rows + shape.unpackingRows) * gemmColumns * shape.matmuls;
  if (splits > 1) {
    int64_t sums = splits * rowTiles * rows * columnTiles * gemmColumns * shape.matmuls;
    int64_t writtenAndRead = 2 * 4 * sums;
    time += chip.productsOfLatency * (3 + llvm::divideCeil(writtenAndRead, chip.bytesInFlight));
  }
  return time;
}

GemmSchedule qcc::plan::chooseGemmSchedule(const GemmShape &shape, const ChipFigures &chip) {
  // For sums that a work-item loads of all splits at once, of 256 that it has at least.
  constexpr int64_t threads = 256, registers = 192;
  GemmSchedule best{threads / chip.waveSize, shape.tile, gemmColumns * chip.waveSize / threads, 1};
  int64_t mostSplits = chip.productsOfLatency ? shape.stages : 1, leastTime = INT64_MAX;
  for (int64_t splits = 1; splits <= mostSplits; ++splits) {
    for (int64_t rows = shape.tile; rows <= shape.mostRows; rows *= 2) {
      int64_t sums = rows * gemmColumns * shape.matmuls / threads;
      if (splits > 1 && splits * sums > registers) {
        continue;
      }
      int64_t time = gemmTime(shape, chip, rows, splits);
      int64_t worthwhile = splits > best.splits ? leastTime / 10 : 0;
      if (time < leastTime - worthwhile) {
        best.rows = rows;
        best.splits = splits;
        leastTime = time;
      }
    }
  }
  return best;
}

int64_t qcc::plan::chooseSampleWaves(int64_t vocabulary, int64_t waveSize) {
  constexpr int64_t mostWorkItems = 1024;
  return std::clamp<int64_t>(vocabulary / waveSize, 1, mostWorkItems / waveSize);
}
