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

/// `size` features from `feature` of an input row as the matmul takes them, in f32.
Value MatmulLowering::loadNormalized(Value row, Value feature, int64_t size) {
  Value x = loadInput(inputRow(row), feature, size);
  if (!description.norm) {
    return x;
  }
  Value weight = description.norm.getWeight();
  Type element = qnt::elementTypeOf(cast<qnt::WeightType>(weight.getType()).getEncoding(), b.getContext());
  Value scale = b.toF32(b.load(bufferOf(weight), b.mul(feature, bytesOf(element)), element, size, false,
                               /*invariant=*/true));
  Value inverse = b.load(shared.norms, b.mul(row, 4), b.getF32Type());
  return b.mulf(b.mulf(x, b.splat(inverse, size)), scale);
}

/// Stages the features of runs [firstRun, firstRun + runs) of all rows. Work-items take chunks of `vector`
/// features in turn, over all rows.
void MatmulLowering::stageRows(const Shape &shape, Value firstRun, int64_t runs) {
  int64_t depth = description.depth(), vector = shape.vector;
  int64_t threads = schedule.getWaves() * waveSize;
  int64_t perRow = runs * shape.runDepth / vector, total = rows * perRow;
  bool padded = shape.runs * shape.runDepth != depth;
  Value base = b.mul(firstRun, shape.runDepth);
  int64_t turns = llvm::divideCeil(total, threads) * threads;
  // Every wave takes every turn, for the reductions of the sums.
  b.loop(b.i32(0), b.i32(turns), threads, {}, [&](Value turn, ValueRange) -> SmallVector<Value> {
    Value chunk = b.add(turn, thread), inside;
    if (turns != total) {
      inside = b.less(chunk, b.i32(total));
      chunk = b.minimum(chunk, b.i32(total - 1));
    }
    Value row = rows == 1 ? b.i32(0) : b.div(chunk, perRow);
    Value local = b.mul(rows == 1 ? chunk : b.rem(chunk, perRow), vector);
    Value feature = b.add(base, local);
    Value clamped = padded ? b.minimum(feature, b.i32(depth - vector)) : feature;
    Value x = loadNormalized(row, clamped, vector);
    if (padded) {
      x = b.select(b.less(feature, b.i32(depth)), x, b.zeros(x.getType()));
    }
    stageChunk(shape, row, local, x, inside);
    return {};
  });
}

/// Writes `vector` features from feature `local` of a staged row, unless they are not `inside` the rows.
void MatmulLowering::stageChunk(const Shape &shape, Value row, Value local, Value x, Value inside) {
  Value staged = b.fromF32(x, shape.element);
  Value run = b.div(local, shape.runDepth), within = b.rem(local, shape.runDepth);
  Value depthLane = b.div(within, shape.runElements);
  Value piece = b.div(b.rem(within, shape.runElements), shape.perPiece);
  int64_t bytes = bytesOf(shape.element);
  Value offset = b.add(b.mul(row, shape.rowBytes()),
                       b.mul(b.add(b.mul(run, shape.pieces()), piece), shape.pieceStride));
  offset = b.add(offset, b.add(b.mul(depthLane, shape.perPiece * bytes),
                               b.mul(b.rem(local, shape.perPiece), bytes)));
  b.when(inside, [&] { b.store(staged, shared.rows, offset); });
  if (shape.granule) {
    stageSums(shape, row, local, staged, inside);
  }
}

/// Writes the sums that the chunk of a work-item is part of.
void MatmulLowering::stageSums(const Shape &shape, Value row, Value local, Value staged, Value inside) {
  int64_t width = shape.granule / shape.vector, perRun = shape.runElements / shape.granule;
  Value run = b.div(local, shape.runDepth), within = b.rem(local, shape.runDepth);
  Value depthLane = b.div(within, shape.runElements);
  Value granule = b.div(b.rem(within, shape.runElements), shape.granule);
  Value index = b.add(b.mul(b.add(b.mul(run, perRun), granule), shape.lanesK), depthLane);
  Value offset = b.mul(b.add(b.mul(row, shape.sumsPerRow()), index), 4);
  Value writes = b.equal(b.rem(lane, width), b.i32(0));
  writes = inside ? b.both(inside, writes) : writes;
  for (int64_t kind = 0; kind < shape.sumKinds(); ++kind) {
    Value sum = weightedSum(shape, staged, local, Sum(kind));
    sum = ReduceWaveOp::create(b, sum, Reduction::add, width);
    b.when(writes, [&] {
      b.store(sum, shared.sums, b.offset(offset, kind * rows * shape.sumsPerRow() * 4));
    });
  }
}

/// Over a work-item's staged features: what dot products with unpacked weights start from,
/// -sum a (bias + common zero), or the sum of a.
Value MatmulLowering::weightedSum(const Shape &shape, Value staged, Value local, Sum kind) {
  int64_t vector = shape.vector;
  auto weight = [&](int64_t index) -> double {
    int64_t bias = UnpackOp::biasOf(shape.bits, shape.element, index);
    return kind == Sum::plain ? 1 : -double(bias + shape.commonZero.value_or(0));
  };
  // Biases repeat with each word. A chunk that is less than a word is one of several parts of it.
  int64_t perWord = 32 / shape.bits, parts = kind == Sum::plain ? 1 : std::max<int64_t>(1, perWord / vector);
  Value part = b.rem(b.div(local, vector), parts), weights;
  for (int64_t i = 0; i < parts; ++i) {
    SmallVector<double> values;
    for (int64_t element = 0; element < vector; ++element) {
      values.push_back(weight(i * vector + element));
    }
    Value constant = b.vectorOf(shape.element, values);
    weights = weights ? b.select(b.equal(part, b.i32(i)), constant, weights) : constant;
  }
  if (vector == 1) {
    return b.mulf(b.toF32(staged), b.toF32(weights));
  }
  return DotOp::create(b, staged, weights, b.f32(0));
}
