#include "passes/plan/Passes.h"

#include "llvm/Support/MathExtras.h"

namespace qcc::plan {
#define GEN_PASS_DEF_CHOOSELAYOUTS
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// Lanes that share a column: those that pad K least, and among equals the most.
int64_t chooseLanesK(int64_t depth, int64_t perLoad, int64_t limit) {
  int64_t best = 1, bestPadded = llvm::alignTo(depth, perLoad);
  for (int64_t lanes = 2; lanes <= limit; lanes *= 2) {
    int64_t padded = llvm::alignTo(depth, perLoad * lanes);
    if (padded <= bestPadded) {
      best = lanes;
      bestPadded = padded;
    }
  }
  return best;
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

  // Pattern: matmul(x, w) -> matmul(x, pack(w))
  LogicalResult packWeight(qnt::MatmulOp matmul) {
    qnt::WeightType type = matmul.getWeight().getType();
    if (type.getLayout()) {
      return success();
    }
    if (failed(checkBlock(matmul, type))) {
      return failure();
    }
    int64_t perLoad = 128 / qnt::bitsOf(type.getEncoding());
    int64_t lanesK = chooseLanesK(type.getColumns(), perLoad, 16);
    auto layout = qnt::TiledAttr::get(&getContext(), waveSize / lanesK, lanesK, /*columnsPerLane=*/1,
                                      qnt::isFloat(type.getEncoding()) ? "linear" : "pairs");
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
