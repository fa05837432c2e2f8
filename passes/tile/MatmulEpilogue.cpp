// What becomes of a matmul kernel's sums: bias, rotation, activation functions, residuals, and the stores.
#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// Lanes of one column share its rows: lane i of them stores rows i, i + lanesK, ....
LogicalResult MatmulLowering::storeSegment(MatmulSegment &segment, const Shape &shape,
                                           const Place &place, const Accumulators &sums) {
  int64_t slots = segment.roots.front().layout.getColumnsPerLane();
  for (int64_t base = 0; base < rows; base += shape.lanesK) {
    int64_t count = std::min(shape.lanesK, rows - base);
    Value row = b.add(firstRow, b.add(place.depthLane, base));
    Value stores = b.both(b.less(place.depthLane, b.i32(count)), b.less(row, rowCount));
    stores = b.both(b.both(stores, place.valid), b.equal(place.splitIndex, b.i32(0)));
    row = b.minimum(row, b.sub(rowCount, b.i32(1)));
    for (int64_t slot = 0; slot < slots; ++slot) {
      SmallVector<Value> results;
      for (size_t root = 0; root < segment.roots.size(); ++root) {
        const Value *column = &sums[(root * slots + slot) * rows + base];
        Value mine = column[0];
        for (int64_t i = 1; i < count; ++i) {
          mine = b.select(b.equal(place.depthLane, b.i32(i)), column[i], mine);
        }
        results.push_back(mine);
      }
      if (failed(storeColumn(segment, place, row, stores, slot, results))) {
        return failure();
      }
    }
  }
  return success();
}

LogicalResult MatmulLowering::storeColumn(MatmulSegment &segment, const Place &place, Value row,
                                          Value stores, int64_t slot, ArrayRef<Value> results) {
  MatmulRoot &first = segment.roots.front();
  Value column = b.add(b.mul(place.panel, first.packed.panelColumns()),
                       b.add(place.column, slot * first.layout.getColumns()));
  stores = b.both(stores, b.less(column, b.i32(segment.columns())));
  column = b.minimum(column, b.i32(segment.columns() - 1));
  // Values are computed by all lanes, since rotations exchange them between lanes.
  SmallVector<Value> values;
  for (MatmulSink &sink : segment.sinks) {
    FailureOr<Value> value = evaluate(segment, sink.value, row, column, results);
    if (failed(value)) {
      return kernel.emitError("has a result that no matmul epilogue computes");
    }
    values.push_back(*value);
  }
  Value feature = segment.rope ? unpairedColumn(segment.rope, column) : column;
  b.when(stores, [&] {
    for (auto [sink, value] : llvm::zip(segment.sinks, values)) {
      if (sink.append) {
        Value cache = sink.append.getCache();
        storeCache(value, cast<lm::CacheType>(cache.getType()), bufferOf(cache), sink.isValue, row, feature);
      } else {
        auto type = cast<RankedTensorType>(sink.value.getType());
        storeActivation(value, type, resultBuffer(sink.result), row, feature);
      }
    }
  });
  return success();
}

FailureOr<Value> MatmulLowering::evaluate(MatmulSegment &segment, Value sink, Value row, Value column,
                                          ArrayRef<Value> results) {
  auto leaf = [&](Value value, Value atRow, Value feature) -> Value {
    for (auto [root, result] : llvm::zip(segment.roots, results)) {
      if (root.op.getResult() == value) {
        Value bias = root.op.getBias();
        return bias ? b.addf(result, loadWeight(bias, feature)) : result;
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
    return succeeded(own) ? rotateColumn(segment, *own, atRow, feature) : Value();
  };
  return ElementEvaluator(b, rotated).at(sink, row, column);
}

/// Partners are in neighbouring columns, so lanesK lanes apart.
Value MatmulLowering::rotateColumn(MatmulSegment &segment, Value own, Value row, Value column) {
  int64_t lanesK = segment.roots.front().layout.getLanesK();
  lm::RopeOp rope = segment.rope;
  Value partner = ShuffleXorOp::create(b, own, lanesK);
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
Value MatmulLowering::unpairedColumn(lm::RopeOp rope, Value column) {
  if (!rope.getPaired()) {
    return column;
  }
  Value within = b.rem(column, rope.getHeadSize());
  int64_t rotary = rope.getRotary();
  Value unpaired = b.add(b.div(within, 2), b.mul(b.rem(within, 2), rotary / 2));
  Value moved = b.select(b.less(within, b.i32(rotary)), unpaired, within);
  return b.add(b.sub(column, within), moved);
}
