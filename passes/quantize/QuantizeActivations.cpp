#include "passes/quantize/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qcc::quantize {
#define GEN_PASS_DEF_QUANTIZEACTIVATIONS
#include "passes/quantize/Passes.h.inc"

using namespace mlir;

namespace {

/// Features that share a scale.
constexpr int64_t block = 128;

/// Whether integer dot products can multiply the weight: of 16 bytes of rows, which share a scale,
/// at once.
bool isInteger(qnt::WeightType type) {
  int64_t bits = qnt::bitsOf(type.getEncoding());
  return type.isQuantized() && !qnt::isFloat(type.getEncoding()) && (bits == 4 || bits == 8) &&
         type.getBlock() % 16 == 0 && type.getColumns() % block == 0;
}

qnt::ActivationType quantizedType(RankedTensorType rows, bool squares) {
  return qnt::ActivationType::get(rows.getContext(), rows.getDimSize(0), rows.getDimSize(1), block,
                                  squares);
}

// Pattern: matmul(x, w) -> matmul(quantize(x), w)
struct QuantizeRows : OpRewritePattern<qnt::MatmulOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(qnt::MatmulOp op, PatternRewriter &rewriter) const override {
    auto rows = dyn_cast<RankedTensorType>(op.getLhs().getType());
    if (!rows) {
      return rewriter.notifyMatchFailure(op, "its rows are quantized");
    }
    if (!isInteger(op.getWeight().getType())) {
      return rewriter.notifyMatchFailure(
          op, "its weight is not of 4 or 8 bits, or blocks and K do not fit");
    }
    auto quantized =
        qnt::QuantizeOp::create(rewriter, op.getLoc(), quantizedType(rows, false), op.getLhs(),
                                /*weight=*/Value());
    rewriter.modifyOpInPlace(op, [&] { op.getLhsMutable().assign(quantized); });
    return success();
  }
};

// Pattern: quantize(rms_norm(x, w)) -> scale_by_norm(quantize(x weighted w))
struct QuantizeBeforeNorm : OpRewritePattern<qnt::QuantizeOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(qnt::QuantizeOp op, PatternRewriter &rewriter) const override {
    auto norm = op.getInput().getDefiningOp<lm::RmsNormOp>();
    if (!norm || op.getWeight()) {
      return rewriter.notifyMatchFailure(op, "it quantizes no norm");
    }
    if (norm.getGroup()) {
      return rewriter.notifyMatchFailure(
          op, "the norm has a factor for each group of features, not for a row");
    }
    auto quantized = qnt::QuantizeOp::create(rewriter, norm.getLoc(),
                                             quantizedType(norm.getInput().getType(), true),
                                             norm.getInput(), norm.getWeight());
    rewriter.replaceOpWithNewOp<qnt::ScaleByNormOp>(op, op.getResult().getType(), quantized,
                                                    norm.getEpsilonAttr());
    return success();
  }
};

// Pattern: quantize(select_rows(x)) -> select_rows(quantize(x))
struct QuantizeBeforeSelection : OpRewritePattern<qnt::QuantizeOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(qnt::QuantizeOp op, PatternRewriter &rewriter) const override {
    auto select = op.getInput().getDefiningOp<lm::SelectRowsOp>();
    if (!select) {
      return rewriter.notifyMatchFailure(op, "it quantizes no selected rows");
    }
    auto rows = cast<RankedTensorType>(select.getInput().getType());
    auto quantized = qnt::QuantizeOp::create(
        rewriter, select.getLoc(), quantizedType(rows, op.getResult().getType().getSquares()),
        select.getInput(), op.getWeight());
    rewriter.replaceOpWithNewOp<lm::SelectRowsOp>(op, quantized, select.getBatch());
    return success();
  }
};

struct QuantizeActivations : impl::QuantizeActivationsBase<QuantizeActivations> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<QuantizeRows, QuantizeBeforeNorm, QuantizeBeforeSelection>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      signalPassFailure();
    }
  }
};

} // namespace
} // namespace qcc::quantize
