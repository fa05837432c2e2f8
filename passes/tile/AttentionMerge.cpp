// How the lane groups of a wave and the waves of an attention workgroup are merged.
#include "passes/tile/AttentionLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// Words that follow a line of lanes in LDS: lane groups, which store to different lines, and
/// neighbouring elements of a head, which are in different lines, then meet in few banks.
static constexpr int64_t padding = 1;

/// Combines the lane groups; all lanes get the result.
Value AttentionLowering::reduceGroups(Value value, Reduction reduction) {
  for (int64_t mask = shape.lanes; mask < waveSize; mask *= 2) {
    Value other = ShuffleXorOp::create(b, value, mask);
    value = reduction == Reduction::add ? b.addf(value, other) : b.maxf(value, other);
  }
  return value;
}

/// Adds the values of two lane groups. Each lane keeps half of them where they can be halved.
void AttentionLowering::scatter(WavePart &part, int64_t mask) {
  size_t half = part.values.size() / 2;
  auto other = [&](Value value) -> Value { return ShuffleXorOp::create(b, value, mask); };
  if (part.values.size() % 2 != 0) {
    for (Value &value : part.values) {
      value = b.addf(value, other(value));
    }
    return;
  }
  Value bit = b.rem(b.div(lane, mask), 2), upper = b.equal(bit, b.i32(1));
  for (size_t i = 0; i < half; ++i) {
    Value low = part.values[i], high = part.values[half + i];
    part.values[i] = b.addf(b.select(upper, high, low), other(b.select(upper, low, high)));
  }
  part.values.truncate(half);
  part.first = b.add(part.first, b.mul(bit, half));
}

AttentionLowering::WavePart AttentionLowering::mergeGroups(MutableArrayRef<Head> heads) {
  WavePart part;
  for (Head &head : heads) {
    part.maxima.push_back(reduceGroups(head.maximum, Reduction::max));
    Value factor = b.exp2(b.subf(head.maximum, part.maxima.back()));
    part.sums.push_back(reduceGroups(b.mulf(head.sum, factor), Reduction::add));
    for (Value values : head.values) {
      Value scaled = b.mulf(values, b.splat(factor, shape.vector));
      for (int64_t i = 0; i < shape.vector; ++i) {
        part.values.push_back(b.extract(scaled, i));
      }
    }
  }
  part.first = b.i32(0);
  for (int64_t mask = shape.lanes; mask < waveSize; mask *= 2) {
    scatter(part, mask);
  }
  return part;
}

//===-- LDS ----------------------------------------------------------------------------------===//

/// A wave's LDS: a maximum and a sum for each head, then a line of lanes for each value of a lane.
int64_t AttentionLowering::waveBytes() const {
  return 4 * shape.heads * (2 + shape.laneElements() * (shape.lanes + padding));
}

void AttentionLowering::storeWave(const WavePart &part) {
  Value base = b.mul(wave, waveBytes());
  b.when(b.equal(lane, b.i32(0)), [&] {
    for (int64_t head = 0; head < shape.heads; ++head) {
      b.store(part.maxima[head], shared, b.add(base, 8 * head));
      b.store(part.sums[head], shared, b.add(base, 8 * head + 4));
    }
  });
  int64_t line = 4 * (shape.lanes + padding);
  Value offset = b.add(b.mul(part.first, line), b.mul(b.rem(lane, shape.lanes), 4));
  offset = b.add(b.add(base, offset), 8 * shape.heads);
  for (auto [index, value] : llvm::enumerate(part.values)) {
    b.store(value, shared, b.offset(offset, index * line));
  }
}

/// Elements of a piece: up to 16 bytes of f32, as long as no work-item is idle.
int64_t AttentionLowering::pieceWidth() const {
  int64_t items = shape.waves * waveSize, width = std::min<int64_t>(shape.vector, 4);
  while (width > 1 && shape.heads * shape.size < items * width) {
    width /= 2;
  }
  return width;
}

/// Calls `body` for the pieces of the workgroup's result that this work-item computes.
void AttentionLowering::forPieces(llvm::function_ref<void(Value head, Value element)> body) {
  int64_t width = pieceWidth(), total = shape.heads * shape.size / width;
  int64_t items = shape.waves * waveSize;
  Value item = b.add(b.mul(wave, waveSize), lane);
  b.loop(item, b.i32(total), items, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
    Value begin = b.mul(index, width);
    body(b.div(begin, shape.size), b.rem(begin, shape.size));
    return {};
  });
}

/// A piece of the workgroup's result: what the waves have stored, merged.
AttentionLowering::Piece AttentionLowering::mergeWaves(Value head, Value element) {
  int64_t waves = shape.waves, line = 4 * (shape.lanes + padding);
  Type f32 = b.getF32Type();
  Piece piece{head, element, {}, b.f32(0), {}};
  List<Value> maxima, sums;
  Value base = b.mul(head, 8);
  for (int64_t w = 0; w < waves; ++w) {
    maxima.push_back(b.load(shared, b.offset(base, w * waveBytes()), f32));
    sums.push_back(b.load(shared, b.offset(base, w * waveBytes() + 4), f32));
    piece.maximum = w == 0 ? maxima[0] : b.maxf(piece.maximum, maxima[w]);
  }
  // Slot = which 16 bytes of the head; lanes hold slots in turn.
  Value slot = b.div(element, shape.vector);
  Value first = b.add(b.mul(b.div(slot, shape.lanes), shape.vector), b.rem(element, shape.vector));
  first = b.add(b.mul(head, shape.laneElements()), first);
  Value offset = b.add(b.mul(first, line), b.mul(b.rem(slot, shape.lanes), 4));
  offset = b.add(offset, 8 * shape.heads);
  piece.values.assign(pieceWidth(), b.f32(0));
  for (int64_t w = 0; w < waves; ++w) {
    Value factor = b.exp2(b.subf(maxima[w], piece.maximum));
    piece.sum = b.fma(sums[w], factor, piece.sum);
    for (auto [index, value] : llvm::enumerate(piece.values)) {
      Value stored = b.load(shared, b.offset(offset, w * waveBytes() + index * line), f32);
      value = b.fma(stored, factor, value);
    }
  }
  return piece;
}
