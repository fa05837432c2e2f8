#include "passes/clean/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qcc::clean {
#define GEN_PASS_DEF_FOLDCASTS
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

bool isF32(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType().isF32();
}

// Pattern: rms_norm(cast(x) : f32) -> rms_norm(x)
struct FoldWideningBefore : OpRewritePattern<lm::RmsNormOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::RmsNormOp op, PatternRewriter &rewriter) const override {
    auto widening = op.getInput().getDefiningOp<lm::CastOp>();
    if (!widening || !isF32(widening.getResult())) {
      return rewriter.notifyMatchFailure(op, "its input is not widened to f32");
    }
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(widening.getInput()); });
    return success();
  }
};

// Pattern: cast(rms_norm(x) : f32) : T -> rms_norm(x) : T
struct FoldNarrowingAfter : OpRewritePattern<lm::CastOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::CastOp op, PatternRewriter &rewriter) const override {
    auto norm = op.getInput().getDefiningOp<lm::RmsNormOp>();
    if (!norm || !isF32(norm.getResult())) {
      return rewriter.notifyMatchFailure(op, "does not narrow the f32 result of a norm");
    }
    if (!norm->hasOneUse()) {
      return rewriter.notifyMatchFailure(op, "the f32 result has further uses");
    }
    rewriter.replaceOpWithNewOp<lm::RmsNormOp>(op, op.getResult().getType(), norm.getInput(),
                                               norm.getWeight(), norm.getEpsilonAttr(),
                                               norm.getGroupAttr());
    return success();
  }
};

struct FoldCasts : clean::impl::FoldCastsBase<FoldCasts> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldWideningBefore, FoldNarrowingAfter>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
