// The inner loop of a matmul kernel: weights streamed, unpacked and multiplied with the staged rows.
#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

MatmulLowering::Accumulators MatmulLowering::accumulate(MatmulSegment &segment, const Shape &shape,
                                                        const Place &place) {
  int64_t slots = segment.roots.front().layout.getColumnsPerLane();
  Accumulators sums(segment.roots.size() * slots * rows, b.f32(0));
  return b.loop(b.i32(0), b.i32(shape.stages * shape.stageSteps), shape.stageSteps, sums,
                [&](Value firstStep, ValueRange current) -> SmallVector<Value> {
                  if (shape.stages > 1) {
                    BarrierOp::create(b); // the previous stage has been read
                  }
                  stageRows(shape, firstStep);
                  BarrierOp::create(b);
                  return stepsOfStage(segment, shape, place, firstStep, current);
                });
}

MatmulLowering::Accumulators MatmulLowering::stepsOfStage(MatmulSegment &segment, const Shape &shape,
                                                          const Place &place, Value firstStep,
                                                          ValueRange initial) {
  Value left = b.sub(b.i32(shape.steps), firstStep);
  Value count = shape.stages == 1 ? b.i32(shape.steps) : b.minimum(left, b.i32(shape.stageSteps));
  return b.loop(place.splitIndex, count, schedule.getSplitK(), initial,
                [&](Value localStep, ValueRange current) -> SmallVector<Value> {
                  Accumulators sums(current);
                  Value step = b.add(firstStep, localStep);
                  MutableArrayRef<Value> rest(sums);
                  for (MatmulRoot &root : segment.roots) {
                    for (int64_t slot = 0; slot < root.layout.getColumnsPerLane(); ++slot) {
                      addStep(root, shape, place, step, localStep, slot, rest.take_front(rows));
                      rest = rest.drop_front(rows);
                    }
                  }
                  return sums;
                });
}

/// Adds one load of weights, times every row, to the rows' sums.
void MatmulLowering::addStep(MatmulRoot &root, const Shape &shape, const Place &place, Value step,
                             Value localStep, int64_t slot, MutableArrayRef<Value> rowSums) {
  int64_t slots = root.layout.getColumnsPerLane(), loadBytes = waveSize * 16;
  Value load = b.add(b.mul(b.add(b.mul(place.panel, shape.steps), step), slots), slot);
  Value offset = b.add(b.mul(load, loadBytes), b.mul(lane, 16));
  Value buffer = bufferOf(root.op.getWeight());
  Value packed = b.load(buffer, offset, b.getI32Type(), 4, /*streaming=*/true, /*invariant=*/true);
  if (root.isInteger()) {
    addInteger(root, shape, place, step, localStep, slot, packed, rowSums);
    return;
  }
  Type stored = qnt::elementTypeOf(root.type().getEncoding(), b.getContext());
  Value weights = vector::BitCastOp::create(b, VectorType::get(shape.perLoad, stored), packed);
  if (stored != shape.element) {
    weights = b.toF32(weights);
  }
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t piece = 0; piece < shape.pieces; ++piece) {
      Value part = b.slice(weights, piece * shape.perPiece, shape.perPiece);
      Value x = stagedPiece(shape, place, localStep, row, piece);
      rowSums[row] = DotOp::create(b, part, x, rowSums[row]);
    }
  }
}

/// Integer weights: for each run that shares a scale, sum += scale * (sum a (q + bias) - (bias + zero) sum a).
void MatmulLowering::addInteger(MatmulRoot &root, const Shape &shape, const Place &place, Value step,
                                Value localStep, int64_t slot, Value packed,
                                MutableArrayRef<Value> rowSums) {
  qnt::WeightType type = root.type();
  int64_t bias = shape.element.isF16() ? 1024 : 0;
  auto unpackedType = VectorType::get(shape.perLoad, shape.element);
  Value weights = UnpackOp::create(b, unpackedType, packed, qnt::bitsOf(type.getEncoding()), bias);
  int64_t run = root.scaledRun();
  int64_t columns = root.layout.getColumns(), slots = root.layout.getColumnsPerLane();
  Type scaleType = qnt::elementTypeOf(type.getScale(), b.getContext());
  Value firstFeature = b.add(b.mul(step, shape.stepDepth), b.mul(place.depthLane, shape.perLoad));

  for (int64_t begin = 0; begin < shape.perLoad; begin += run) {
    Value block = root.isPerChannel() ? b.i32(0) : b.div(b.add(firstFeature, begin), type.getBlock());
    Value index = b.add(b.mul(b.add(b.mul(place.panel, root.packed.blocks()), block), slots), slot);
    index = b.mul(b.add(b.mul(index, columns), place.column), bytesOf(scaleType));
    auto loadPart = [&](int64_t part) {
      return b.toF32(b.load(bufferOf(root.op.getWeight()), b.add(index, part), scaleType, 1, false,
                            /*invariant=*/true));
    };
    Value scale = loadPart(root.packed.scalesOffset());
    Value shift = type.getZero() == qnt::Encoding::none
                      ? b.f32(-double(bias + root.packed.implicitZero()))
                      : b.subf(b.f32(-double(bias)), loadPart(root.packed.zerosOffset()));
    for (int64_t row = 0; row < rows; ++row) {
      Value dot = b.f32(0);
      for (int64_t at = begin; at < begin + run; at += shape.perPiece) {
        Value x = stagedPiece(shape, place, localStep, row, at / shape.perPiece);
        dot = DotOp::create(b, b.slice(weights, at, shape.perPiece), x, dot);
      }
      Value sum = stagedSum(shape, place, localStep, row, begin, run);
      rowSums[row] = b.fma(scale, b.fma(shift, sum, dot), rowSums[row]);
    }
  }
}

/// 16 bytes of a staged row: those that match elements [piece * perPiece, ...) of the lane's weights.
Value MatmulLowering::stagedPiece(const Shape &shape, const Place &place, Value localStep, int64_t row,
                                  int64_t piece) {
  int64_t pieceBytes = shape.perPiece * bytesOf(shape.element);
  Value place16 = b.add(b.mul(localStep, shape.pieces * shape.lanesK), place.depthLane);
  Value offset = b.add(b.mul(place16, pieceBytes), row * shape.rowBytes() + piece * shape.lanesK * pieceBytes);
  return b.load(shared.rows, offset, shape.element, shape.perPiece);
}

/// The sum of `size` staged features of a row, from element `begin` of the lane's weights.
Value MatmulLowering::stagedSum(const Shape &shape, const Place &place, Value localStep, int64_t row,
                                int64_t begin, int64_t size) {
  int64_t perLoad = shape.perLoad / shape.granule;
  Value first = b.mul(b.add(b.mul(localStep, shape.lanesK), place.depthLane), perLoad);
  Value sum;
  for (int64_t at = begin / shape.granule; at < (begin + size) / shape.granule; ++at) {
    Value offset = b.mul(b.add(first, row * shape.sumsPerRow() + at), 4);
    Value part = b.load(shared.sums, offset, b.getF32Type());
    sum = sum ? b.addf(sum, part) : part;
  }
  return sum;
}

/// Adds up the lanes of each column, then the waves that share a panel.
MatmulLowering::Accumulators MatmulLowering::combineLanes(const Shape &shape, const Place &place,
                                                          Accumulators sums, int64_t columns) {
  for (Value &sum : sums) {
    sum = ReduceWaveOp::create(b, sum, Reduction::add, shape.lanesK);
  }
  int64_t split = schedule.getSplitK(), count = sums.size();
  if (split == 1) {
    return sums;
  }
  auto offset = [&](Value fromWave, int64_t index) {
    Value row = b.add(b.mul(fromWave, count), index);
    return b.mul(b.add(b.mul(row, columns), place.column), 4);
  };
  b.when(b.equal(place.depthLane, b.i32(0)), [&] {
    for (auto [index, sum] : llvm::enumerate(sums)) {
      b.store(sum, shared.partials, offset(wave, index));
    }
  });
  BarrierOp::create(b);
  Value firstWave = b.sub(wave, place.splitIndex);
  for (auto [index, sum] : llvm::enumerate(sums)) {
    sum = b.f32(0);
    for (int64_t i = 0; i < split; ++i) {
      sum = b.addf(sum, b.load(shared.partials, offset(b.add(firstWave, i), index), b.getF32Type()));
    }
  }
  return sums;
}
