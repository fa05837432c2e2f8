#include "examples/add_a_pass/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace qcc::example {
#define GEN_PASS_DEF_MERGESCALES
#include "examples/add_a_pass/Passes.h.inc"
} // namespace qcc::example

using namespace mlir;
using namespace qcc;

namespace {

// Pattern: scale(scale(x, a), b) -> scale(x, a * b)
struct Merge : OpRewritePattern<lm::ScaleOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::ScaleOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<lm::ScaleOp>();
    if (!inner) {
      return rewriter.notifyMatchFailure(op, "its input is not scaled");
    }
    double factor = inner.getFactor().convertToDouble() * op.getFactor().convertToDouble();
    if (!std::isnormal(static_cast<float>(factor))) {
      return rewriter.notifyMatchFailure(op, "the product is no normal number of fp32");
    }
    rewriter.replaceOpWithNewOp<lm::ScaleOp>(op, inner.getInput(), llvm::APFloat(factor));
    return success();
  }
};

struct MergeScales : example::impl::MergeScalesBase<MergeScales> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Merge>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
