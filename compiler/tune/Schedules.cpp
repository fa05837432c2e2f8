#include "compiler/tune/Schedules.h"

#include "passes/plan/MatrixForm.h"
#include "passes/plan/ScheduleTable.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <set>

using namespace qcc;
using namespace qcc::tune;
using llvm::alignTo;
using llvm::divideCeil;

static constexpr int64_t waves = plan::workgroupWaves;

/// LDS of a workgroup: staged rows, of which the pieces of 16 bytes of many lanes are set apart;
/// sums of two kinds over them; norms; and the sums that waves share.
static int64_t ldsBytesOf(const MatmulProblem &problem, const MatmulTuning &tuning,
                          const Partition &partition) {
  if (partition.onMatrix) {
    constexpr int64_t bytesOfHalf = 2, padding = 128;
    int64_t rowBytes = partition.stageRuns * partition.runDepth * bytesOfHalf + padding;
    int64_t sums =
        problem.combined * partition.panelColumns * problem.chip->has.matrixOfFewRows.rows;
    return tuning.rows * (rowBytes + (waves + 1) * 4) + (tuning.splitK > 1 ? waves * sums * 4 : 0);
  }
  int64_t perPiece = std::min<int64_t>(16 / problem.stagedBytes, partition.perLoad);
  int64_t pieces = partition.runElements / perPiece;
  int64_t lanes = pieces > 1 && tuning.lanesK >= 8 ? tuning.lanesK + 1 : tuning.lanesK;
  int64_t rowBytes = partition.stageRuns * pieces * lanes * perPiece * problem.stagedBytes;
  int64_t block = problem.block ? std::min(problem.block, partition.runElements) : INT64_MAX;
  int64_t sums = 2 * divideCeil(partition.stageRuns * partition.runDepth, block) * 4;
  int64_t partials = tuning.splitK > 1 ? waves * problem.combined * partition.panelColumns * 4 : 0;
  return tuning.rows * (rowBytes + sums + partials + (waves + 1) * 4);
}

/// Words in flight, sums and dot products, rows read from LDS for this group and the next one, and
/// addresses.
static int64_t registersOf(const MatmulProblem &problem, const MatmulTuning &tuning,
                           const Partition &partition) {
  if (partition.onMatrix) {
    constexpr int64_t fragments = 32, unpacking = 32, ofKeptLoad = 8;
    int64_t scales = problem.block ? divideCeil(partition.runElements, problem.block) : 0;
    int64_t ofSum = problem.chip->has.matrixOfFewRows.rows *
                    problem.chip->has.matrixOfFewRows.columns / problem.chip->waveSize;
    return partition.ahead * 4 + partition.ahead / tuning.loads * scales + fragments + unpacking +
           partition.keptLoads * ofKeptLoad + problem.combined * tuning.columnsPerLane * ofSum;
  }
  int64_t sums = problem.combined * tuning.columnsPerLane * tuning.rows;
  int64_t rowsRead = std::max<int64_t>(tuning.rows, 8) * 4 * (sums < 32 ? 2 : 1);
  int64_t block = problem.block ? std::min(problem.block, partition.runElements) : INT64_MAX;
  int64_t scales = partition.ahead / tuning.loads * divideCeil(partition.runElements, block);
  return partition.ahead * 4 + scales + 2 * sums + rowsRead + 32;
}

Partition::Partition(const MatmulProblem &problem, const MatmulTuning &tuning) {
  onMatrix = problem.hasMatrixForm &&
             problem.chip->waveSize / tuning.lanesK == problem.chip->has.matrixOfFewRows.columns;
  perLoad = 128 / problem.bits;
  runElements = tuning.loads * perLoad;
  runDepth = tuning.lanesK * runElements;
  runs = divideCeil(problem.depth, runDepth);
  perRun = problem.combined * tuning.columnsPerLane * tuning.loads;
  stageRuns = tuning.stage ? tuning.stage / runDepth : runs;
  keptLoads = divideCeil(tuning.rows * stageRuns * runDepth / 8, waves * problem.chip->waveSize);
  panelColumns = problem.chip->waveSize / tuning.lanesK * tuning.columnsPerLane;
  ahead =
      std::clamp<int64_t>(tuning.prefetch / perRun, 1, divideCeil(runs, tuning.splitK)) * perRun;
  rowTiles = divideCeil(problem.batch, tuning.rows);
  panels = workgroups = 0;
  packedBytes = 0;
  double scaleBytes = problem.block ? 2.0 / problem.block : 0;
  for (auto [index, n] : llvm::enumerate(problem.columns)) {
    int64_t own = divideCeil(n, panelColumns);
    packedBytes +=
        double(own * panelColumns) * double(runs * runDepth) * (problem.bits / 8.0 + scaleBytes);
    if (static_cast<int64_t>(index) % problem.combined == 0) {
      panels += own;
      workgroups += divideCeil(own * tuning.splitK, waves);
    }
  }
  workgroups *= rowTiles;
  ldsBytes = ldsBytesOf(problem, tuning, *this);
  registers = registersOf(problem, tuning, *this);
}

bool tune::isLegal(const MatmulProblem &problem, const MatmulTuning &tuning) {
  int64_t columns = problem.chip->waveSize / tuning.lanesK;
  if (columns < 2 || tuning.splitK > waves) {
    return false; // rotations take two columns of a wave
  }
  Partition partition(problem, tuning);
  bool wholeTurns =
      !partition.onMatrix || (tuning.stage % (partition.runDepth * tuning.splitK) == 0 &&
                              tuning.rows <= problem.chip->has.matrixOfFewRows.rows);
  return wholeTurns && tuning.stage % partition.runDepth == 0 && partition.stageRuns >= 1 &&
         partition.ldsBytes <= problem.chip->ldsBytes;
}

namespace {

/// Collects the schedules of one problem, from the layout inwards.
class Enumeration {
public:
  explicit Enumeration(const MatmulProblem &problem) : problem(problem) {}

  std::vector<MatmulTuning> run() {
    for (int64_t lanesK = 1; lanesK <= 16; lanesK *= 2) {
      for (int64_t loads = 1; loads <= 8; loads *= 2) {
        for (int64_t columns : {1, 2, 4}) {
          addLayout({.lanesK = lanesK, .loads = loads, .columnsPerLane = columns});
        }
      }
    }
    dropPadded();
    return {found.begin(), found.end()};
  }

private:
  void addLayout(MatmulTuning tuning) {
    Partition partition(problem, tuning);
    // A longer run than a block meets two scales; a GEMM takes whole stages of padded K.
    bool staged = partition.runs * partition.runDepth % gemmStage() == 0;
    bool wasteful = problem.block != 0 && problem.block < problem.depth &&
                    partition.runElements > std::max(problem.block, partition.perLoad);
    if (!staged || wasteful) {
      return;
    }
    if (partition.onMatrix) {
      tuning.rows = problem.batch; // they cost next to nothing
      for (tuning.splitK = 1; tuning.splitK <= waves; tuning.splitK *= 2) {
        addStages(tuning);
      }
      return;
    }
    for (tuning.rows = std::min<int64_t>(problem.batch, plan::mostVectorRows);; tuning.rows /= 2) {
      for (tuning.splitK = 1; tuning.splitK <= waves; tuning.splitK *= 2) {
        addStages(tuning);
      }
      if (tuning.rows == 1 || 2 * tuning.rows <= problem.batch) {
        return;
      }
    }
  }

  /// Features of K that a prefill stages at once (passes/plan/MatrixForm.h).
  int64_t gemmStage() const {
    return plan::lineFeatures * problem.chip->has.matrixOfHalves.depthLanes;
  }

  /// All of K at once if LDS has room, and one smaller stage, which leaves room for other
  /// workgroups.
  void addStages(MatmulTuning tuning) {
    tuning.stage = 0;
    Partition whole(problem, tuning);
    if (whole.runs < tuning.splitK) {
      return;
    }
    int kept = 0;
    for (int64_t parts = 1; kept < 2 && parts <= whole.runs; parts *= 2) {
      int64_t stageRuns = alignTo(divideCeil(whole.runs, parts), tuning.splitK);
      tuning.stage = stageRuns >= whole.runs ? 0 : stageRuns * whole.runDepth;
      if (fits(Partition(problem, tuning))) {
        ++kept;
        addPrefetches(tuning);
      }
    }
  }

  bool fits(const Partition &partition) const {
    bool keepsRows = !partition.onMatrix || partition.keptLoads <= plan::mostKeptLoads;
    return keepsRows && partition.ldsBytes <= problem.chip->ldsBytes;
  }

  void addPrefetches(MatmulTuning tuning) {
    tuning.prefetch = 1;
    int64_t perRun = Partition(problem, tuning).perRun;
    int64_t last = 0;
    for (tuning.prefetch = perRun; tuning.prefetch <= 32; tuning.prefetch *= 2) {
      Partition partition(problem, tuning);
      if (partition.ahead == last || partition.registers > problem.chip->vgprsPerWave) {
        return;
      }
      last = partition.ahead;
      found.insert(tuning);
    }
  }

  /// Padding is read like weights.
  void dropPadded() {
    constexpr double tolerated = 1.02;
    double least = std::numeric_limits<double>::max();
    for (const MatmulTuning &tuning : found) {
      least = std::min(least, Partition(problem, tuning).packedBytes);
    }
    std::erase_if(found, [&](const MatmulTuning &tuning) {
      return Partition(problem, tuning).packedBytes > tolerated * least;
    });
  }

  const MatmulProblem &problem;
  std::set<MatmulTuning> found;
};

} // namespace

std::vector<MatmulTuning> tune::legalTunings(const MatmulProblem &problem) {
  return Enumeration(problem).run();
}
