#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

// E4M3 has a sign, 4 exponent bits of bias 7 and 3 of mantissa: f16 has 5 of bias 15 and 10, so
// that a code's bits, with the exponent's lowest under f16's, are an f16 of 2^-8 times its value,
// and subnormal codes subnormal. FNUZ, of bias 8, gives half the value; the codes that it alone
// reads as other than numbers (0x80) or more than 448 (0x7F, 0xFF) are never stored where it
// converts.
static constexpr double largest = 448;

/// Codes in memory order: words of four, since LLVM takes vectors of bytes apart that a loop
/// carries.
static Type packedType(VectorType type) {
  Builder builder(type.getContext());
  int64_t count = type.getNumElements();
  return count % 4 == 0 ? VectorType::get(count / 4, builder.getI32Type())
                        : VectorType::get(count, builder.getI8Type());
}

/// What the patterns build with.
struct Float8Builder : ImplicitLocOpBuilder {
  Float8Builder(Location location, OpBuilder &builder, const Chip &chip)
      : ImplicitLocOpBuilder(location, builder), chip(chip) {}

  Value i32(uint32_t value) { return constantI32(*this, getLoc(), value); }
  Value flag(bool value) { return LLVM::ConstantOp::create(*this, getBoolAttr(value)); }
  Value f32(double value) { return LLVM::ConstantOp::create(*this, getF32FloatAttr(value)); }
  Value splat(Type element, int64_t size, double value) {
    auto type = VectorType::get(size, element);
    return LLVM::ConstantOp::create(*this,
                                    DenseElementsAttr::get(type, FloatAttr::get(element, value)));
  }
  Value element(Value vector, uint32_t index) {
    return LLVM::ExtractElementOp::create(*this, vector, i32(index));
  }

  SmallVector<Value> wordsOf(Value packed);
  SmallVector<Value> valuesOf(Value word);
  Value convertPair(Value word, bool upper);
  Value halvesOf(Value word);
  Value codeOf(Value number);
  Value roundInIntegers(Value number);

  const Chip &chip;
};

/// The words that hold the codes of `packed`, whose type is what `packedType` says.
SmallVector<Value> Float8Builder::wordsOf(Value packed) {
  auto vector = dyn_cast<VectorType>(packed.getType());
  if (!vector) {
    return {LLVM::ZExtOp::create(*this, getI32Type(), packed)};
  }
  SmallVector<Value> result;
  for (int64_t i = 0; i < vector.getNumElements(); ++i) {
    Value part = element(packed, i);
    bool isWord = vector.getElementType().isInteger(32);
    result.push_back(isWord ? part : LLVM::ZExtOp::create(*this, getI32Type(), part).getResult());
  }
  return result;
}

/// The lower two codes of a word, or the upper, as f32 by the chip's instruction.
Value Float8Builder::convertPair(Value word, bool upper) {
  auto type = VectorType::get(2, getF32Type());
  Value pair =
      callIntrinsic(*this, getLoc(), type, "llvm.amdgcn.cvt.pk.f32.fp8", {word, flag(upper)});
  bool halved = chip.has.convertFp8 == Fp8Conversion::fnuz;
  return halved ? LLVM::FMulOp::create(*this, pair, splat(getF32Type(), 2, 2)).getResult() : pair;
}

/// The codes in the upper bytes of a word's halves, as f32 by way of f16.
Value Float8Builder::halvesOf(Value word) {
  auto integers = VectorType::get(2, getI16Type()), halves = VectorType::get(2, getF16Type());
  Value one = LLVM::ConstantOp::create(*this, DenseElementsAttr::get(integers, int16_t{1}));
  // The sign stays, and is copied to a bit that the mask clears, as are bits of the other codes.
  Value shifted = LLVM::AShrOp::create(*this, LLVM::BitcastOp::create(*this, integers, word), one);
  Value bits = LLVM::BitcastOp::create(*this, getI32Type(), shifted);
  bits = LLVM::AndOp::create(*this, bits, i32(0xBF80BF80));
  Value small = LLVM::BitcastOp::create(*this, halves, bits);
  Value exact = LLVM::FMulOp::create(*this, small, splat(getF16Type(), 2, 256));
  return LLVM::FPExtOp::create(*this, VectorType::get(2, getF32Type()), exact);
}

/// The four values of a word.
SmallVector<Value> Float8Builder::valuesOf(Value word) {
  if (chip.has.convertFp8 != Fp8Conversion::none) {
    Value lower = convertPair(word, false), upper = convertPair(word, true);
    return {element(lower, 0), element(lower, 1), element(upper, 0), element(upper, 1)};
  }
  Value even = halvesOf(LLVM::ShlOp::create(*this, word, i32(8))), odd = halvesOf(word);
  return {element(even, 0), element(odd, 0), element(even, 1), element(odd, 1)};
}

/// The code, in an i32, of a number of at most 448.
Value Float8Builder::roundInIntegers(Value number) {
  Value bits = LLVM::BitcastOp::create(*this, getI32Type(), number);
  Value sign = LLVM::AndOp::create(*this, LLVM::LShrOp::create(*this, bits, i32(24)), i32(0x80));
  Value magnitude = LLVM::AndOp::create(*this, bits, i32(0x7FFFFFFF));
  // 3 of 23 mantissa bits, to nearest with ties to even, and the exponent's bias from 127 to 7.
  Value odd = LLVM::AndOp::create(*this, LLVM::LShrOp::create(*this, magnitude, i32(20)), i32(1));
  Value rounded =
      LLVM::AddOp::create(*this, LLVM::AddOp::create(*this, magnitude, i32(0x7FFFF)), odd);
  Value normal = LLVM::SubOp::create(*this, LLVM::LShrOp::create(*this, rounded, i32(20)),
                                     i32((127 - 7) << 3));
  // The values of f32 from 2^14 on are 2^-9 apart, as subnormal codes are: the sum rounds.
  constexpr float shift = 0x1p14f;
  Value sum = LLVM::FAddOp::create(*this, LLVM::BitcastOp::create(*this, getF32Type(), magnitude),
                                   f32(shift));
  Value subnormal = LLVM::SubOp::create(*this, LLVM::BitcastOp::create(*this, getI32Type(), sum),
                                        i32(llvm::bit_cast<uint32_t>(shift)));
  Value isSmall = LLVM::ICmpOp::create(*this, LLVM::ICmpPredicate::ult, magnitude,
                                       i32(llvm::bit_cast<uint32_t>(0x1p-6f)));
  return LLVM::OrOp::create(*this, LLVM::SelectOp::create(*this, isSmall, subnormal, normal), sign);
}

/// The byte that stands for a number.
Value Float8Builder::codeOf(Value number) {
  number = LLVM::MinNumOp::create(*this, number, f32(largest));
  number = LLVM::MaxNumOp::create(*this, number, f32(-largest));
  Value code;
  if (chip.has.convertFp8 == Fp8Conversion::none) {
    code = roundInIntegers(number);
  } else {
    bool halved = chip.has.convertFp8 == Fp8Conversion::fnuz;
    number = halved ? LLVM::FMulOp::create(*this, number, f32(0.5)).getResult() : number;
    code = callIntrinsic(*this, getLoc(), getI32Type(), "llvm.amdgcn.cvt.pk.fp8.f32",
                         {number, number, i32(0), flag(false)});
  }
  return LLVM::TruncOp::create(*this, getI8Type(), code);
}

namespace {

// Pattern: arith.extf %x : f8E4M3FN to f32 -> v_cvt_pk_f32_fp8, or bits shifted into an f16
struct WidenFloat8 : ChipPattern<arith::ExtFOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32()) {
      return rewriter.notifyMatchFailure(op, "widens to another type than f32");
    }
    Float8Builder b(op.getLoc(), rewriter, chip);
    auto vector = dyn_cast<VectorType>(op.getType());
    int64_t count = vector ? vector.getNumElements() : 1;
    SmallVector<Value> values;
    for (Value word : b.wordsOf(adaptor.getIn())) {
      // A word of one code is that of a vector whose size is no multiple of four.
      llvm::append_range(values, ArrayRef(b.valuesOf(word)).take_front(count % 4 == 0 ? 4 : 1));
    }
    Value result = values.front();
    if (vector) {
      result = LLVM::PoisonOp::create(b, vector);
      for (int64_t i = 0; i < count; ++i) {
        result = LLVM::InsertElementOp::create(b, result, values[i], b.i32(i));
      }
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

// Pattern: arith.truncf %x : f32 to f8E4M3FN -> v_cvt_pk_fp8_f32 of %x within 448, or integers;
// other %x are widened first (MLIR folds a widening into the narrowing that follows)
struct NarrowToFloat8 : ChipPattern<arith::TruncFOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Type from = op.getIn().getType();
    if (!(from.isF32() || from.isF16() || from.isBF16()) || !isa<Float8E4M3FNType>(op.getType())) {
      return rewriter.notifyMatchFailure(op, "is not one f32, f16 or bf16 to f8E4M3FN");
    }
    Float8Builder b(op.getLoc(), rewriter, chip);
    Value number = adaptor.getIn();
    if (!from.isF32()) {
      number = LLVM::FPExtOp::create(b, b.getF32Type(), number);
    }
    rewriter.replaceOp(op, b.codeOf(number));
    return success();
  }
};

} // namespace

void translate::populateFloat8Patterns(RewritePatternSet &patterns, ConversionTarget &target,
                                       TypeConverter &types, const Chip &chip) {
  types.addConversion(
      [](Float8E4M3FNType type) -> Type { return IntegerType::get(type.getContext(), 8); });
  types.addConversion([](VectorType type) -> std::optional<Type> {
    bool mine = isa<Float8E4M3FNType>(type.getElementType());
    return mine ? std::optional(packedType(type)) : std::nullopt;
  });
  auto isFloat8 = [](Value value) { return isa<Float8E4M3FNType>(getElementTypeOrSelf(value)); };
  target.addDynamicallyLegalOp<arith::ExtFOp>(
      [=](arith::ExtFOp op) { return !isFloat8(op.getIn()); });
  target.addDynamicallyLegalOp<arith::TruncFOp>([=](arith::TruncFOp op) -> std::optional<bool> {
    return isFloat8(op.getOut()) ? std::optional(false) : std::nullopt;
  });
  patterns.add<WidenFloat8, NarrowToFloat8>(types, patterns.getContext(), chip);
}
