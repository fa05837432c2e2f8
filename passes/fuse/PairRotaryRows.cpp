#include "mlir/Transforms/WalkPatternRewriteDriver.h"
#include "passes/fuse/Passes.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_PAIRROTARYROWS
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

// Pattern: rope(matmul(x, w, bias)) -> rope(matmul(x, pair_rows(w), pair_rows(bias))) paired
struct PairMatmulRows : OpRewritePattern<lm::RopeOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::RopeOp rope, PatternRewriter &rewriter) const override {
    if (rope.getInterleaved() || rope.getPaired()) {
      return rewriter.notifyMatchFailure(rope, "partners are side by side already");
    }
    auto matmul = rope.getInput().getDefiningOp<qnt::MatmulOp>();
    if (!matmul || !matmul->hasOneUse()) {
      return rewriter.notifyMatchFailure(rope, "input is not a matmul of its own");
    }
    rewriter.setInsertionPoint(matmul);
    auto paired = [&](Value weight) -> Value {
      return qnt::PairRowsOp::create(rewriter, rope.getLoc(), weight.getType(), weight,
                                     rope.getHeadSize(), rope.getRotary());
    };
    Value weight = paired(matmul.getWeight());
    Value bias = matmul.getBias() ? paired(matmul.getBias()) : Value();
    rewriter.modifyOpInPlace(matmul, [&] {
      matmul.getWeightMutable().assign(weight);
      if (bias) {
        matmul.getBiasMutable().assign(bias);
      }
    });
    rewriter.modifyOpInPlace(rope, [&] { rope.setPaired(true); });
    return success();
  }
};

struct PairRotaryRows : impl::PairRotaryRowsBase<PairRotaryRows> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<PairMatmulRows>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
} // namespace qcc::fuse
