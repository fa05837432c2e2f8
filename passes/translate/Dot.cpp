#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

/// Elements `first`, `first + 1` of a vector, as a vector of two.
static Value pairOf(OpBuilder &builder, Location location, Value vector, int32_t first) {
  return LLVM::ShuffleVectorOp::create(builder, location, vector, vector,
                                       ArrayRef<int32_t>{first, first + 1});
}

/// Element `index` of a vector.
static Value elementOf(OpBuilder &builder, Location location, Value vector, uint32_t index) {
  return LLVM::ExtractElementOp::create(builder, location, vector,
                                        constantI32(builder, location, index));
}

/// acc + sum of lhs[i] * rhs[i] of f16 by v_dot2_f32_f16.
static Value dotF16(OpBuilder &builder, Location location, Value lhs, Value rhs, Value acc) {
  Value noClamp = LLVM::ConstantOp::create(builder, location, builder.getBoolAttr(false));
  int32_t elements = cast<VectorType>(lhs.getType()).getNumElements();
  for (int32_t i = 0; i < elements; i += 2) {
    acc = callIntrinsic(
        builder, location, acc.getType(), "llvm.amdgcn.fdot2",
        {pairOf(builder, location, lhs, i), pairOf(builder, location, rhs, i), acc, noClamp});
  }
  return acc;
}

/// acc + sum of lhs[i] * rhs[i] of f32 by fused multiply-add, an element at a time.
static Value dotF32(OpBuilder &builder, Location location, Value lhs, Value rhs, Value acc) {
  int32_t elements = cast<VectorType>(lhs.getType()).getNumElements();
  for (int32_t i = 0; i < elements; ++i) {
    acc = LLVM::FMAOp::create(builder, location, elementOf(builder, location, lhs, i),
                              elementOf(builder, location, rhs, i), acc);
  }
  return acc;
}

/// acc + sum of lhs[i] * rhs[i] of f32 by v_pk_fma_f32: even and odd elements apart, added at the
/// end.
static Value dotPackedF32(OpBuilder &builder, Location location, Value lhs, Value rhs, Value acc) {
  auto pair = VectorType::get(2, acc.getType());
  Value sums = LLVM::ZeroOp::create(builder, location, pair);
  sums = LLVM::InsertElementOp::create(builder, location, sums, acc,
                                       constantI32(builder, location, 0));
  int32_t elements = cast<VectorType>(lhs.getType()).getNumElements();
  for (int32_t i = 0; i < elements; i += 2) {
    sums = LLVM::FMAOp::create(builder, location, pairOf(builder, location, lhs, i),
                               pairOf(builder, location, rhs, i), sums);
  }
  return LLVM::FAddOp::create(builder, location, elementOf(builder, location, sums, 0),
                              elementOf(builder, location, sums, 1));
}

namespace {

// Pattern: tile.dot lhs, rhs, acc -> a chain of v_dot2_f32_f16, v_pk_fma_f32 or v_fma_f32
struct ConvertDot : ChipPattern<tile::DotOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::DotOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getLhs().getType());
    bool half = type.getElementType().isF16();
    if (half && !chip.has.dot2F32F16) {
      return rewriter.notifyMatchFailure(op, "the chip has no v_dot2_f32_f16");
    }
    bool packed = chip.has.packedF32 && type.getNumElements() % 2 == 0;
    auto *dot = half ? dotF16 : packed ? dotPackedF32 : dotF32;
    rewriter.replaceOp(
        op, dot(rewriter, op.getLoc(), adaptor.getLhs(), adaptor.getRhs(), adaptor.getAcc()));
    return success();
  }
};

// Pattern: tile.dot_bytes lhs, rhs, acc -> v_dot4_i32_i8, or v_dot4_i32_iu8 with both sides signed
struct ConvertDotBytes : ChipPattern<tile::DotBytesOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::DotBytesOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    auto flag = [&](bool value) {
      return LLVM::ConstantOp::create(rewriter, location, rewriter.getBoolAttr(value)).getResult();
    };
    Value lhs = adaptor.getLhs(), rhs = adaptor.getRhs(), acc = adaptor.getAcc();
    bool mixed = chip.has.dot4 == Dot4Kind::mixedSigns;
    Value clamp = flag(false), isSigned = flag(true);
    rewriter.replaceOp(op, mixed ? callIntrinsic(rewriter, location, acc.getType(),
                                                 "llvm.amdgcn.sudot4",
                                                 {isSigned, lhs, isSigned, rhs, acc, clamp})
                                 : callIntrinsic(rewriter, location, acc.getType(),
                                                 "llvm.amdgcn.sdot4", {lhs, rhs, acc, clamp}));
    return success();
  }
};

} // namespace

void translate::populateDotPatterns(RewritePatternSet &patterns, const TypeConverter &types,
                                    const Chip &chip) {
  patterns.add<ConvertDot, ConvertDotBytes>(types, patterns.getContext(), chip);
}
