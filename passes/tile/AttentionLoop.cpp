// The loop over positions of an attention kernel.
#include "passes/tile/AttentionLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

//===-- Loads --------------------------------------------------------------------------------===//

/// The position that the lane's group visits as number `index` of the turn that starts at `base`.
/// Those that a wave loads together follow one another.
Value AttentionLowering::turnPosition(Value base, int64_t index) {
  int64_t groups = shape.groups(waveSize), together = shape.waves * groups;
  Value own = b.add(b.mul(wave, groups), b.div(lane, shape.lanes));
  return b.add(b.add(base, own), index * together);
}

/// First element of a lane's piece of a head. Pieces past the end repeat the last; queries are 0
/// there.
Value AttentionLowering::pieceOffset(int64_t piece) {
  Value slot = b.add(b.rem(lane, shape.lanes), piece * shape.lanes);
  int64_t slots = shape.size / shape.vector;
  bool inside = (piece + 1) * shape.lanes <= slots;
  return b.mul(inside ? slot : b.minimum(slot, b.i32(slots - 1)), shape.vector);
}

/// The keys (or values) of the turn that starts at `base`. Positions past the span repeat its last,
/// so that nothing is read that was never written.
AttentionLowering::Loads AttentionLowering::load(const Half &half, const Span &span, Value base) {
  Loads loads;
  // Rows may be of one sequence, and blocks of one cache head: the caches serve the others then.
  bool once = shape.rows == 1 && shape.blocks == cache.getHeads();
  Value last = b.sub(span.to, b.i32(1));
  for (int64_t i = 0; i < shape.unroll; ++i) {
    Value position = b.minimum(turnPosition(base, i), last);
    Entry &entry = loads.emplace_back();
    for (int64_t piece = 0; piece < shape.pieces; ++piece) {
      Value index = b.add(b.mul(position, shape.size), pieceOffset(piece));
      Value offset = b.mul(index, bytesOf(element));
      entry.pieces.push_back(b.load(half.elements, offset, element, shape.vector, once));
    }
    if (half.scales) {
      entry.scale = b.load(half.scales, b.mul(position, 4), b.getF32Type());
    }
  }
  return loads;
}

//===-- Scores -------------------------------------------------------------------------------===//

/// query . key of the lane group's position, in all of its lanes.
Value AttentionLowering::score(ArrayRef<Value> query, const Entry &key) {
  Value sum = b.f32(0);
  for (auto [ours, theirs] : llvm::zip_equal(query, key.pieces)) {
    Value other = getElementTypeOrSelf(ours).isF32() ? b.toF32(theirs) : theirs;
    sum = isa<VectorType>(ours.getType()) ? DotOp::create(b, ours, other, sum).getResult()
                                          : b.fma(b.toF32(ours), b.toF32(other), sum);
  }
  sum = ReduceWaveOp::create(b, sum, Reduction::add, shape.lanes);
  return key.scale ? b.mulf(sum, key.scale) : sum;
}

/// The scores of a turn: [head][position]. Where an `end` is given, positions from it on count for
/// nothing: a group that has seen no other weighs 0 once it is merged with one that has.
AttentionLowering::List<AttentionLowering::List<Value>>
AttentionLowering::scoreTurn(const Turn &turn, Value end) {
  List<List<Value>> result(shape.heads);
  for (auto [query, scores] : llvm::zip_equal(queries, result)) {
    for (auto [index, key] : llvm::enumerate(turn.keys)) {
      Value product = scaled(score(query, key));
      if (end) {
        Value inside = b.less(turnPosition(turn.base, index), end);
        product = b.select(inside, product, b.f32(noScore));
      }
      scores.push_back(product);
    }
  }
  return result;
}

//===-- Turns --------------------------------------------------------------------------------===//

/// Adds the values of a turn, weighted by its scores, to the state of every head, which may be
/// empty.
void AttentionLowering::addValues(const Loads &values, ArrayRef<List<Value>> scores,
                                  MutableArrayRef<Head> heads) {
  Loads wide = values;
  for (Entry &entry : wide) {
    for (Value &piece : entry.pieces) {
      piece = b.toF32(piece);
    }
  }
  for (auto [head, ours] : llvm::zip_equal(heads, scores)) {
    Value before = head.maximum;
    for (Value score : ours) {
      head.maximum = head.maximum ? b.maxf(head.maximum, score) : score;
    }
    if (before) {
      Value decay = b.exp2(b.subf(before, head.maximum));
      head.sum = b.mulf(head.sum, decay);
      for (Value &sums : head.values) {
        sums = b.mulf(sums, b.splat(decay, shape.vector));
      }
    }
    for (auto [score, value] : llvm::zip_equal(ours, wide)) {
      addWeighted(head, b.exp2(b.subf(score, head.maximum)), value);
    }
  }
}

/// Adds one position's values to the state of a head.
void AttentionLowering::addWeighted(Head &head, Value weight, const Entry &value) {
  Value factor = value.scale ? b.mulf(weight, value.scale) : weight;
  Value all = b.splat(factor, shape.vector);
  if (!head.sum) {
    head.sum = weight;
    for (Value piece : value.pieces) {
      head.values.push_back(b.mulf(piece, all));
    }
    return;
  }
  head.sum = b.addf(head.sum, weight);
  for (auto [sums, piece] : llvm::zip_equal(head.values, value.pieces)) {
    sums = b.fma(piece, all, sums);
  }
}

AttentionLowering::List<Value> AttentionLowering::flat(ArrayRef<Head> heads) {
  List<Value> values;
  for (const Head &head : heads) {
    values.append({head.maximum, head.sum});
    values.append(head.values);
  }
  return values;
}

/// Takes what `flat` listed.
AttentionLowering::List<AttentionLowering::Head> AttentionLowering::headsOf(ValueRange values) {
  List<Head> heads(shape.heads);
  for (Head &head : heads) {
    head.maximum = values[0];
    head.sum = values[1];
    values = values.drop_front(2);
    llvm::append_range(head.values, values.take_front(shape.pieces));
    values = values.drop_front(shape.pieces);
  }
  return heads;
}

/// What the loop carries from turn to turn, as one list.
AttentionLowering::List<Value> AttentionLowering::carried(const Turn &turn, ArrayRef<Head> heads) {
  List<Value> values{turn.base};
  for (const Loads *loads : {&turn.keys, &turn.values}) {
    for (const Entry &entry : *loads) {
      values.append(entry.pieces);
      values.append(entry.scale ? 1 : 0, entry.scale);
    }
  }
  values.append(flat(heads));
  return values;
}

/// Takes what `carried` listed.
AttentionLowering::List<AttentionLowering::Head> AttentionLowering::takeCarried(ValueRange values,
                                                                                Turn &turn) {
  auto take = [&](Value &value) {
    value = values.front();
    values = values.drop_front();
  };
  take(turn.base);
  for (Loads *loads : {&turn.keys, &turn.values}) {
    for (Entry &entry : *loads) {
      llvm::for_each(entry.pieces, take);
      if (entry.scale) {
        take(entry.scale);
      }
    }
  }
  return headsOf(values);
}

/// The turns of a span that has several, of which `turn` is the first. A turn's keys are loaded as
/// soon as those of the turn before are used, and its values likewise: one of them is always under
/// way. The last turn is apart: only there are positions past the end, and nothing to load.
AttentionLowering::List<AttentionLowering::Head> AttentionLowering::visitTurns(const Span &span,
                                                                               Turn turn) {
  int64_t step = shape.turnPositions(waveSize);
  Head start{b.f32(noScore), b.f32(0), {}};
  start.values.assign(shape.pieces, b.splat(b.f32(0), shape.vector));
  List<Head> heads(shape.heads, start);
  Value bound = b.sub(span.to, b.i32(step));
  List<Value> initial = carried(turn, heads);
  auto last = b.loop(span.from, bound, step, initial, [&](Value, ValueRange current) {
    heads = takeCarried(current, turn);
    List<List<Value>> scores = scoreTurn(turn, {});
    // The compiler would load late, to save registers.
    for (List<Value> &ours : scores) {
      auto pinned = ScheduleBarrierOp::create(b, ValueRange(ours).getTypes(), ours);
      llvm::copy(pinned.getResults(), ours.begin());
    }
    turn.base = b.add(turn.base, step);
    turn.keys = load(span.keys, span, turn.base);
    ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
    addValues(turn.values, scores, heads);
    turn.values = load(span.values, span, turn.base);
    return carried(turn, heads);
  });
  heads = takeCarried(last, turn);
  addValues(turn.values, scoreTurn(turn, span.to), heads);
  return heads;
}

/// All positions of the span. Where one turn is all, as in splits of a short context, there is no
/// state to begin with.
AttentionLowering::List<AttentionLowering::Head> AttentionLowering::visitAll(const Span &span) {
  Turn turn{span.from, load(span.keys, span, span.from), {}};
  // Keys are waited for first.
  ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
  turn.values = load(span.values, span, span.from);

  List<Type> types;
  for (int64_t head = 0; head < shape.heads; ++head) {
    types.append(2, b.getF32Type());
    types.append(shape.pieces, b.splat(b.f32(0), shape.vector).getType());
  }
  Value several = b.less(b.i32(shape.turnPositions(waveSize)), b.sub(span.to, span.from));
  return headsOf(b.either(
      several, types, [&] { return flat(visitTurns(span, turn)); },
      [&] {
        List<Head> heads(shape.heads);
        addValues(turn.values, scoreTurn(turn, span.to), heads);
        return flat(heads);
      }));
}
