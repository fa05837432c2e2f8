#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/translate/Passes.h"

namespace qcc::translate {
#define GEN_PASS_DEF_EXPANDMATH
#include "passes/translate/Passes.h.inc"
} // namespace qcc::translate

using namespace mlir;
using namespace qcc;

namespace {

// Pattern: math.rsqrt x -> llvm.amdgcn.rsq(x)
// Pattern: math.exp2 x -> llvm.amdgcn.exp2(x)
template <typename Op> struct UseInstruction : OpRewritePattern<Op> {
  UseInstruction(MLIRContext *context, StringRef intrinsic)
      : OpRewritePattern<Op>(context), intrinsic(intrinsic) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!op.getType().isF32()) {
      return rewriter.notifyMatchFailure(op, "only f32 has the instruction's accuracy");
    }
    rewriter.replaceOpWithNewOp<LLVM::CallIntrinsicOp>(
        op, op.getType(), rewriter.getStringAttr(intrinsic), op.getOperand());
    return success();
  }

  StringRef intrinsic;
};

struct ExpandMathPass : translate::impl::ExpandMathBase<ExpandMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<UseInstruction<math::RsqrtOp>>(&getContext(), "llvm.amdgcn.rsq");
    patterns.add<UseInstruction<math::Exp2Op>>(&getContext(), "llvm.amdgcn.exp2");
    math::populateExpansionPatterns(patterns, {"tanh"});
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
