#include "compiler/tune/Work.h"

#include "passes/plan/ScheduleTable.h"

#include "llvm/Support/MathExtras.h"

using namespace qcc;
using namespace qcc::tune;
using llvm::divideCeil;

// What compiled kernels were counted to take, in instructions of a lane: for a load of weights its
// words to unpack, of 4 bits and of others, an address and a share of the loop; for 16 bytes of a
// row two elements a product; for 16 bytes of rows on their way to LDS; for a sum on its way out.
static constexpr double unpackOf4Bits = 5, unpackOfOthers = 2, overheadOfLoad = 3;
static constexpr double stagingOfPiece = 40, epilogueOfSum = 12;

/// Waves that a SIMD holds. The guess of registers errs on the safe side, which would rule out too
/// much here.
static double residentWaves(const Chip &chip, const Partition &partition) {
  constexpr double shareInUse = 0.8;
  constexpr int64_t waves = plan::workgroupWaves;
  auto registers =
      llvm::alignTo(static_cast<uint64_t>(partition.registers * shareInUse), chip.vgprGranule);
  int64_t byRegisters = std::min<int64_t>(chip.vgprs / registers, chip.wavesPerSimd);
  int64_t groups =
      std::min<int64_t>(byRegisters * chip.simdsPerUnit / waves,
                        chip.ldsBytesPerUnit / std::max<int64_t>(partition.ldsBytes, 1));
  return double(std::max<int64_t>(groups, 1) * waves) / chip.simdsPerUnit;
}

/// The same on a matrix instruction: a load is unpacked and scaled whatever the rows.
static WaveCounts guessMatrixCounts(const MatmulProblem &problem, const MatmulTuning &tuning,
                                    const Partition &partition) {
  constexpr double ofWeight = 2, bytesOfRequest = 64, lanesOfRequest = 16, ldsBytesACycle = 128;
  const Chip &chip = *problem.chip;
  const MatrixShape &matrix = chip.has.matrixOfFewRows;
  double copies = double(chip.waveSize) / (matrix.columns * matrix.depthLanes);
  double stages = double(divideCeil(partition.runs, partition.stageRuns));
  double runs = stages * double(divideCeil(partition.stageRuns, tuning.splitK));
  double loads = runs * partition.perRun * copies, weights = loads * partition.perLoad;
  double pieces = runs * partition.runElements * copies / 8, kept = stages * partition.keptLoads;
  WaveCounts counts;
  counts.vector =
      chip.vectorCycles * (weights * ofWeight + loads * overheadOfLoad + kept * stagingOfPiece +
                           problem.combined * tuning.columnsPerLane * 4 * epilogueOfSum);
  counts.matrix = weights / (matrix.depth / matrix.depthLanes) * matrix.cycles;
  counts.lds = (pieces + kept) * chip.waveSize * 16 / ldsBytesACycle;
  counts.requests = loads * chip.waveSize * 16 / bytesOfRequest +
                    (loads / tuning.loads + kept) * chip.waveSize / lanesOfRequest;
  counts.wavesPerSimd = residentWaves(chip, partition);
  return counts;
}

WaveCounts tune::guessCounts(const MatmulProblem &problem, const MatmulTuning &tuning) {
  constexpr double ldsBytesACycle = 128, lanesOfRequest = 16, bytesOfRequest = 64;
  const Chip &chip = *problem.chip;
  Partition partition(problem, tuning);
  double runs = double(divideCeil(partition.runs, tuning.splitK));
  double loads = runs * partition.perRun, rows = double(tuning.rows);
  double rowPieces = runs * partition.runElements * problem.stagedBytes / 16.0 * rows;
  double scaledRuns = runs * partition.perRun / tuning.loads;
  double sums = problem.combined * tuning.columnsPerLane * rows;
  double stagedPieces = rows * partition.runs * partition.runDepth * problem.stagedBytes / 16.0 /
                        (chip.waveSize * plan::workgroupWaves);
  if (partition.onMatrix) {
    return guessMatrixCounts(problem, tuning, partition);
  }
  constexpr double wordsOfLoad = 4;
  bool quantized = problem.stagedBytes == 1;
  double unpack = problem.bits == 4 ? unpackOf4Bits : unpackOfOthers;
  double elementsOfProduct = 2;
  if (quantized) { // four bytes a product; of nibbles two masks for a word
    unpack = problem.bits == 4 ? 2 : 0;
    elementsOfProduct = 4;
  }
  double instructions = loads * (wordsOfLoad * unpack + overheadOfLoad) +
                        loads * partition.perLoad / elementsOfProduct * rows +
                        scaledRuns * (2 + rows) + stagedPieces * stagingOfPiece +
                        sums * (epilogueOfSum + llvm::Log2_64(tuning.lanesK));
  WaveCounts counts;
  counts.vector = instructions * chip.vectorCycles;
  counts.lds = (rowPieces + stagedPieces) * chip.waveSize * 16 / ldsBytesACycle;
  counts.requests = loads * chip.waveSize * 16 / bytesOfRequest +
                    (scaledRuns + stagedPieces) * chip.waveSize / lanesOfRequest;
  counts.wavesPerSimd = residentWaves(chip, partition);
  return counts;
}

model::KernelWork tune::workOf(const MatmulProblem &problem, const MatmulTuning &tuning,
                               const WaveCounts &counts) {
  constexpr int64_t waves = plan::workgroupWaves;
  const Chip &chip = *problem.chip;
  Partition partition(problem, tuning);
  int64_t onUnit = divideCeil(partition.workgroups, chip.computeUnits) * waves;
  double onSimd = double(divideCeil(onUnit, chip.simdsPerUnit));
  double activations = double(problem.depth);
  for (int64_t n : problem.columns) {
    activations += double(n) / problem.combined;
  }
  double bytes = partition.packedBytes * partition.rowTiles +
                 activations * problem.batch * problem.stagedBytes;
  double resident = std::min(counts.wavesPerSimd * chip.simdsPerUnit * chip.computeUnits,
                             double(partition.workgroups * waves));
  double ahead = double(partition.ahead) * chip.waveSize * 16;
  return {bytes,
          std::min(resident * ahead, bytes),
          counts.vector * onSimd,
          counts.matrix * onSimd,
          counts.lds * onUnit,
          counts.requests * onUnit};
}

double tune::costOf(const model::Projection &projection, const WaveCounts &counts) {
  constexpr double little = 0.03, leastWaves = 0.5;
  return projection.microseconds * (1 + little * leastWaves / counts.wavesPerSimd) +
         little * (projection.memory + projection.latency + projection.vector + projection.lds +
                   projection.requests + projection.matrix);
}
