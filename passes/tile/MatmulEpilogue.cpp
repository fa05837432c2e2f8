#include "passes/tile/MatmulEpilogue.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

LogicalResult MatmulEpilogue::storeElement(MatmulSegment &segment, const Element &element,
                                           ArrayRef<Value> sums) {
  Value stores = b.both(element.stores, b.less(element.column, b.i32(segment.columns())));
  Element inside = element;
  inside.column = b.minimum(element.column, b.i32(segment.columns() - 1));
  // Values are computed by all lanes, since rotations exchange them between lanes.
  SmallVector<Value> values;
  for (MatmulSink &sink : segment.sinks) {
    FailureOr<Value> value = evaluate(segment, sink.value, inside, sums);
    if (failed(value)) {
      return kernel.emitError("has a result that no matmul epilogue computes");
    }
    values.push_back(*value);
  }
  Value feature = segment.rope ? unpairedColumn(segment.rope, inside.column) : inside.column;
  b.when(stores, [&] {
    for (auto [sink, value] : llvm::zip(segment.sinks, values)) {
      if (sink.append) {
        Value cache = sink.append.getCache();
        storeCache(value, cast<lm::CacheType>(cache.getType()), bufferOf(cache), sink.isValue, element.row,
                   feature);
      } else if (sink.quantize) {
        keepColumn(sink.quantize, value, element.row, feature);
      } else {
        auto type = cast<RankedTensorType>(sink.value.getType());
        storeActivation(value, type, resultBuffer(sink.result), element.row, feature);
      }
    }
  });
  return success();
}

FailureOr<Value> MatmulEpilogue::evaluate(MatmulSegment &segment, Value sink, const Element &element,
                                          ArrayRef<Value> sums) {
  auto leaf = [&](Value value, Value atRow, Value feature) -> Value {
    for (auto [root, sum] : llvm::zip(segment.roots, sums)) {
      if (root.op.getResult() == value) {
        Value bias = root.op.getBias();
        return bias ? b.addf(sum, loadWeight(bias, feature)) : sum;
      }
    }
    return isa<BlockArgument>(value) ? loadActivation(value, atRow, feature) : Value();
  };
  ElementEvaluator plain(b, leaf);
  auto rotated = [&](Value value, Value atRow, Value feature) -> Value {
    auto rope = value.getDefiningOp<lm::RopeOp>();
    if (!rope) {
      return leaf(value, atRow, feature);
    }
    FailureOr<Value> own = plain.at(rope.getInput(), atRow, feature);
    return succeeded(own) ? rotateColumn(rope, *own, atRow, feature, element.neighbourMask) : Value();
  };
  return ElementEvaluator(b, rotated).at(sink, element.row, element.column);
}

/// Partners are in neighbouring columns.
Value MatmulEpilogue::rotateColumn(lm::RopeOp rope, Value own, Value row, Value column,
                                   int64_t neighbourMask) {
  Value partner = ShuffleXorOp::create(b, own, neighbourMask);
  Value within = b.rem(column, rope.getHeadSize());
  int64_t half = rope.getRotary() / 2;
  Value pair = b.minimum(b.div(within, 2), b.i32(half - 1));
  Value position = state().position(row);
  Value cos = loadWeight(rope.getCos(), position, pair), sin = loadWeight(rope.getSin(), position, pair);
  Value isSecond = b.equal(b.rem(within, 2), b.i32(1));
  Value turned = rotate(b, own, partner, isSecond, cos, sin);
  return b.select(b.less(within, b.i32(2 * half)), turned, own);
}

/// The feature that a column in the order of qnt.pair_rows is; interleaved partners are in order already.
Value MatmulEpilogue::unpairedColumn(lm::RopeOp rope, Value column) {
  if (!rope.getPaired()) {
    return column;
  }
  Value within = b.rem(column, rope.getHeadSize());
  int64_t rotary = rope.getRotary();
  Value unpaired = b.add(b.div(within, 2), b.mul(b.rem(within, 2), rotary / 2));
  Value moved = b.select(b.less(within, b.i32(rotary)), unpaired, within);
  return b.add(b.sub(column, within), moved);
}

Value MatmulEpilogue::loadRowScale(Value row, Value block, int64_t part, int64_t count) {
  int64_t perRow = description.quantizedInput().getBlocksPerRow();
  Value offset = b.add(b.mul(b.add(b.mul(row, perRow), block), 4), part);
  return b.load(bufferOf(description.input), offset, b.getF32Type(), count);
}
