#include "passes/tile/RowQuantizer.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

Value RowQuantizer::firstChannel(Value block, Value lane) const {
  return b.add(b.mul(block, type.getBlock()), b.mul(lane, perLane()));
}

Value RowQuantizer::reduce(Value value, Reduction reduction) {
  return ReduceWaveOp::create(b, value, reduction, waveSize);
}

/// A figure of a whole block, by one lane.
void RowQuantizer::storePart(Value value, Value place, Value lane, int64_t offset) {
  b.when(b.equal(lane, b.i32(0)), [&] { b.store(value, buffer, b.add(b.mul(place, 4), offset)); });
}

void RowQuantizer::store(Value row, Value block, Value lane, ArrayRef<Value> values,
                         ArrayRef<Value> weights) {
  Value offset = b.add(b.mul(row, type.getFeatures()), firstChannel(block, lane));
  Value place = b.add(b.mul(row, type.getBlocksPerRow()), block);
  SmallVector<Value> weighted(values);
  for (auto [value, weight] : llvm::zip(weighted, weights)) {
    value = b.mulf(value, weight);
  }
  Value most = b.f32(0);
  for (Value value : weighted) {
    most = b.maxf(most, math::AbsFOp::create(b, value));
  }
  Value scale = scaleOf(reduce(most, Reduction::max));
  b.store(integersOf(weighted, scale), buffer, offset);
  storePart(scale, place, lane, type.getScalesOffset());
  if (type.getSquares()) {
    Value squares = b.f32(0);
    for (Value value : values) {
      squares = b.fma(value, value, squares);
    }
    storePart(reduce(squares, Reduction::add), place, lane, type.getSquaresOffset());
  }
}

/// The largest magnitude of a block over that of int8.
Value RowQuantizer::scaleOf(Value most) {
  constexpr double largest = 127;
  return b.divf(most, b.f32(largest));
}

Value RowQuantizer::integersOf(ArrayRef<Value> values, Value scale) {
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, scale, b.f32(0));
  SmallVector<Value> integers;
  for (Value value : values) {
    Value whole = math::RoundEvenOp::create(b, b.divf(value, scale));
    whole = b.select(isZero, b.f32(0), whole);
    integers.push_back(arith::FPToSIOp::create(b, b.getI8Type(), whole));
  }
  return b.gather(integers);
}
