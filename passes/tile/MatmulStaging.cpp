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

/// `size` features from `feature` of an input row, as stored; bytes as words.
Value MatmulLowering::loadInput(Value row, Value feature, int64_t size) {
  Type element = description.inputElement();
  Value index = b.add(b.mul(row, description.depth()), feature);
  Value offset = b.mul(index, bytesOf(element));
  return element.isInteger() ? b.load(bufferOf(description.input), offset, b.getI32Type(), size / 4)
                             : b.load(bufferOf(description.input), offset, element, size);
}

/// The sum of the elements of an f32 vector (or scalar).
static Value sumElements(LaneBuilder &b, Value value) {
  if (!isa<VectorType>(value.getType())) {
    return value;
  }
  return vector::ReductionOp::create(b, vector::CombiningKind::ADD, value);
}

//===-- Norms ----------------------------------------------------------------------------------------===//

/// `sum` plus the squares of some features, as stored.
Value MatmulLowering::addSquares(Value features, Value sum) {
  auto vector = dyn_cast<VectorType>(features.getType());
  if (vector && vector.getElementType().isF16() && vector.getNumElements() % 2 == 0) {
    return DotOp::create(b, features, features, sum);
  }
  Value x = b.toF32(features);
  return b.addf(sum, sumElements(b, b.mulf(x, x)));
}

/// Leaves the sum of a row's squares in a wave, of which each lane has a part, in LDS.
void MatmulLowering::storeSquares(Value squares, int64_t row) {
  Value total = ReduceWaveOp::create(b, squares, Reduction::add, waveSize);
  b.when(b.equal(lane, b.i32(0)), [&] {
    b.store(total, shared.norms, b.mul(b.add(b.mul(wave, rows), rows + row), 4));
  });
}

/// 1 / sqrt(mean square + epsilon) of a row, from what the waves have left in LDS.
Value MatmulLowering::inverseNorm(Value row) {
  Value total = b.f32(0);
  for (int64_t i = 0; i < schedule.getWaves(); ++i) {
    total = b.addf(total, b.load(shared.norms, b.mul(b.add(row, rows + i * rows), 4), b.getF32Type()));
  }
  Value mean = b.mulf(total, b.f32(1.0 / description.depth()));
  double epsilon = description.norm.getEpsilon().convertToDouble();
  return math::RsqrtOp::create(b, b.addf(mean, b.f32(epsilon)));
}

/// The inverse norm of every row, left in LDS: shared.norms[row]. Loads of all rows are under way together.
void MatmulLowering::computeNorms() {
  Type element = getElementTypeOrSelf(description.input.getType());
  int64_t depth = description.depth(), width = vectorWidth(depth, bytesOf(element));
  int64_t stride = schedule.getWaves() * waveSize * width;
  SmallVector<Value> squares(rows, b.f32(0));
  squares = b.loop(b.mul(thread, width), b.i32(depth), stride, squares,
                   [&](Value feature, ValueRange sums) -> SmallVector<Value> {
                     SmallVector<Value> loaded, added;
                     for (int64_t row = 0; row < rows; ++row) {
                       loaded.push_back(loadInput(inputRow(b.i32(row)), feature, width));
                     }
                     for (auto [value, sum] : llvm::zip(loaded, sums)) {
                       added.push_back(addSquares(value, sum));
                     }
                     return added;
                   });
  for (auto [row, sum] : llvm::enumerate(squares)) {
    storeSquares(sum, row);
  }
  BarrierOp::create(b);
  b.when(b.less(thread, b.i32(rows)), [&] {
    Value inverse = inverseNorm(thread);
    b.store(inverse, shared.norms, b.mul(thread, 4));
  });
  BarrierOp::create(b);
}

//===-- Staging --------------------------------------------------------------------------------------===//

/// Chunk `index` of `vector` features out of those of a stage's rows, which begins at feature `base` and is `runs`
/// runs deep.
MatmulLowering::Chunk MatmulLowering::chunkAt(const Shape &shape, Value base, int64_t runs, Value index) {
  int64_t depth = description.depth(), vector = shape.vector;
  int64_t perRow = runs * shape.runDepth / vector, total = rows * perRow;
  Chunk chunk;
  if (total % (schedule.getWaves() * waveSize) != 0) {
    chunk.inside = b.less(index, b.i32(total));
    index = b.minimum(index, b.i32(total - 1));
  }
  chunk.row = rows == 1 ? b.i32(0) : b.div(index, perRow);
  chunk.local = b.mul(rows == 1 ? index : b.rem(index, perRow), vector);
  chunk.feature = b.add(base, chunk.local);
  if (shape.stagedRuns * shape.runDepth != depth) {
    chunk.present = b.less(chunk.feature, b.i32(depth));
    chunk.feature = b.minimum(chunk.feature, b.i32(depth - vector));
  }
  chunk.source = inputRow(chunk.row);
  return chunk;
}

void MatmulLowering::loadChunk(const Shape &shape, Chunk &chunk) {
  chunk.x = loadInput(chunk.source, chunk.feature, shape.vector);
  loadBeside(shape, chunk);
}

/// Loads what belongs to a chunk: the norm's weight.
void MatmulLowering::loadBeside(const Shape &shape, Chunk &chunk) {
  if (!description.norm) {
    return;
  }
  Value weight = description.norm.getWeight();
  Type element = qnt::elementTypeOf(cast<qnt::WeightType>(weight.getType()).getEncoding(), b.getContext());
  chunk.weight = b.load(bufferOf(weight), b.mul(chunk.feature, bytesOf(element)), element, shape.vector);
}

/// A chunk's features in f32, zeros past the end of K.
Value MatmulLowering::valueOf(const Chunk &chunk) {
  Value x = b.toF32(chunk.x);
  return chunk.present ? b.select(chunk.present, x, b.zeros(x.getType())) : x;
}

Value MatmulLowering::normalized(const Shape &shape, const Chunk &chunk, Value inverse) {
  return b.mulf(b.mulf(valueOf(chunk), b.splat(inverse, shape.vector)), b.toF32(chunk.weight));
}

/// Stages the features of runs [firstRun, firstRun + runs) of all rows. Work-items take chunks in turn.
void MatmulLowering::stageRows(const Shape &shape, Value firstRun, int64_t runs) {
  int64_t threads = schedule.getWaves() * waveSize;
  int64_t total = rows * runs * shape.runDepth / shape.vector;
  Value base = b.mul(firstRun, shape.runDepth);
  // Every wave takes every turn, for the reductions of the sums.
  b.loop(b.i32(0), b.i32(llvm::alignTo(total, threads)), threads, {},
         [&](Value turn, ValueRange) -> SmallVector<Value> {
           Chunk chunk = chunkAt(shape, base, runs, b.add(turn, thread));
           loadChunk(shape, chunk);
           stageInTurn(shape, chunk);
           return {};
         });
}

/// Stages a chunk of rows whose norms are in LDS.
void MatmulLowering::stageInTurn(const Shape &shape, const Chunk &chunk) {
  Value x = description.norm
                ? normalized(shape, chunk, b.load(shared.norms, b.mul(chunk.row, 4), b.getF32Type()))
                : valueOf(chunk);
  stageChunk(shape, chunk, b.fromF32(x, shape.element));
}

/// The chunks of all of K, if a work-item has room for its part of it: they are then loaded once, ahead of
/// the weights, which take longer and come after.
SmallVector<MatmulLowering::Chunk> MatmulLowering::loadRows(const Shape &shape) {
  constexpr int64_t most = 16;
  int64_t threads = schedule.getWaves() * waveSize;
  int64_t turns = llvm::divideCeil(rows * shape.runs * shape.runDepth / shape.vector, threads);
  SmallVector<Chunk> chunks;
  if (rows > mostKeptRows() || shape.stages > 1 || turns > most) {
    return chunks;
  }
  for (int64_t turn = 0; turn < turns; ++turn) {
    Chunk &chunk = chunks.emplace_back(chunkAt(shape, b.i32(0), shape.runs, b.add(thread, turn * threads)));
    loadChunk(shape, chunk);
  }
  ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
  return chunks;
}

/// Stages what loadRows has loaded.
void MatmulLowering::stageLoaded(const Shape &shape, ArrayRef<Chunk> chunks) {
  Value inverse;
  if (description.norm) {
    Value squares = b.f32(0);
    for (const Chunk &chunk : chunks) {
      Value x = valueOf(chunk);
      Value sum = sumElements(b, b.mulf(x, x));
      squares = b.addf(squares, chunk.inside ? b.select(chunk.inside, sum, b.f32(0)) : sum);
    }
    storeSquares(squares, 0);
    BarrierOp::create(b);
    inverse = inverseNorm(b.i32(0));
  }
  for (const Chunk &chunk : chunks) {
    Value x = inverse ? normalized(shape, chunk, inverse) : valueOf(chunk);
    stageChunk(shape, chunk, b.fromF32(x, shape.element));
  }
}

Value MatmulLowering::stagedOffset(const Shape &shape, Value local) {
  Value run = b.div(local, shape.runDepth), within = b.rem(local, shape.runDepth);
  Value depthLane = b.div(within, shape.runElements);
  Value piece = b.div(b.rem(within, shape.runElements), shape.perPiece);
  Value offset = b.mul(b.add(b.mul(run, shape.pieces()), piece), shape.pieceStride);
  return b.add(offset, b.add(b.mul(depthLane, shape.pieceBytes()),
                             b.mul(b.rem(local, shape.perPiece), bytesOf(shape.element))));
}

/// Writes a chunk's features to LDS, and the sums that they are part of.
void MatmulLowering::stageChunk(const Shape &shape, const Chunk &chunk, Value staged) {
  Value offset = b.add(b.mul(chunk.row, shape.rowBytes()), stagedOffset(shape, chunk.local));
  b.when(chunk.inside, [&] { b.store(staged, shared.rows, offset); });
  if (shape.granule) {
    stageSums(shape, chunk, staged);
  }
}

MatmulLowering::SumPlace MatmulLowering::sumPlaceOf(const Shape &shape, const Chunk &chunk) {
  Value row = chunk.row, local = chunk.local;
  int64_t width = shape.granule / shape.vector, perRun = shape.runElements / shape.granule;
  Value run = b.div(local, shape.runDepth), within = b.rem(local, shape.runDepth);
  Value depthLane = b.div(within, shape.runElements);
  Value granule = b.div(b.rem(within, shape.runElements), shape.granule);
  Value index = b.add(b.mul(b.add(b.mul(run, perRun), granule), shape.lanesK), depthLane);
  Value offset = b.mul(b.add(b.mul(row, shape.sumsPerRow()), index), 4);
  Value writes = b.equal(b.rem(lane, width), b.i32(0));
  return {offset, chunk.inside ? b.both(chunk.inside, writes) : writes, width};
}

/// Adds a chunk up with those of the same granule, and writes the sums.
void MatmulLowering::stageSums(const Shape &shape, const Chunk &chunk, Value staged) {
  SumPlace place = sumPlaceOf(shape, chunk);
  for (int64_t kind = 0; kind < shape.sumKinds(); ++kind) {
    Value sum = weightedSum(shape, staged, chunk.local, Sum(kind));
    sum = ReduceWaveOp::create(b, sum, Reduction::add, place.lanes);
    b.when(place.writes, [&] {
      b.store(sum, shared.sums, b.offset(place.offset, kind * rows * shape.sumsPerRow() * 4));
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
