#include "passes/clean/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qcc::clean {
#define GEN_PASS_DEF_SELECTLOGITROWS
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

// Pattern: select_rows(f(x)) -> f(select_rows(x)), f a function of each row alone
struct Hoist : OpRewritePattern<lm::SelectRowsOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::SelectRowsOp op, PatternRewriter &rewriter) const override {
    Operation *producer = op.getInput().getDefiningOp();
    // Their activation is the first operand of all of these.
    if (!isa_and_present<qnt::MatmulOp, lm::RmsNormOp, lm::CastOp, lm::ScaleOp, lm::SliceOp,
                         lm::SiluOp, lm::SigmoidOp, lm::GeluOp>(producer)) {
      return rewriter.notifyMatchFailure(op, "not made row by row from one activation");
    }
    if (!producer->hasOneUse()) {
      return rewriter.notifyMatchFailure(op, "the input has further uses");
    }
    Value selected =
        lm::SelectRowsOp::create(rewriter, op.getLoc(), producer->getOperand(0), op.getBatch());
    rewriter.modifyOpInPlace(producer, [&] {
      producer->setOperand(0, selected);
      producer->moveAfter(selected.getDefiningOp());
    });
    rewriter.replaceOp(op, producer->getResults());
    return success();
  }
};

struct SelectLogitRows : clean::impl::SelectLogitRowsBase<SelectLogitRows> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Hoist>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
