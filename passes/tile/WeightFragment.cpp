#include "passes/tile/WeightFragment.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// (q - zero) * scale, rounded once since the difference is exact, for elements of unpacked words
/// from `begin` on.
static Value dequantized(LaneBuilder &b, MatmulRoot &root, Type element, Value unpacked,
                         int64_t begin, Value scale, Value zero) {
  int64_t bits = qnt::bitsOf(root.type().getEncoding());
  int64_t size = cast<VectorType>(unpacked.getType()).getNumElements();
  Type computed = getElementTypeOrSelf(unpacked.getType());
  auto splat = [&](Value value) { return b.splat(b.fromF32(b.toF32(value), computed), size); };
  SmallVector<double> biases;
  for (int64_t i = begin; i < begin + size; ++i) {
    biases.push_back(UnpackOp::biasOf(bits, computed, i) + (zero ? 0 : root.packed.implicitZero()));
  }
  Value bias = b.vectorOf(computed, biases);
  Value weights = b.subf(unpacked, zero ? b.addf(bias, splat(zero)) : bias);
  weights = scale ? b.mulf(weights, splat(scale)) : weights;
  if (computed == element) {
    return weights;
  }
  // No weight is NaN, which makes rounding cheaper.
  auto numbers = arith::FastMathFlagsAttr::get(b.getContext(), arith::FastMathFlags::nnan);
  return arith::TruncFOp::create(b, VectorType::get(size, element), weights,
                                 arith::RoundingModeAttr(), numbers);
}

Value tile::weightFragment(LaneBuilder &b, MatmulRoot &root, Type element, Value words,
                           int64_t begin, ArrayRef<Value> scales, ArrayRef<Value> zeros) {
  int64_t bits = qnt::bitsOf(root.type().getEncoding());
  int64_t size = cast<VectorType>(words.getType()).getNumElements() * 32 / bits;
  auto type = VectorType::get(size, element);
  // bf16 would not hold what an unpacking without conversions gives.
  Type computed = element.isF16() ? element : b.getF32Type();
  Value unpacked = UnpackOp::create(b, type.clone(computed), words, bits), result;
  int64_t parts = std::max<int64_t>({1, int64_t(scales.size()), int64_t(zeros.size())});
  int64_t perPart = size / parts;
  for (int64_t part = 0; part < parts; ++part) {
    int64_t at = part * perPart;
    Value weights =
        dequantized(b, root, element, b.slice(unpacked, at, perPart), begin + at,
                    scales.empty() ? Value() : scales[part], zeros.empty() ? Value() : zeros[part]);
    if (parts == 1) {
      return weights;
    }
    result = vector::InsertStridedSliceOp::create(b, weights, result ? result : b.zeros(type),
                                                  ArrayRef<int64_t>{at}, ArrayRef<int64_t>{1});
  }
  return result;
}
