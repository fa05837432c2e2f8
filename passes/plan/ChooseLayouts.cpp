#include "passes/plan/MatrixForm.h"
#include "passes/plan/Passes.h"

#include "llvm/Support/MathExtras.h"

namespace qcc::plan {
#define GEN_PASS_DEF_CHOOSELAYOUTS
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// Lanes that share a column, and consecutive loads of each.
struct Run {
  int64_t lanesK, loads;
};

/// The run that pads K least; among equals the one with the most lanes, then with the most loads.
Run chooseRun(int64_t depth, int64_t perLoad, int64_t mostLanes, int64_t mostLoads) {
  Run best{1, 1};
  int64_t bestPadded = llvm::alignTo(depth, perLoad);
  for (int64_t lanes = 1; lanes <= mostLanes; lanes *= 2) {
    for (int64_t loads = 1; loads <= mostLoads; loads *= 2) {
      int64_t padded = llvm::alignTo(depth, perLoad * lanes * loads);
      if (padded <= bestPadded) {
        best = {lanes, loads};
        bestPadded = padded;
      }
    }
  }
  return best;
}

/// Loads in which a lane gets through a block, so that it meets each scale once: the weights' and, where they
/// are quantized too, the rows'. Floats have none.
int64_t loadsOfBlock(qnt::MatmulOp matmul, int64_t perLoad) {
  constexpr int64_t most = 8;
  qnt::WeightType type = matmul.getWeight().getType();
  auto rows = dyn_cast<qnt::ActivationType>(matmul.getLhs().getType());
  int64_t block = rows ? std::min(type.getBlock(), rows.getBlock()) : type.getBlock();
  return type.isQuantized() ? std::clamp<int64_t>(llvm::bit_floor<uint64_t>(block) / perLoad, 1, most) : 1;
}

/// The order in which a lane's load suits what multiplies it.
StringRef orderOf(qnt::MatmulOp matmul) {
  if (isa<qnt::ActivationType>(matmul.getLhs().getType())) {
    return "bytes";
  }
  return qnt::isFloat(matmul.getWeight().getType().getEncoding()) ? "linear" : "pairs";
}

/// Columns of a lane. Two share each read of the rows from LDS, and halve the workgroups that stage them:
/// where that leaves enough waves, and where a run of both fits into the registers of two runs of one.
int64_t chooseColumnsPerLane(int64_t rows, int64_t columns, Run run, int64_t computeUnits) {
  constexpr int64_t wavesPerUnit = 8, mostLoads = 8;
  bool enoughWaves = rows / (2 * columns) >= wavesPerUnit * computeUnits;
  return enoughWaves && 2 * run.loads <= mostLoads ? 2 : 1;
}

LogicalResult checkBlock(qnt::MatmulOp matmul, qnt::WeightType type) {
  int64_t block = type.getBlock();
  bool supported = block == 0 || block >= type.getColumns() || (block >= 8 && llvm::isPowerOf2_64(block));
  if (supported) {
    return success();
  }
  return matmul.emitError("block size ") << block << " is neither a power of two from 8 nor all of K = "
                                         << type.getColumns();
}

struct ChooseLayouts : impl::ChooseLayoutsBase<ChooseLayouts> {
  using Base::Base;

  qnt::TiledAttr layoutOf(qnt::MatmulOp matmul, Run run, int64_t columnsPerLane) {
    return qnt::TiledAttr::get(&getContext(), waveSize / run.lanesK, run.lanesK, columnsPerLane,
                               orderOf(matmul), run.loads);
  }

  /// The matrix instruction that the weights of the matmul's kernel stream past the decode entry's rows on, or null.
  tile::MatrixShapeAttr streamingForm(qnt::MatmulOp matmul) {
    auto matmuls = llvm::to_vector(matmul->getBlock()->getOps<qnt::MatmulOp>());
    return streamingFormOf({matmuls, rows, waveSize}, matrixOfFewRows);
  }

  /// Runs of 64 elements of each lane: stages of many rows are short, and each wave needs a run of them.
  Run chooseStreamingRun(qnt::MatmulOp matmul, int64_t perLoad, tile::MatrixShapeAttr matrix) {
    constexpr int64_t mostElements = 64;
    int64_t lanes = waveSize / matrix.getColumns(), depth = matmul.getWeight().getType().getColumns();
    int64_t loads = std::min(loadsOfBlock(matmul, perLoad), mostElements / perLoad);
    while (loads > 1 && llvm::alignTo(depth, perLoad * lanes * loads) > llvm::alignTo(depth, perLoad * lanes)) {
      loads /= 2;
    }
    return {lanes, loads};
  }

  qnt::TiledAttr chooseLayout(qnt::MatmulOp matmul) {
    qnt::WeightType type = matmul.getWeight().getType();
    int64_t perLoad = 128 / qnt::bitsOf(type.getEncoding());
    tile::MatrixShapeAttr streaming = streamingForm(matmul);
    Run run = streaming ? chooseStreamingRun(matmul, perLoad, streaming)
                        : chooseRun(type.getColumns(), perLoad, 16, loadsOfBlock(matmul, perLoad));
    return layoutOf(matmul, run,
                    chooseColumnsPerLane(type.getRows(), waveSize / run.lanesK, run, computeUnits));
  }

  // Pattern: matmul(x, w) -> matmul(x, pack(w))
  LogicalResult packWeight(qnt::MatmulOp matmul) {
    qnt::WeightType type = matmul.getWeight().getType();
    if (type.getLayout()) {
      return success();
    }
    if (failed(checkBlock(matmul, type))) {
      return failure();
    }
    auto tuning = matmul->getParentOp()->getAttrOfType<tile::TuningAttr>("tile.tuning");
    qnt::TiledAttr layout = tuning ? layoutOf(matmul, {tuning.getLanesK(), tuning.getLoads()},
                                              tuning.getColumnsPerLane())
                                   : chooseLayout(matmul);
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfterValue(matmul.getWeight());
    auto packed = qnt::PackOp::create(builder, matmul.getLoc(), type.withLayout(layout), matmul.getWeight());
    matmul.getWeightMutable().assign(packed);
    return success();
  }

  void runOnOperation() override {
    WalkResult result = getOperation().walk(
        [&](qnt::MatmulOp matmul) { return WalkResult(packWeight(matmul)); });
    if (result.wasInterrupted()) {
      signalPassFailure();
    }
  }
};

} // namespace
} // namespace qcc::plan
