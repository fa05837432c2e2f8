#include "passes/clean/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qcc::clean {
#define GEN_PASS_DEF_SINKSLICES
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

/// Rows [offset, offset + rows) of `weight`; null for no weight.
Value sliceRows(PatternRewriter &rewriter, Value weight, int64_t offset, int64_t rows) {
  if (!weight) {
    return {};
  }
  auto type = cast<qnt::WeightType>(weight.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.front() = rows;
  return qnt::SliceRowsOp::create(rewriter, weight.getLoc(), type.withShape(shape), weight, offset);
}

// Pattern: slice(matmul(x, w)) -> matmul(x, slice_rows(w))
struct Sink : OpRewritePattern<lm::SliceOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::SliceOp op, PatternRewriter &rewriter) const override {
    auto matmul = op.getInput().getDefiningOp<qnt::MatmulOp>();
    if (!matmul) {
      return rewriter.notifyMatchFailure(op, "not a slice of a matmul");
    }
    if (!llvm::all_of(matmul->getUsers(), llvm::IsaPred<lm::SliceOp>)) {
      return rewriter.notifyMatchFailure(op, "the whole product is also used");
    }
    int64_t offset = op.getOffset();
    int64_t rows = cast<RankedTensorType>(op.getType()).getDimSize(1);
    Value weight = sliceRows(rewriter, matmul.getWeight(), offset, rows);
    Value bias = sliceRows(rewriter, matmul.getBias(), offset, rows);
    rewriter.replaceOp(op, qnt::MatmulOp::create(rewriter, matmul.getLoc(), op.getType(),
                                                 matmul.getLhs(), weight, bias));
    return success();
  }
};

struct SinkSlices : clean::impl::SinkSlicesBase<SinkSlices> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Sink>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
