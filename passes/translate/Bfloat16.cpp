#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

/// Whether `op` rounds a vector of f32, none of them NaN, to bf16.
static bool roundsNumbers(arith::TruncFOp op) {
  auto from = dyn_cast<VectorType>(op.getIn().getType());
  auto to = dyn_cast<VectorType>(op.getType());
  return from && to && from.getElementType().isF32() && to.getElementType().isBF16() &&
         bitEnumContainsAll(op.getFastmath().value_or(arith::FastMathFlags::none),
                            arith::FastMathFlags::nnan);
}

namespace {

// Pattern: arith.truncf nnan %x : f32 to bf16 -> the upper halves of (bits of %x) + 0x8000
//
// Ties go away from zero, not to even numbers. LLVM's expansion takes six instructions, most of
// them for NaN and ties; this one takes one, and another to put two halves together.
struct RoundToBf16 : ChipPattern<arith::TruncFOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (!roundsNumbers(op)) {
      return rewriter.notifyMatchFailure(op, "rounds something else, or NaN");
    }
    Location location = op.getLoc();
    auto type = cast<VectorType>(op.getType());
    auto words = type.clone(rewriter.getI32Type());
    auto splat = [&](int32_t value) -> Value {
      return LLVM::ConstantOp::create(rewriter, location, DenseElementsAttr::get(words, value));
    };
    Value bits = LLVM::BitcastOp::create(rewriter, location, words, adaptor.getIn());
    Value rounded = LLVM::AddOp::create(rewriter, location, bits, splat(0x8000));
    Value shifted = LLVM::LShrOp::create(rewriter, location, rounded, splat(16));
    Value halves =
        LLVM::TruncOp::create(rewriter, location, type.clone(rewriter.getI16Type()), shifted);
    rewriter.replaceOpWithNewOp<LLVM::BitcastOp>(op, type, halves);
    return success();
  }
};

} // namespace

void translate::populateBf16Patterns(RewritePatternSet &patterns, ConversionTarget &target,
                                     const TypeConverter &types, const Chip &chip) {
  if (chip.has.convertBf16) {
    return; // one instruction for two of them
  }
  target.addDynamicallyLegalOp<arith::TruncFOp>(
      [](arith::TruncFOp op) { return !roundsNumbers(op); });
  patterns.add<RoundToBf16>(types, patterns.getContext(), chip);
}
