// Quantized rows on their way into LDS, with what belongs to each granule of them.
#include "passes/tile/ByteSums.h"
#include "passes/tile/IntegerMatmul.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

int64_t IntegerMatmulLowering::sumKinds(const Shape &shape) {
  return planeOf(shape, Plane::plain) + (shape.commonZero ? 0 : 1);
}

/// Only dot products with nibbles have corrections.
int64_t IntegerMatmulLowering::planeOf(const Shape &shape, Plane plane) {
  return plane == Plane::scale ? 0 : plane == Plane::correction || shape.bits == 8 ? 1 : 2;
}

//===-- Norms ---------------------------------------------------------------------------------===//

/// Waves share out the rows, the lanes of one the blocks of a row.
void IntegerMatmulLowering::loadNorms() {
  squares.clear();
  if (!hasNorm()) {
    return;
  }
  qnt::ActivationType type = description.quantizedInput();
  int64_t waves = schedule.getWaves(), blocks = type.getBlocksPerRow();
  for (int64_t first = 0; first < rows; first += waves) {
    Value row = inputRow(b.minimum(b.add(wave, first), b.i32(rows - 1)));
    SmallVector<Value> &loaded = squares.emplace_back();
    for (int64_t block = 0; block < blocks; block += waveSize) {
      Value index = b.minimum(b.add(lane, block), b.i32(blocks - 1));
      loaded.push_back(loadRowScale(row, index, type.getSquaresOffset()));
    }
  }
}

/// Leaves the factor of every row in LDS, shared.norms[row]; the barrier after staging shows it.
void IntegerMatmulLowering::computeNorms() {
  int64_t waves = schedule.getWaves(), blocks = description.quantizedInput().getBlocksPerRow();
  double epsilon = description.scale.getEpsilon().convertToDouble();
  for (auto [turn, loaded] : llvm::enumerate(squares)) {
    Value total = b.f32(0);
    for (auto [i, part] : llvm::enumerate(loaded)) {
      Value exists = b.less(b.add(lane, i * waveSize), b.i32(blocks));
      total = b.addf(total, b.select(exists, part, b.f32(0)));
    }
    total = ReduceWaveOp::create(b, total, Reduction::add, waveSize);
    Value mean = b.mulf(total, b.f32(1.0 / description.depth()));
    Value factor = math::RsqrtOp::create(b, b.addf(mean, b.f32(epsilon)));
    Value row = b.add(wave, turn * waves);
    b.when(b.both(b.equal(lane, b.i32(0)), b.less(row, b.i32(rows))),
           [&] { b.store(factor, shared.norms, b.mul(row, 4)); });
  }
}

/// The norm of a row is a factor of all its columns.
Value IntegerMatmulLowering::finished(Value sum, Value row) {
  if (!hasNorm()) {
    return sum;
  }
  Value index = b.minimum(row, b.i32(rows - 1));
  return b.mulf(sum, b.load(shared.norms, b.mul(index, 4), b.getF32Type()));
}

//===-- Staging -------------------------------------------------------------------------------===//

void IntegerMatmulLowering::loadBeside(const Shape &shape, Chunk &chunk) {
  qnt::ActivationType type = description.quantizedInput();
  chunk.scale = loadRowScale(chunk.source, b.div(chunk.feature, type.getBlock()), type.getScalesOffset());
}

void IntegerMatmulLowering::stageInTurn(const Shape &shape, const Chunk &chunk) {
  Value staged = chunk.x;
  if (chunk.present) {
    staged = b.select(chunk.present, staged, b.zeros(staged.getType()));
  }
  stageChunk(shape, chunk, staged);
}

void IntegerMatmulLowering::stageLoaded(const Shape &shape, ArrayRef<Chunk> chunks) {
  if (hasNorm()) {
    computeNorms();
  }
  for (const Chunk &chunk : chunks) {
    stageInTurn(shape, chunk);
  }
}

void IntegerMatmulLowering::stageSums(const Shape &shape, const Chunk &chunk, Value staged) {
  constexpr int64_t nibbleFactor = 16, nibbleMidpoint = 8;
  bool nibbles = shape.bits == 4;
  SumPlace place = sumPlaceOf(shape, chunk);
  SmallVector<std::pair<Plane, Value>> sums{
      {Plane::scale, nibbles ? b.mulf(chunk.scale, b.f32(1.0 / nibbleFactor)) : chunk.scale}};
  if (nibbles) {
    Value low = sumOfBytes(b, staged, {0, 2}, -nibbleMidpoint, place.lanes);
    sums.push_back({Plane::correction, arith::FPToSIOp::create(b, b.getI32Type(), low)});
  }
  if (!shape.commonZero) {
    sums.push_back(
        {Plane::plain, sumOfBytes(b, staged, {0, 1, 2, 3}, nibbles ? nibbleFactor : 1, place.lanes)});
  }
  b.when(place.writes, [&] {
    for (auto [plane, value] : sums) {
      int64_t bytes = planeOf(shape, plane) * rows * shape.sumsPerRow() * 4;
      b.store(value, shared.sums, b.offset(place.offset, bytes));
    }
  });
}
