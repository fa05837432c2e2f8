#include "passes/clean/Passes.h"

#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace qcc::clean {
#define GEN_PASS_DEF_DECOMPOSESKIPRMSNORM
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

// Pattern: skip_rms_norm(x, s, w) -> sum = add(x, s), rms_norm(sum, w)
struct Decompose : OpRewritePattern<lm::SkipRmsNormOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::SkipRmsNormOp op, PatternRewriter &rewriter) const override {
    Value sum = lm::AddOp::create(rewriter, op.getLoc(), op.getInput(), op.getSkip());
    Value norm = lm::RmsNormOp::create(rewriter, op.getLoc(), op.getResult().getType(), sum,
                                       op.getWeight(), op.getEpsilonAttr(), IntegerAttr());
    rewriter.replaceOp(op, {norm, sum});
    return success();
  }
};

struct DecomposeSkipRmsNorm : clean::impl::DecomposeSkipRmsNormBase<DecomposeSkipRmsNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Decompose>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
