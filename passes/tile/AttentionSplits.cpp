// Attention whose positions are split between workgroups.
#include "passes/tile/AttentionLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// Partial results that a work-item loads before it adds the first of them.
static constexpr int64_t partialsAhead = 8;

/// Attends to this split's turns of `whole`, and to the combination of all splits where it is the
/// last.
void AttentionLowering::attendSplit(const Span &whole) {
  int64_t step = shape.turnPositions(waveSize);
  Value turns = b.div(b.add(b.sub(whole.to, whole.from), step - 1), step);
  Value active = b.minimum(turns, b.i32(shape.splits));
  // Turns before a split: one each while there are fewer turns than splits.
  auto turnsBefore = [&](Value index) {
    Value even = b.div(b.mul(turns, index), shape.splits);
    return b.select(b.less(turns, b.i32(shape.splits)), index, even);
  };
  b.when(b.less(split, active), [&] {
    Span span = whole;
    span.from = b.add(whole.from, b.mul(turnsBefore(split), step));
    Value end = b.add(whole.from, b.mul(turnsBefore(b.add(split, 1)), step));
    span.to = b.minimum(whole.to, end);
    attend(span);
    Value alone = b.equal(active, b.i32(1));
    b.when(alone, [&] {
      storeResult([&](Value head, Value element) { return mergeWaves(head, element); });
    });
    b.when(b.less(b.i32(1), active), [&] {
      forPieces([&](Value head, Value element) { storePartial(mergeWaves(head, element)); });
      b.when(isLastOf(active), [&] {
        storeResult(
            [&](Value head, Value element) { return mergePartials(head, element, active); });
      });
    });
  });
}

/// Where a split's partial result for the row and block starts in the workspace.
Value AttentionLowering::partialOffset(Value split) {
  Value place = b.add(b.mul(row, shape.blocks), block);
  return b.mul(b.add(b.mul(place, shape.splits), split), shape.partialBytes());
}

void AttentionLowering::storePartial(const Piece &piece) {
  Value workspace = workspaceBuffer(), base = partialOffset(split);
  Value index = b.add(b.mul(piece.head, shape.size), piece.element);
  b.store(b.gather(piece.values), workspace, b.add(base, b.mul(index, 4)));
  b.when(b.equal(piece.element, b.i32(0)), [&] {
    Value pair = b.add(b.add(base, shape.partialPairs()), b.mul(piece.head, 8));
    b.store(b.gather({piece.maximum, piece.sum}), workspace, pair);
  });
}

/// Whether this workgroup is the last of `active` to have stored its partial result, and sees those
/// of all others.
Value AttentionLowering::isLastOf(Value active) {
  Value isFirstItem = b.both(b.equal(wave, b.i32(0)), b.equal(lane, b.i32(0)));
  Value counter = b.mul(b.add(b.mul(row, shape.blocks), block), 4);
  return arriveLast(isFirstItem, counter, active);
}

/// A piece of the row's result: what the splits have stored, merged in their order.
AttentionLowering::Piece AttentionLowering::mergePartials(Value head, Value element, Value active) {
  Piece piece{head, element, {}, {}, List<Value>(pieceWidth())};
  List<Value> start(2 + pieceWidth(), b.f32(0));
  start[0] = b.f32(noScore);
  auto take = [&](ValueRange values) {
    piece.maximum = values[0];
    piece.sum = values[1];
    llvm::copy(values.drop_front(2), piece.values.begin());
  };
  take(b.loop(b.i32(0), active, partialsAhead, start, [&](Value first, ValueRange current) {
    take(current);
    addPartials(piece, first, active);
    List<Value> results{piece.maximum, piece.sum};
    results.append(piece.values);
    return results;
  }));
  return piece;
}

/// Adds the partial results of some splits from `first` on. Past the last split it is loaded again,
/// and counts for nothing.
void AttentionLowering::addPartials(Piece &piece, Value first, Value active) {
  List<Value> pairs, values;
  Value index = b.add(b.mul(piece.head, shape.size), piece.element);
  for (int64_t i = 0; i < partialsAhead; ++i) {
    Value base = partialOffset(b.minimum(b.add(first, i), b.sub(active, b.i32(1))));
    Value pair = b.add(b.add(base, shape.partialPairs()), b.mul(piece.head, 8));
    pairs.push_back(b.load(workspaceBuffer(), pair, b.getF32Type(), 2));
    values.push_back(b.load(workspaceBuffer(), b.add(base, b.mul(index, 4)), b.getF32Type(),
                            static_cast<int64_t>(piece.values.size())));
  }
  Value before = piece.maximum;
  for (Value pair : pairs) {
    piece.maximum = b.maxf(piece.maximum, b.extract(pair, 0));
  }
  Value decay = b.exp2(b.subf(before, piece.maximum));
  piece.sum = b.mulf(piece.sum, decay);
  for (Value &value : piece.values) {
    value = b.mulf(value, decay);
  }
  for (int64_t i = 0; i < partialsAhead; ++i) {
    Value weight = b.exp2(b.subf(b.extract(pairs[i], 0), piece.maximum));
    weight = b.select(b.less(b.add(first, i), active), weight, b.f32(0));
    piece.sum = b.fma(b.extract(pairs[i], 1), weight, piece.sum);
    for (auto [element, value] : llvm::enumerate(piece.values)) {
      value = b.fma(b.extract(values[i], element), weight, value);
    }
  }
}
