// The rows of a kernel on matrix instructions that weights stream past: to LDS, and from there.
#include "passes/tile/MatrixMatmul.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// The chunks of a stage's rows that a work-item takes, not loaded.
SmallVector<MatmulLowering::Chunk> MatrixMatmulLowering::chunksOf(const Shape &shape, Value stage) {
  int64_t threads = schedule.getWaves() * waveSize;
  int64_t total = rows * shape.stageRuns * shape.runDepth / shape.vector;
  Value base = b.mul(stage, shape.stageRuns * shape.runDepth);
  SmallVector<Chunk> chunks;
  for (int64_t first = 0; first < total; first += threads) {
    chunks.push_back(chunkAt(shape, base, shape.stageRuns, b.add(thread, first)));
  }
  return chunks;
}

/// What the chunks of a stage hold: each its features, then, under a norm, its weights.
SmallVector<Value> MatrixMatmulLowering::loadRowsOf(const Shape &shape, Value stage) {
  SmallVector<Value> loaded;
  for (Chunk &chunk : chunksOf(shape, stage)) {
    loadChunk(shape, chunk);
    loaded.push_back(chunk.x);
    if (chunk.weight) {
      loaded.push_back(chunk.weight);
    }
  }
  return loaded;
}

void MatrixMatmulLowering::stageRowsOf(const Shape &shape, Value stage, ArrayRef<Value> loaded) {
  for (Chunk &chunk : chunksOf(shape, stage)) {
    chunk.x = loaded.consume_front();
    if (hasNorm()) {
      chunk.weight = loaded.consume_front();
    }
    stageInTurn(shape, chunk);
  }
}

Value MatrixMatmulLowering::stagedOffset(const Shape &shape, Value local) {
  return b.mul(local, bytesOf(shape.element));
}

/// Whether rows and their norm's weights are f16.
bool MatrixMatmulLowering::normalizesInHalves() {
  return description.norm && description.inputElement().isF16() &&
         cast<qnt::WeightType>(description.norm.getWeight().getType()).getEncoding() ==
             qnt::Encoding::f16;
}

/// The power of two that a row with this inverse norm is multiplied with, in f32: one that f16
/// holds.
Value MatrixMatmulLowering::powerOf(Value inverse) {
  constexpr uint32_t signAndExponent = 0xFF800000;
  constexpr double largest = 32768;
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), inverse);
  Value power = arith::AndIOp::create(b, bits, b.i32(signAndExponent));
  power = arith::BitcastOp::create(b, b.getF32Type(), power);
  return arith::MinNumFOp::create(b, power, b.f32(largest));
}

void MatrixMatmulLowering::stageInTurn(const Shape &shape, const Chunk &chunk) {
  if (description.norm && !normalizesInHalves()) {
    return MatmulLowering::stageInTurn(shape, chunk);
  }
  Value staged = chunk.x;
  if (description.norm) {
    Value inverse = b.load(shared.norms, b.mul(chunk.row, 4), b.getF32Type());
    Value power = b.fromF32(powerOf(inverse), shape.element);
    staged = b.mulf(b.mulf(staged, b.splat(power, shape.vector)), chunk.weight);
  }
  if (chunk.present) {
    staged = b.select(chunk.present, staged, b.zeros(staged.getType()));
  }
  stageChunk(shape, chunk, staged);
}

/// What the power of two has left of the row's inverse norm.
Value MatrixMatmulLowering::finished(Value sum, Value row) {
  if (!normalizesInHalves()) {
    return sum;
  }
  Value index = b.minimum(row, b.i32(rows - 1));
  Value inverse = b.load(shared.norms, b.mul(index, 4), b.getF32Type());
  // 1 / 2^e: the exponent, biased by 127, of the opposite sign.
  constexpr uint32_t twiceTheBias = 254u << 23;
  Value bits = arith::BitcastOp::create(b, b.getI32Type(), powerOf(inverse));
  bits = arith::SubIOp::create(b, b.i32(twiceTheBias), bits);
  Value reciprocal = arith::BitcastOp::create(b, b.getF32Type(), bits);
  return b.mulf(sum, b.mulf(inverse, reciprocal));
}

/// A lane's parts of the rows for `count` units of its features from `begin` on.
SmallVector<Value> MatrixMatmulLowering::readFragments(const Shape &shape, const Place &place,
                                                       Value localRun, int64_t begin,
                                                       int64_t count) {
  Value row = b.minimum(b.rem(lane, matrix.getColumns()), b.i32(rows - 1));
  Value base = b.add(b.mul(localRun, shape.pieces() * shape.pieceStride),
                     b.mul(place.depthLane, shape.runElements * bytesOf(shape.element)));
  base = b.add(base, b.mul(row, shape.rowBytes()));
  int64_t unit = unitElements();
  SmallVector<Value> fragments;
  for (int64_t at = begin; at < begin + count * unit; at += unit) {
    SmallVector<Value> pieces;
    for (int64_t piece = at; piece < at + unit; piece += pieceFeatures) {
      int64_t turn = piece / shape.runElements, index = piece % shape.runElements / pieceFeatures;
      int64_t constant = index * shape.pieceBytes() +
                         turn * matrix.getDepthLanes() * shape.runElements * bytesOf(shape.element);
      pieces.push_back(b.load(shared.rows, b.offset(base, constant), shape.element, pieceFeatures));
    }
    Value whole = pieces[0];
    for (Value piece : ArrayRef(pieces).drop_front()) {
      SmallVector<int64_t> order(2 * pieceFeatures);
      std::iota(order.begin(), order.end(), 0);
      whole = vector::ShuffleOp::create(b, whole, piece, order);
    }
    fragments.push_back(whole);
  }
  return fragments;
}
