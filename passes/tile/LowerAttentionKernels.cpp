#include "passes/tile/KernelLowering.h"
#include "passes/tile/Passes.h"

namespace qcc::tile {
#define GEN_PASS_DEF_LOWERATTENTIONKERNELS
#include "passes/tile/Passes.h.inc"

using namespace mlir;

namespace {

/// One attention kernel. A lane holds `pieces` vectors of `vector` elements of the head; `lanes` lanes hold
/// a whole head, so that a wave works on waveSize / lanes positions at once.
class AttentionLowering : public KernelLowering {
public:
  AttentionLowering(KernelOp kernel, lm::AttentionOp op, int64_t waveSize);
  void run();

private:
  /// What a lane group has seen so far: running maximum, sum of exponentials, and weighted values.
  struct Softmax {
    Value maximum, sum;
    SmallVector<Value> values; // a vector a piece
    SmallVector<Value> flat() const;
    static Softmax from(ValueRange state);
  };

  Value pieceOffset(int64_t piece);
  SmallVector<Value> loadHead(Value buffer, Value offset);
  SmallVector<Value> loadQuery(Value row, Value head);
  Value score(ArrayRef<Value> query, ArrayRef<Value> key);
  Softmax visit(Value position, Value last, ArrayRef<Value> query, Value base, Softmax state);
  Softmax merge(const Softmax &a, const Softmax &c);
  Value wide(Value value) { return arith::ExtUIOp::create(b, b.getI64Type(), value); }
  Value i64(int64_t value) { return arith::ConstantOp::create(b, b.getI64IntegerAttr(value)); }
  void storeWave(const Softmax &state, Value shared);
  void storeResult(Value shared, Value row, Value head);
  void attend(Value row, Value head);

  lm::AttentionOp op;
  lm::CacheType cache;
  Type element;
  int64_t size, vector, lanes, pieces, groups;
  Value lane, wave;
};

SmallVector<Value> AttentionLowering::Softmax::flat() const {
  SmallVector<Value> result{maximum, sum};
  result.append(values);
  return result;
}

AttentionLowering::Softmax AttentionLowering::Softmax::from(ValueRange state) {
  return {state[0], state[1], SmallVector<Value>(state.drop_front(2))};
}

AttentionLowering::AttentionLowering(KernelOp kernel, lm::AttentionOp op, int64_t waveSize)
    : KernelLowering(kernel, waveSize), op(op), cache(op.getCache().getType()),
      element(cache.getElementType()), size(cache.getHeadSize()) {
  vector = vectorWidth(size, bytesOf(element));
  // Sixteen lanes a head keep at least two positions in flight; longer heads take more pieces a lane.
  lanes = std::min<int64_t>(llvm::PowerOf2Ceil(size / vector), 16);
  pieces = llvm::divideCeil(size / vector, lanes);
  groups = waveSize / lanes;
}

/// First element of a lane's piece, clamped into the head; pieces past its end count for nothing.
Value AttentionLowering::pieceOffset(int64_t piece) {
  Value index = b.add(b.rem(lane, lanes), piece * lanes);
  return b.mul(b.minimum(index, b.i32(size / vector - 1)), vector);
}

SmallVector<Value> AttentionLowering::loadHead(Value buffer, Value offset) {
  SmallVector<Value> result;
  for (int64_t piece = 0; piece < pieces; ++piece) {
    Value at = b.add(offset, wide(b.mul(pieceOffset(piece), bytesOf(element))));
    result.push_back(b.load(buffer, at, element, vector));
  }
  return result;
}

/// query . key of the lane group's position, in all of its lanes.
Value AttentionLowering::score(ArrayRef<Value> query, ArrayRef<Value> key) {
  Type multiplied = getElementTypeOrSelf(query[0]);
  bool dots = (multiplied.isF16() && vector % 2 == 0) || (multiplied.isF32() && vector > 1);
  Value sum = b.f32(0);
  for (int64_t piece = 0; piece < pieces; ++piece) {
    Value partial;
    if (dots) {
      Value part = multiplied == element ? key[piece] : b.toF32(key[piece]);
      partial = DotOp::create(b, query[piece], part, b.f32(0));
    } else {
      Value products = b.mulf(b.toF32(query[piece]), b.toF32(key[piece]));
      partial = vector > 1 ? vector::ReductionOp::create(b, vector::CombiningKind::ADD, products).getResult()
                           : products;
    }
    Value index = b.add(b.rem(lane, lanes), piece * lanes);
    Value inside = b.less(index, b.i32(size / vector));
    sum = b.addf(sum, b.select(inside, partial, b.f32(0)));
  }
  return ReduceWaveOp::create(b, sum, Reduction::add, lanes);
}

/// Adds one position of each lane group to its state; positions past `last` change nothing.
AttentionLowering::Softmax AttentionLowering::visit(Value position, Value last, ArrayRef<Value> query,
                                                    Value base, Softmax state) {
  Value inside = arith::CmpIOp::create(b, arith::CmpIPredicate::ule, position, last);
  Value clamped = b.minimum(position, last);
  Value offset = b.add(base, b.mul(wide(clamped), i64(size * bytesOf(element))));
  Value buffer = bufferOf(op.getCache());
  SmallVector<Value> key = loadHead(buffer, offset);
  SmallVector<Value> value = loadHead(buffer, b.add(offset, i64(cache.getHalfBytes())));

  Value s = b.mulf(score(query, key), b.f32(op.getScale().convertToDouble()));
  if (double softcap = op.getSoftcap().convertToDouble(); softcap > 0) {
    // tanh(u) = 1 - 2 / (exp(2u) + 1), right at both ends of the range.
    Value power = b.exp(b.mulf(s, b.f32(2 / softcap)));
    Value tanh = b.subf(b.f32(1), b.divf(b.f32(2), b.addf(power, b.f32(1))));
    s = b.mulf(tanh, b.f32(softcap));
  }
  Value maximum = b.select(inside, b.maxf(state.maximum, s), state.maximum);
  Value decay = b.exp(b.subf(state.maximum, maximum));
  Value weight = b.select(inside, b.exp(b.subf(s, maximum)), b.f32(0));
  Softmax next{maximum, b.fma(state.sum, decay, weight), {}};
  for (int64_t piece = 0; piece < pieces; ++piece) {
    Value old = b.mulf(state.values[piece], b.splat(decay, vector));
    next.values.push_back(b.fma(b.toF32(value[piece]), b.splat(weight, vector), old));
  }
  return next;
}

AttentionLowering::Softmax AttentionLowering::merge(const Softmax &a, const Softmax &c) {
  Value maximum = b.maxf(a.maximum, c.maximum);
  Value left = b.exp(b.subf(a.maximum, maximum)), right = b.exp(b.subf(c.maximum, maximum));
  Softmax result{maximum, b.fma(a.sum, left, b.mulf(c.sum, right)), {}};
  for (int64_t piece = 0; piece < pieces; ++piece) {
    Value other = b.mulf(c.values[piece], b.splat(right, vector));
    result.values.push_back(b.fma(a.values[piece], b.splat(left, vector), other));
  }
  return result;
}

/// A wave's state in LDS: maximum, sum, then the head's values.
void AttentionLowering::storeWave(const Softmax &state, Value shared) {
  Value base = b.mul(wave, (size + 2) * 4);
  b.when(b.equal(lane, b.i32(0)), [&] {
    b.store(state.maximum, shared, base);
    b.store(state.sum, shared, b.add(base, 4));
  });
  for (int64_t piece = 0; piece < pieces; ++piece) {
    Value index = b.add(lane, piece * lanes);
    Value mine = b.both(b.less(lane, b.i32(lanes)), b.less(index, b.i32(size / vector)));
    b.when(mine, [&] {
      for (int64_t i = 0; i < vector; ++i) {
        Value offset = b.add(b.add(base, b.mul(index, vector * 4)), 8 + 4 * i);
        b.store(b.extract(state.values[piece], i), shared, offset);
      }
    });
  }
}

/// Work-items merge the waves, an element of the head each, and store it.
void AttentionLowering::storeResult(Value shared, Value row, Value head) {
  int64_t waves = schedule.getWaves(), stride = (size + 2) * 4;
  Value thread = b.add(b.mul(wave, waveSize), lane);
  auto part = [&](int64_t w, Value offset) {
    return b.load(shared, b.add(offset, w * stride), b.getF32Type());
  };
  Value maximum = part(0, b.i32(0));
  for (int64_t w = 1; w < waves; ++w) {
    maximum = b.maxf(maximum, part(w, b.i32(0)));
  }
  SmallVector<Value> factors;
  Value sum = b.f32(0);
  for (int64_t w = 0; w < waves; ++w) {
    factors.push_back(b.exp(b.subf(part(w, b.i32(0)), maximum)));
    sum = b.fma(part(w, b.i32(4)), factors.back(), sum);
  }
  b.loop(thread, b.i32(size), waves * waveSize, {}, [&](Value i, ValueRange) -> SmallVector<Value> {
    Value total = b.f32(0);
    for (int64_t w = 0; w < waves; ++w) {
      total = b.fma(part(w, b.add(b.mul(i, 4), 8)), factors[w], total);
    }
    auto type = cast<RankedTensorType>(op.getResult().getType());
    Value feature = b.add(b.mul(head, size), i);
    storeActivation(b.divf(total, sum), type, resultBuffer(0), row, feature);
    return {};
  });
}

/// The lane's pieces of the query: in the cache's element type if they are stored in it, else in f32.
SmallVector<Value> AttentionLowering::loadQuery(Value row, Value head) {
  Type stored = getElementTypeOrSelf(op.getQuery().getType());
  Value base = b.mul(b.add(b.mul(row, op.getHeads()), head), size * bytesOf(stored));
  SmallVector<Value> query;
  for (int64_t piece = 0; piece < pieces; ++piece) {
    Value offset = b.add(base, b.mul(pieceOffset(piece), bytesOf(stored)));
    Value part = b.load(bufferOf(op.getQuery()), offset, stored, vector);
    query.push_back(stored == element ? part : b.toF32(part));
  }
  return query;
}

void AttentionLowering::attend(Value row, Value head) {
  StateMemory memory = state();
  Value last = memory.position(row), slot = memory.slot(row), first = b.i32(0);
  if (int64_t window = op.getWindow(); window > 0) {
    Value reach = b.minimum(last, b.i32(window - 1));
    first = b.sub(last, reach);
  }
  SmallVector<Value> query = loadQuery(row, head);
  Value cacheHead = b.div(head, op.getHeads() / cache.getHeads());
  Value sequence = b.add(b.mul(slot, cache.getHeads()), cacheHead);
  Value base = b.mul(wide(sequence), i64(cache.getPositions() * size * bytesOf(element)));

  // A finite start keeps exp(start - start) at 1 where a group sees no position at all.
  Softmax start{b.f32(-1e30), b.f32(0), {}};
  Value nothing = b.splat(b.f32(0), vector);
  start.values.assign(pieces, nothing);
  Value from = b.add(first, b.mul(wave, groups)), group = b.div(lane, lanes);
  Softmax seen = Softmax::from(
      b.loop(from, b.add(last, 1), schedule.getWaves() * groups, start.flat(),
             [&](Value position, ValueRange current) {
               return visit(b.add(position, group), last, query, base, Softmax::from(current)).flat();
             }));
  for (int64_t mask = lanes; mask < waveSize; mask *= 2) {
    auto other = [&](Value value) -> Value { return ShuffleXorOp::create(b, value, mask); };
    Softmax partner{other(seen.maximum), other(seen.sum), {}};
    for (Value values : seen.values) {
      Value moved = values;
      for (int64_t i = 0; i < vector; ++i) {
        Value element = other(b.extract(values, i));
        moved = vector > 1 ? vector::InsertOp::create(b, element, moved, i).getResult() : element;
      }
      partner.values.push_back(moved);
    }
    seen = merge(seen, partner);
  }
  Value shared = SharedOp::create(b, BufferType::get(b.getContext(), Space::shared),
                                  schedule.getWaves() * (size + 2) * 4);
  storeWave(seen, shared);
  BarrierOp::create(b);
  storeResult(shared, row, head);
}

void AttentionLowering::run() {
  Value head = WorkgroupIdOp::create(b, Axis::x), row = WorkgroupIdOp::create(b, Axis::y);
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  b.when(b.less(row, state().rows()), [&] { attend(row, head); });
  int64_t rows = cast<RankedTensorType>(op.getResult().getType()).getDimSize(0);
  finish(schedule.getWaves() * waveSize, {static_cast<int64_t>(op.getHeads()), rows, 1});
}

struct LowerAttentionKernels : impl::LowerAttentionKernelsBase<LowerAttentionKernels> {
  using Base::Base;

  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      if (kernel.getKind() != "attention" || kernel.isLowered()) {
        continue;
      }
      auto ops = kernel.getBody().front().getOps<lm::AttentionOp>();
      if (!llvm::hasSingleElement(ops) || !llvm::hasNItems(kernel.getBody().front(), 2)) {
        kernel.emitError("an attention kernel has one lm.attention and nothing else");
        return signalPassFailure();
      }
      AttentionLowering(kernel, *ops.begin(), waveSize).run();
    }
  }
};

} // namespace
} // namespace qcc::tile
