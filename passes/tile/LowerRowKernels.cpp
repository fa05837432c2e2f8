#include "passes/tile/KernelLowering.h"
#include "passes/tile/Passes.h"
#include "passes/tile/RowQuantizer.h"

namespace qcc::tile {
#define GEN_PASS_DEF_LOWERROWKERNELS
#include "passes/tile/Passes.h.inc"

using namespace mlir;

namespace {

/// One kernel of embeddings, norms and elementwise operations: a workgroup a row.
class RowLowering : public KernelLowering {
public:
  using KernelLowering::KernelLowering;
  LogicalResult run();

private:
  FailureOr<Value> evaluate(Value value, Value row, Value feature);
  FailureOr<Value> normalized(lm::RmsNormOp norm, Value row, Value feature);
  FailureOr<Value> rotated(lm::RopeOp rope, Value row, Value feature);
  LogicalResult computeNorm(lm::RmsNormOp norm, Value row);
  LogicalResult storeResults(Value row);
  LogicalResult storeResult(Value value, unsigned result, Value row);
  LogicalResult quantizeRow(qnt::QuantizeOp op, unsigned result, Value row);
  LogicalResult storeQuantized(lm::AppendOp append, Value row);
  LogicalResult quantizeHead(Value value, Value row, Value head, lm::CacheType type, Value buffer, bool isValue);
  LogicalResult forEachFeature(int64_t features, function_ref<LogicalResult(Value)> body);

  Value lane, wave;
  llvm::DenseMap<Operation *, Value> inverses; // of a norm: LDS with 1 / rms of each group
};

/// Whether `value` is read through a select_rows on the way to a result.
bool isBeforeSelect(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<lm::SelectRowsOp>(user) ||
           (user->getNumResults() == 1 && isBeforeSelect(user->getResult(0)));
  });
}

FailureOr<Value> RowLowering::evaluate(Value value, Value row, Value feature) {
  bool failedInside = false;
  auto keep = [&](FailureOr<Value> found) {
    failedInside |= failed(found);
    return succeeded(found) ? *found : Value();
  };
  auto leaf = [&](Value value, Value row, Value feature) -> Value {
    if (isa<BlockArgument>(value)) {
      return loadActivation(value, row, feature);
    }
    Operation *op = value.getDefiningOp();
    if (auto embed = dyn_cast<lm::EmbedOp>(op)) {
      return loadWeight(embed.getTable(), state().token(row), feature);
    }
    if (auto select = dyn_cast<lm::SelectRowsOp>(op)) {
      return keep(evaluate(select.getInput(), state().logitIndex(row), feature));
    }
    if (auto norm = dyn_cast<lm::RmsNormOp>(op)) {
      return keep(normalized(norm, row, feature));
    }
    if (auto rope = dyn_cast<lm::RopeOp>(op)) {
      return keep(rotated(rope, row, feature));
    }
    return {};
  };
  FailureOr<Value> result = ElementEvaluator(b, leaf).at(value, row, feature);
  if (failedInside) {
    return failure();
  }
  return result;
}

FailureOr<Value> RowLowering::normalized(lm::RmsNormOp norm, Value row, Value feature) {
  FailureOr<Value> x = evaluate(norm.getInput(), row, feature);
  if (failed(x)) {
    return failure();
  }
  int64_t features = cast<RankedTensorType>(norm.getInput().getType()).getDimSize(1);
  int64_t group = norm.getGroup().value_or(features);
  Value inverse = b.load(inverses.lookup(norm), b.mul(b.div(feature, group), 4), b.getF32Type());
  return b.mulf(b.mulf(*x, inverse), loadWeight(norm.getWeight(), b.rem(feature, group)));
}

FailureOr<Value> RowLowering::rotated(lm::RopeOp rope, Value row, Value feature) {
  if (rope.getPaired()) {
    return rope.emitError("paired features are rotated by the kernel that computes them"), failure();
  }
  int64_t half = rope.getRotary() / 2;
  Value within = b.rem(feature, rope.getHeadSize());
  Value inside = b.less(within, b.i32(2 * half));
  Value isSecond, pair, partner;
  if (rope.getInterleaved()) {
    isSecond = b.equal(b.rem(within, 2), b.i32(1));
    pair = b.div(within, 2);
    partner = arith::XOrIOp::create(b, feature, b.i32(1));
  } else {
    isSecond = b.less(b.i32(half - 1), within);
    pair = b.select(isSecond, b.sub(within, b.i32(half)), within);
    partner = b.select(isSecond, b.sub(feature, b.i32(half)), b.add(feature, half));
  }
  // Features past the rotation read themselves and are not rotated.
  pair = b.minimum(pair, b.i32(half - 1));
  partner = b.select(inside, partner, feature);
  FailureOr<Value> own = evaluate(rope.getInput(), row, feature);
  FailureOr<Value> other = evaluate(rope.getInput(), row, partner);
  if (failed(own) || failed(other)) {
    return failure();
  }
  Value position = state().position(row);
  Value turned = rotate(b, *own, *other, isSecond, loadWeight(rope.getCos(), position, pair),
                        loadWeight(rope.getSin(), position, pair));
  return b.select(inside, turned, *own);
}

/// 1 / rms of every group of features, by the waves in turn.
LogicalResult RowLowering::computeNorm(lm::RmsNormOp norm, Value row) {
  int64_t features = cast<RankedTensorType>(norm.getInput().getType()).getDimSize(1);
  int64_t group = norm.getGroup().value_or(features), groups = features / group;
  Value shared = SharedOp::create(b, BufferType::get(b.getContext(), Space::shared), groups * 4);
  LogicalResult result = success();
  b.loop(wave, b.i32(groups), schedule.getWaves(), {}, [&](Value index, ValueRange) -> SmallVector<Value> {
    Value first = b.mul(index, group);
    Value squares = b.loop(lane, b.i32(group), waveSize, b.f32(0),
                           [&](Value i, ValueRange sum) -> SmallVector<Value> {
                             FailureOr<Value> x = evaluate(norm.getInput(), row, b.add(first, i));
                             if (failed(x)) {
                               result = failure();
                               return {sum[0]};
                             }
                             return {b.fma(*x, *x, sum[0])};
                           })[0];
    Value total = ReduceWaveOp::create(b, squares, Reduction::add, waveSize);
    double epsilon = norm.getEpsilon().convertToDouble();
    Value mean = b.fma(total, b.f32(1.0 / group), b.f32(epsilon));
    Value inverse = math::RsqrtOp::create(b, mean);
    b.when(b.equal(lane, b.i32(0)), [&] { b.store(inverse, shared, b.mul(index, 4)); });
    return {};
  });
  BarrierOp::create(b);
  inverses[norm] = shared;
  return result;
}

LogicalResult RowLowering::forEachFeature(int64_t features, function_ref<LogicalResult(Value)> body) {
  LogicalResult result = success();
  Value thread = b.add(b.mul(wave, waveSize), lane);
  b.loop(thread, b.i32(features), schedule.getWaves() * waveSize, {},
         [&](Value feature, ValueRange) -> SmallVector<Value> {
           result = body(feature);
           return {};
         });
  return result;
}

/// Keys and values of the row as integers with a scale a head, by the waves in turn.
LogicalResult RowLowering::storeQuantized(lm::AppendOp append, Value row) {
  lm::CacheType type = append.getCache().getType();
  Value buffer = bufferOf(append.getCache());
  LogicalResult result = success();
  b.loop(wave, b.i32(type.getHeads()), schedule.getWaves(), {}, [&](Value head, ValueRange) -> SmallVector<Value> {
    for (bool isValue : {false, true}) {
      Value source = isValue ? append.getValue() : append.getKey();
      if (failed(quantizeHead(source, row, head, type, buffer, isValue))) {
        result = failure();
      }
    }
    return {};
  });
  return result;
}

/// A head of `value`, by one wave. Lanes past its end repeat its last element.
LogicalResult RowLowering::quantizeHead(Value value, Value row, Value head, lm::CacheType type, Value buffer,
                                        bool isValue) {
  constexpr double largest = 127;
  int64_t size = type.getHeadSize();
  SmallVector<Value> elements, places;
  Value most = b.f32(0);
  for (int64_t first = 0; first < size; first += waveSize) {
    places.push_back(b.minimum(b.add(lane, first), b.i32(size - 1)));
    FailureOr<Value> x = evaluate(value, row, b.add(b.mul(head, size), places.back()));
    if (failed(x)) {
      return failure();
    }
    elements.push_back(*x);
    most = b.maxf(most, math::AbsFOp::create(b, *x));
  }
  most = ReduceWaveOp::create(b, most, Reduction::max, waveSize);
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, most, b.f32(0));
  Value scale = b.divf(most, b.f32(largest));
  Value inverse = b.select(isZero, b.f32(0), b.divf(b.f32(1), scale));
  for (auto [x, place] : llvm::zip_equal(elements, places)) {
    Value whole = math::RoundEvenOp::create(b, b.mulf(x, inverse));
    Value stored = arith::FPToSIOp::create(b, b.getI8Type(), whole);
    b.store(stored, buffer, cacheOffset(type, isValue, row, b.add(b.mul(head, size), place)));
  }
  b.when(b.equal(lane, b.i32(0)), [&] {
    Value offset = b.mul(b.wide(cachePlace(type, row, head)), b.i64(4));
    b.store(scale, buffer, b.add(offset, b.i64(type.getScalesOffset(isValue))));
  });
  return success();
}

/// The row as int8 with a scale a block of channels, by the waves in turn.
LogicalResult RowLowering::quantizeRow(qnt::QuantizeOp op, unsigned result, Value row) {
  qnt::ActivationType type = op.getType();
  RowQuantizer quantizer(b, type, resultBuffer(result), waveSize);
  LogicalResult outcome = success();
  b.loop(wave, b.i32(type.getBlocksPerRow()), schedule.getWaves(), {},
         [&](Value block, ValueRange) -> SmallVector<Value> {
           SmallVector<Value> values;
           Value channel = quantizer.firstChannel(block, lane);
           for (int64_t i = 0; i < quantizer.perLane(); ++i) {
             FailureOr<Value> value = evaluate(op.getInput(), row, b.add(channel, i));
             if (failed(value)) {
               outcome = failure();
               return {};
             }
             values.push_back(*value);
           }
           quantizer.store(row, block, lane, values, normWeights(op, channel, quantizer.perLane()));
           return {};
         });
  return outcome;
}

LogicalResult RowLowering::storeResult(Value value, unsigned result, Value row) {
  if (auto quantize = value.getDefiningOp<qnt::QuantizeOp>()) {
    return quantizeRow(quantize, result, row);
  }
  if (auto append = value.getDefiningOp<lm::AppendOp>()) {
    lm::CacheType type = append.getCache().getType();
    if (type.isQuantized()) {
      return storeQuantized(append, row);
    }
    return forEachFeature(type.getHeads() * type.getHeadSize(), [&](Value feature) -> LogicalResult {
      FailureOr<Value> key = evaluate(append.getKey(), row, feature);
      FailureOr<Value> content = evaluate(append.getValue(), row, feature);
      if (failed(key) || failed(content)) {
        return failure();
      }
      storeCache(*key, type, bufferOf(append.getCache()), /*isValue=*/false, row, feature);
      storeCache(*content, type, bufferOf(append.getCache()), /*isValue=*/true, row, feature);
      return success();
    });
  }
  auto type = cast<RankedTensorType>(value.getType());
  return forEachFeature(type.getDimSize(1), [&](Value feature) -> LogicalResult {
    FailureOr<Value> element = evaluate(value, row, feature);
    if (failed(element)) {
      return failure();
    }
    storeActivation(*element, type, resultBuffer(result), row, feature);
    return success();
  });
}

LogicalResult RowLowering::storeResults(Value row) {
  for (auto norm : kernel.getBody().front().getOps<lm::RmsNormOp>()) {
    Value normRow = isBeforeSelect(norm.getResult()) ? state().logitIndex(row) : row;
    if (failed(computeNorm(norm, normRow))) {
      return failure();
    }
  }
  Operation *end = kernel.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(end->getOperands())) {
    if (failed(storeResult(value, index, row))) {
      return failure();
    }
  }
  return success();
}

LogicalResult RowLowering::run() {
  Block &body = kernel.getBody().front();
  int64_t capacity = 1;
  for (Value value : body.getTerminator()->getOperands()) {
    auto append = value.getDefiningOp<lm::AppendOp>();
    auto quantize = value.getDefiningOp<qnt::QuantizeOp>();
    Value rows = append ? append.getKey() : quantize ? quantize.getInput() : value;
    capacity = cast<RankedTensorType>(rows.getType()).getDimSize(0);
  }
  bool selects = !body.getOps<lm::SelectRowsOp>().empty();
  Value row = WorkgroupIdOp::create(b, Axis::x);
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  LogicalResult result = success();
  b.when(b.less(row, selects ? state().logitRows() : state().rows()),
         [&] { result = storeResults(row); });
  finish(schedule.getWaves() * waveSize, {capacity, 1, 1});
  if (failed(result)) {
    kernel.emitError("has an operation that is neither elementwise, nor an embedding, norm or rotation");
  }
  return result;
}

struct LowerRowKernels : impl::LowerRowKernelsBase<LowerRowKernels> {
  using Base::Base;

  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      bool mine = kernel.getKind() == "embed" || kernel.getKind() == "rows";
      if (mine && !kernel.isLowered() && failed(RowLowering(kernel, waveSize).run())) {
        return signalPassFailure();
      }
    }
  }
};

} // namespace
} // namespace qcc::tile
