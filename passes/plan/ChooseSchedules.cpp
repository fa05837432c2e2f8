#include "dialects/qnt/PackedWeight.h"
#include "dialects/tile/AttentionPartition.h"
#include "passes/plan/FlashForm.h"
#include "passes/plan/MatmulRows.h"
#include "passes/plan/MatrixForm.h"
#include "passes/plan/Passes.h"
#include "passes/plan/ScheduleTable.h"

#include "llvm/ADT/SetVector.h"

namespace qcc::plan {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// How many rows a matmul multiplies.
int64_t rowsOf(qnt::MatmulOp matmul) { return cast<RankedTensorType>(matmul.getType()).getDimSize(0); }

/// The matmuls of a kernel that `value` is computed from.
void collectMatmuls(Value value, llvm::SetVector<Operation *> &matmuls) {
  Operation *op = value.getDefiningOp();
  if (isa_and_present<qnt::MatmulOp>(op)) {
    matmuls.insert(op);
  } else if (op && isa<lm::FusedOp>(op->getParentOp())) {
    for (Value operand : op->getOperands()) {
      collectMatmuls(operand, matmuls);
    }
  }
}

/// The most matmuls of `kernel` that one of its results combines, column by column. Keys and values that are
/// appended to a cache are results of their own.
int64_t combinedMatmuls(lm::FusedOp kernel) {
  size_t most = 0;
  auto count = [&](Value value) {
    llvm::SetVector<Operation *> matmuls;
    collectMatmuls(value, matmuls);
    most = std::max(most, matmuls.size());
  };
  for (Value result : kernel.getBody().front().getTerminator()->getOperands()) {
    if (auto append = result.getDefiningOp<lm::AppendOp>()) {
      count(append.getKey());
      count(append.getValue());
    } else {
      count(result);
    }
  }
  return most;
}

struct ChooseSchedules : impl::ChooseSchedulesBase<ChooseSchedules> {
  using Base::Base;

  tile::ScheduleAttr matmulSchedule(lm::FusedOp kernel) {
    MatmulShape shape{1, 0, 0, 0, 0, 0};
    for (auto matmul : kernel.getBody().front().getOps<qnt::MatmulOp>()) {
      qnt::PackedWeight packed(matmul.getWeight().getType());
      shape.rows = rowsOf(matmul);
      shape.runDepth = std::max(shape.runDepth, packed.runDepth());
      shape.runLoads = std::max(shape.runLoads, packed.runLoads());
      shape.depth = std::max(shape.depth, packed.runs() * packed.runDepth());
      shape.panels += packed.panels();
      shape.stagedBytes = std::max(shape.stagedBytes, stagedBytes(matmul));
    }
    tile::MatrixShapeAttr streaming = streamingForm(kernel);
    if (streaming) {
      constexpr int64_t bytesOfHalf = 2;
      shape.stagedBytes = bytesOfHalf;
      shape.matrixRows = streaming.getRows();
      qnt::PackedWeight packed((*kernel.getBody().front().getOps<qnt::MatmulOp>().begin()).getWeight().getType());
      shape.panelColumns = packed.panelColumns() * combinedMatmuls(kernel);
      shape.panels /= combinedMatmuls(kernel);
    }
    MatmulSchedule chosen = chooseMatmulSchedule(shape, {waveSize, computeUnits, ldsBytes, bytesInFlight});
    return tile::ScheduleAttr::get(&getContext(), chosen.waves, chosen.rows, chosen.splitK, chosen.stage,
                                   chosen.prefetch, 1, 0, streaming);
  }

  /// The matrix instruction that the kernel's weights are packed for, or null.
  tile::MatrixShapeAttr streamingForm(lm::FusedOp kernel) {
    auto matmuls = llvm::to_vector(kernel.getBody().front().getOps<qnt::MatmulOp>());
    return packedStreamingFormOf({matmuls, rowsOf(matmuls.front()), waveSize}, matrixOfFewRows);
  }

  /// What the tuning table says of `kernel` with as many rows as it has here, or null.
  tile::ScheduleAttr tunedSchedule(lm::FusedOp kernel) {
    auto tuning = kernel->getAttrOfType<tile::TuningAttr>("tile.tuning");
    auto matmuls = kernel.getBody().front().getOps<qnt::MatmulOp>();
    if (!tuning || matmuls.empty() || rowsOf(*matmuls.begin()) != tuning.getBatch()) {
      return {};
    }
    return tile::ScheduleAttr::get(&getContext(), workgroupWaves, tuning.getRows(), tuning.getSplitK(),
                                   tuning.getStage(), tuning.getPrefetch(), 1, 0, streamingForm(kernel));
  }

  /// A stage of bytes is deep, and its weights are loaded and unpacked at once, for each group of lanes along the depth
  /// its own: that takes registers, of which waves of 32 have fewer, without accumulators beside them. So their stages
  /// are shorter where a lane would hold too many words of weights, and their workgroups have fewer rows.
  void saveRegisters(qnt::MatmulOp matmul, tile::MatrixShapeAttr matrix, GemmShape &shape) {
    constexpr int64_t mostWords = 48, mostFeatures = 4096;
    qnt::WeightType type = matmul.getWeight().getType();
    if (waveSize != 32 || !isa<qnt::ActivationType>(matmul.getLhs().getType())) {
      return;
    }
    int64_t least = qnt::PackedWeight(type).elementsPerLoad() * matrix.getDepthLanes();
    int64_t lanesWords = matrix.getDepthLanes() * 32 / qnt::bitsOf(type.getEncoding());
    while (shape.matmuls * shape.stage > mostWords * lanesWords && shape.stage > least) {
      shape.stage /= 2;
    }
    shape.mostRows = std::min(shape.mostRows / 2, mostFeatures * matrix.getDepthLanes() / (shape.matmuls * shape.stage));
  }

  tile::ScheduleAttr gemmSchedule(lm::FusedOp kernel, tile::MatrixShapeAttr matrix) {
    GemmShape shape{0, combinedMatmuls(kernel), 0, 0, stageOfMatrixForm(kernel, matrix), matrix.getRows(),
                    unpackingRows};
    auto matmuls = kernel.getBody().front().getOps<qnt::MatmulOp>();
    saveRegisters(*matmuls.begin(), matrix, shape);
    for (auto matmul : matmuls) {
      shape.rows = rowsOf(matmul);
      shape.columns += matmul.getWeight().getType().getRows();
      qnt::PackedWeight packed(matmul.getWeight().getType());
      shape.stages = packed.runs() * packed.runDepth() / shape.stage;
    }
    shape.columns /= shape.matmuls;
    GemmSchedule chosen =
        chooseGemmSchedule(shape, {waveSize, computeUnits, ldsBytes, bytesInFlight, productsOfLatency});
    return tile::ScheduleAttr::get(&getContext(), chosen.waves, chosen.rows, /*splitK=*/1, shape.stage, /*prefetch=*/1,
                                   chosen.splits, chosen.columns, matrix);
  }

  /// Of kernels whose waves share out positions, or features.
  tile::ScheduleAttr plainSchedule() { return tile::ScheduleAttr::get(&getContext(), workgroupWaves, 1, 1, 0, 1); }

  tile::ScheduleAttr attentionSchedule(lm::FusedOp kernel) {
    if (tile::ScheduleAttr flash = flashSchedule(kernel, {matrix, waveSize, ldsBytes})) {
      return flash;
    }
    auto attention = *kernel.getBody().front().getOps<lm::AttentionOp>().begin();
    auto result = cast<RankedTensorType>(attention.getResult().getType());
    lm::CacheType cache = attention.getCache().getType();
    auto scheduled = [&](const AttentionSchedule &chosen) {
      return tile::ScheduleAttr::get(&getContext(), chosen.waves, /*rows=*/1, /*splitK=*/1, /*stage=*/0,
                                     chosen.prefetch, chosen.splits);
    };
    AttentionSchedule chosen = chooseAttentionSchedule(cache.getElementType().getIntOrFloatBitWidth() / 8);
    tile::AttentionPartition partition(attention, scheduled(chosen));
    int64_t window = attention.getWindow(), context = cache.getPositions();
    AttentionShape shape{result.getDimSize(0) * partition.blocks, window ? std::min(window, context) : context,
                         partition.turnPositions(waveSize)};
    chosen.splits = chooseAttentionSplits(shape, computeUnits);
    return scheduled(chosen);
  }

  tile::ScheduleAttr sampleSchedule(lm::FusedOp kernel) {
    auto sample = *kernel.getBody().front().getOps<lm::SampleOp>().begin();
    int64_t waves = chooseSampleWaves(sample.getSampler().getType().getVocabulary(), waveSize);
    return tile::ScheduleAttr::get(&getContext(), waves, 1, 1, 0, 1);
  }

  void runOnOperation() override {
    getOperation().walk([&](lm::FusedOp kernel) {
      tile::MatrixShapeAttr form = matrixFormOf(kernel, {matrix, matrixOfBytes});
      tile::ScheduleAttr tuned = tunedSchedule(kernel);
      tile::ScheduleAttr schedule = tuned                             ? tuned
                                    : form                            ? gemmSchedule(kernel, form)
                                    : kernel.getKind() == "matmul"    ? matmulSchedule(kernel)
                                    : kernel.getKind() == "attention" ? attentionSchedule(kernel)
                                    : kernel.getKind() == "sample"    ? sampleSchedule(kernel)
                                                                      : plainSchedule();
      kernel->setAttr("tile.schedule", schedule);
    });
  }
};

} // namespace
} // namespace qcc::plan
