// The loop over blocks of positions of attention on matrix instructions.
#include "passes/tile/FlashAttentionLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// All blocks that rows of the run see. While a block is computed the next one is on its way.
FlashAttentionLowering::Sums FlashAttentionLowering::visitBlocks(const Run &run,
                                                                 const Share &share) {
  Value from = firstVisible(b.add(run.first, run.shift));
  Value zeros = b.zeros(VectorType::get(held, b.getF32Type()));
  Values carried{b.f32(noScore), b.f32(0)};
  carried.append(llvm::divideCeil(size, shape.getRows()), zeros);
  size_t own = carried.size();
  carried.append(loadBlock(run, from));
  auto sumsOf = [&](ValueRange state) {
    return Sums{state[0], state[1], Values(state.drop_front(2).take_front(own - 2))};
  };
  auto flat = [&](const Sums &sums) {
    Values state{sums.maximum, sums.sum};
    llvm::append_range(state, sums.values);
    return state;
  };
  Value end = b.add(run.lastPosition, 1);
  carried = b.loop(from, end, block, carried, [&](Value base, ValueRange current) {
    ValueRange loaded = current.drop_front(own);
    // Nobody reads the block before any more; then all of this one is there.
    BarrierOp::create(b);
    stageKeys(loaded);
    stageValues(loaded);
    BarrierOp::create(b);
    Values next = loadBlock(run, b.add(base, block));
    ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
    Value sees = b.both(b.less(base, share.to), b.less(share.from, b.add(base, block)));
    Values before(current.take_front(own));
    Values state = b.choose(b.both(share.isSome, sees), before,
                            [&] { return flat(visitBlock(share, base, sumsOf(before))); });
    llvm::append_range(state, next);
    return state;
  });
  return sumsOf(carried);
}

/// Adds the block from position `base` on, which is in LDS, to the sums.
FlashAttentionLowering::Sums FlashAttentionLowering::visitBlock(const Share &share, Value base,
                                                                Sums sums) {
  Values scores = multiplyKeys();
  if (hasSoftcap()) {
    llvm::transform(scores, scores.begin(), [&](Value product) { return scaled(product); });
  }
  Value seesAll =
      b.both(b.less(b.add(base, block - 1), share.allTo), b.less(share.allFrom, b.add(base, 1)));
  List<Type> types(scores.size(), b.getF32Type());
  scores = b.either(
      seesAll, types, [&] { return scores; }, [&] { return maskScores(share, base, scores); });
  addValues(weigh(scores, sums), sums);
  return sums;
}

/// Products of keys and the lane's query: [tile of positions, element].
FlashAttentionLowering::Values FlashAttentionLowering::multiplyKeys() {
  Values products;
  for (int64_t first = 0; first < block; first += shape.getRows()) {
    Value sum = b.zeros(VectorType::get(held, b.getF32Type()));
    Value row = b.add(laneColumn, first);
    for (int64_t index = 0; index < size / (shape.getDepthLanes() * unit); ++index) {
      Value keys = loadOperand(sharedKeys, row, keyStride, index), ours = query(index);
      for (int64_t at = 0; at < unit; at += shape.getOperandElements()) {
        sum = MatrixMultiplyOp::create(b, b.slice(keys, at, shape.getOperandElements()),
                                       b.slice(ours, at, shape.getOperandElements()), sum, shape);
      }
      if (sharedQueries) {
        // All operands read at once would not fit into registers.
        ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
      }
    }
    for (int64_t i = 0; i < held; ++i) {
      products.push_back(b.extract(sum, i));
    }
  }
  return products;
}

/// The scores of positions that the lane's query does not see count for nothing.
FlashAttentionLowering::Values FlashAttentionLowering::maskScores(const Share &share, Value base,
                                                                  Values scores) {
  Value first = b.sub(b.add(base, b.mul(laneGroup, shape.getRowRun())), share.laneFrom);
  for (auto [index, score] : llvm::enumerate(scores)) {
    int64_t at = index / held * shape.getRows() + shape.getRow(index % held, waveSize);
    Value isSeen = b.less(b.add(first, at), share.laneSeen);
    score = b.select(isSeen, score, b.f32(masked));
  }
  return scores;
}

/// The weights of scores, and the sums as they are under the new maximum.
FlashAttentionLowering::Values FlashAttentionLowering::weigh(Values scores, Sums &sums) {
  Value before = sums.maximum;
  for (Value score : scores) {
    sums.maximum = b.maxf(sums.maximum, score);
  }
  Value others = ShuffleXorOp::create(b, sums.maximum, shape.getColumns());
  sums.maximum = b.maxf(sums.maximum, others);
  // Products are not scaled before their largest is known: their powers are one operation then.
  Value factor = b.f32(hasSoftcap() ? 1 : scoreFactor());
  Value shift = b.negf(b.mulf(sums.maximum, factor));
  Value decay = b.exp2(b.mulf(b.subf(before, sums.maximum), factor));
  sums.sum = b.mulf(sums.sum, decay);
  for (Value &score : scores) {
    score = b.exp2(b.fma(score, factor, shift));
    sums.sum = b.addf(sums.sum, score);
  }
  for (Value &values : sums.values) {
    values = b.mulf(values, b.splat(decay, held));
  }
  return scores;
}

/// Weights of positions as an operand.
Value FlashAttentionLowering::weightOperand(ArrayRef<Value> weights) {
  // No weight is NaN that was not made of one, which makes rounding cheaper.
  auto numbers = arith::FastMathFlagsAttr::get(b.getContext(), arith::FastMathFlags::nnan);
  Value own = arith::TruncFOp::create(b, VectorType::get(heldScores, element), b.gather(weights),
                                      arith::RoundingModeAttr(), numbers);
  return shape.getDepthLanes() == 1 ? exchangeHalves(own) : own;
}

/// What both groups of lanes hold of a query: the first group's, then the second's.
Value FlashAttentionLowering::exchangeHalves(Value own) {
  constexpr int64_t words = heldScores / 2;
  Value packed = vector::BitCastOp::create(b, VectorType::get(words, b.getF32Type()), own);
  Value isFirst = b.equal(laneGroup, b.i32(0));
  Values lower, upper;
  for (int64_t i = 0; i < words; ++i) {
    Value mine = b.extract(packed, i);
    Value other = ShuffleXorOp::create(b, mine, shape.getColumns());
    lower.push_back(b.select(isFirst, mine, other));
    upper.push_back(b.select(isFirst, other, mine));
  }
  lower.append(upper);
  return vector::BitCastOp::create(b, VectorType::get(2 * heldScores, element), b.gather(lower));
}

/// Adds the block's weighted values.
void FlashAttentionLowering::addValues(ArrayRef<Value> weights, Sums &sums) {
  for (int64_t index = 0; index * heldScores < std::ssize(weights); ++index) {
    Value operand = weightOperand(weights.slice(index * heldScores, heldScores));
    for (auto [tile, values] : llvm::enumerate(sums.values)) {
      Value row = b.add(laneColumn, tile * shape.getRows());
      if ((tile + 1) * shape.getRows() > size_t(size)) {
        row = b.minimum(row, b.i32(size - 1));
      }
      Value transposed = loadOperand(sharedValues, row, valueStride, index);
      for (int64_t at = 0; at < unit; at += shape.getOperandElements()) {
        values = MatrixMultiplyOp::create(b, b.slice(transposed, at, shape.getOperandElements()),
                                          b.slice(operand, at, shape.getOperandElements()), values,
                                          shape);
      }
    }
  }
}
