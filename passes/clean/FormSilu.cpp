#include "passes/clean/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qcc::clean {
#define GEN_PASS_DEF_FORMSILU
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

// Pattern: mul(x, sigmoid(x)) -> silu(x)
struct Form : OpRewritePattern<lm::MulOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::MulOp op, PatternRewriter &rewriter) const override {
    for (auto [x, gate] :
         {std::pair(op.getLhs(), op.getRhs()), std::pair(op.getRhs(), op.getLhs())}) {
      auto sigmoid = gate.getDefiningOp<lm::SigmoidOp>();
      if (sigmoid && sigmoid.getInput() == x) {
        rewriter.replaceOpWithNewOp<lm::SiluOp>(op, x);
        return success();
      }
    }
    return rewriter.notifyMatchFailure(op, "no factor is the sigmoid of the other");
  }
};

struct FormSilu : clean::impl::FormSiluBase<FormSilu> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Form>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
