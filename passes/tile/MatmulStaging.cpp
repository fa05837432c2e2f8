// The rows of a matmul kernel on their way into LDS: selected, normalized, padded, and summed.
#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// The row of the input that row `row` of the workgroup reads; rows past the last repeat it.
Value MatmulLowering::inputRow(Value row) {
  Value clamped = b.minimum(b.add(firstRow, row), b.sub(rowCount, b.i32(1)));
  return description.selectsRows ? state().logitIndex(clamped) : clamped;
}

/// `size` features from `feature` of an input row, in f32.
Value MatmulLowering::loadInput(Value row, Value feature, int64_t size) {
  Type element = getElementTypeOrSelf(description.input.getType());
  Value index = b.add(b.mul(row, description.depth()), feature);
  Value offset = b.mul(index, bytesOf(element));
  return b.toF32(b.load(bufferOf(description.input), offset, element, size));
}

/// The sum of the elements of an f32 vector (or scalar).
static Value sumElements(LaneBuilder &b, Value value) {
  if (!isa<VectorType>(value.getType())) {
    return value;
  }
  return vector::ReductionOp::create(b, vector::CombiningKind::ADD, value);
}

/// 1 / sqrt(mean square + epsilon) of every row, left in LDS: shared.norms[row].
void MatmulLowering::computeNorms() {
  Type element = getElementTypeOrSelf(description.input.getType());
  int64_t depth = description.depth(), waves = schedule.getWaves();
  int64_t width = vectorWidth(depth, bytesOf(element));
  int64_t stride = waves * waveSize * width;
  Value partials = shared.norms; // [row] results, then [wave][row] partial sums
  for (int64_t row = 0; row < rows; ++row) {
    Value source = inputRow(b.i32(row));
    Value squares = b.loop(b.mul(thread, width), b.i32(depth), stride, b.f32(0),
                           [&](Value feature, ValueRange sum) -> SmallVector<Value> {
                             Value x = loadInput(source, feature, width);
                             return {b.addf(sum[0], sumElements(b, b.mulf(x, x)))};
                           })[0];
    Value total = ReduceWaveOp::create(b, squares, Reduction::add, waveSize);
    b.when(b.equal(lane, b.i32(0)), [&] {
      b.store(total, partials, b.mul(b.add(b.mul(wave, rows), rows + row), 4));
    });
  }
  BarrierOp::create(b);
  double epsilon = description.norm.getEpsilon().convertToDouble();
  b.when(b.less(thread, b.i32(rows)), [&] {
    Value total = b.f32(0);
    for (int64_t i = 0; i < waves; ++i) {
      total = b.addf(total, b.load(partials, b.mul(b.add(thread, rows + i * rows), 4), b.getF32Type()));
    }
    Value mean = b.mulf(total, b.f32(1.0 / depth));
    Value inverse = math::RsqrtOp::create(b, b.addf(mean, b.f32(epsilon)));
    b.store(inverse, partials, b.mul(thread, 4));
  });
  BarrierOp::create(b);
}

/// Stages the features of steps [firstStep, firstStep + stageSteps) of all rows. Work-items take chunks of
/// `vector` features in turn, over all rows.
void MatmulLowering::stageRows(const Shape &shape, Value firstStep) {
  int64_t depth = description.depth(), vector = shape.vector;
  int64_t threads = schedule.getWaves() * waveSize;
  int64_t perRow = shape.stageDepth() / vector, total = rows * perRow;
  Value base = b.mul(firstStep, shape.stepDepth);
  int64_t turns = llvm::divideCeil(total, threads) * threads;
  // Every wave takes every turn, for the reductions of the sums.
  b.loop(b.i32(0), b.i32(turns), threads, {}, [&](Value turn, ValueRange) -> SmallVector<Value> {
    Value chunk = b.add(turn, thread);
    Value inside = b.less(chunk, b.i32(total));
    chunk = b.minimum(chunk, b.i32(total - 1));
    Value row = b.div(chunk, perRow), local = b.mul(b.rem(chunk, perRow), vector);
    Value feature = b.add(base, local);
    Value clamped = b.minimum(feature, b.i32(depth - vector));
    Value x = loadInput(inputRow(row), clamped, vector);
    if (description.norm) {
      Value weight = description.norm.getWeight();
      Type element = qnt::elementTypeOf(cast<qnt::WeightType>(weight.getType()).getEncoding(), b.getContext());
      Value scale = b.toF32(b.load(bufferOf(weight), b.mul(clamped, bytesOf(element)), element, vector,
                                   false, /*invariant=*/true));
      Value inverse = b.load(shared.norms, b.mul(row, 4), b.getF32Type());
      x = b.mulf(b.mulf(x, b.splat(inverse, vector)), scale);
    }
    x = b.select(b.less(feature, b.i32(depth)), x, b.zeros(x.getType()));
    Value staged = b.fromF32(x, shape.element);

    // Pieces of one depth lane are interleaved with those of the others, so that the lanes of a wave
    // read neighbouring 16 bytes.
    Value step = b.div(local, shape.stepDepth), within = b.rem(local, shape.stepDepth);
    Value piece = b.div(within, shape.perPiece);
    Value place = b.add(b.mul(b.add(b.mul(step, shape.pieces), b.rem(piece, shape.pieces)), shape.lanesK),
                        b.div(piece, shape.pieces));
    Value offset = b.add(b.mul(row, shape.rowBytes()),
                         b.add(b.mul(place, shape.perPiece * bytesOf(shape.element)),
                               b.mul(b.rem(local, shape.perPiece), bytesOf(shape.element))));
    b.when(inside, [&] { b.store(staged, shared.rows, offset); });
    if (shape.granule) {
      int64_t width = shape.granule / vector;
      Value sum = sumElements(b, b.toF32(staged));
      sum = ReduceWaveOp::create(b, sum, Reduction::add, width);
      Value first = b.equal(b.rem(chunk, width), b.i32(0));
      Value index = b.add(b.mul(row, shape.sumsPerRow()), b.div(local, shape.granule));
      b.when(b.both(inside, first), [&] { b.store(sum, shared.sums, b.mul(index, 4)); });
    }
    return {};
  });
}
