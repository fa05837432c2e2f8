#include "passes/tile/MatrixMatmul.h"

#include "passes/tile/WeightFragment.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

MatrixMatmulLowering::MatrixMatmulLowering(KernelOp kernel, MatmulKernel &description,
                                           int64_t waveSize)
    : MatmulLowering(kernel, description, waveSize), matrix(schedule.getMatrix()) {}

/// What the planner sees to when it gives a kernel a matrix instruction.
LogicalResult MatrixMatmulLowering::verify() {
  Type element = description.inputElement();
  if (!(element.isF16() || element.isBF16()) || rows > matrix.getRows()) {
    return kernel.emitError("takes up to ")
           << matrix.getRows() << " rows of f16 or bf16 to its matrix instruction";
  }
  for (MatmulSegment &segment : description.segments) {
    for (MatmulRoot &root : segment.roots) {
      bool isPacked = root.isInteger() && root.layout.getColumns() == matrix.getColumns();
      int64_t stageOfWaves = root.packed.runDepth() * schedule.getSplitK();
      if (!isPacked || schedule.getStage() % stageOfWaves != 0) {
        return root.op.emitError("has no weights in columns and stages of its matrix instruction");
      }
    }
  }
  return success();
}

MatmulLowering::Shape MatrixMatmulLowering::shapeOf(MatmulSegment &segment) {
  Shape shape = MatmulLowering::shapeOf(segment);
  int64_t split = schedule.getSplitK();
  shape.stageRuns = llvm::alignTo(shape.stageRuns, split);
  shape.stages = llvm::divideCeil(shape.runs, shape.stageRuns);
  shape.stagedRuns = shape.stages * shape.stageRuns;
  shape.depthTurns = shape.lanesK / matrix.getDepthLanes();
  shape.granule = 0;
  // A row is staged as it is. Eight rows that follow each other start 16 bytes apart in the banks.
  constexpr int64_t bankBytes = 128;
  int64_t own = shape.stageRuns * shape.runDepth * bytesOf(shape.element);
  shape.pieceStride = shape.lanesK * shape.pieceBytes();
  shape.rowPadding = llvm::alignTo(own, bankBytes) + shape.pieceBytes() - own;
  // Turns share out the runs of a stage evenly.
  int64_t count = runsOfWave(shape), perRun = shape.depthTurns * segment.roots.size() *
                                              segment.roots.front().layout.getColumnsPerLane() *
                                              segment.roots.front().packed.runLoads();
  int64_t wanted = std::clamp<int64_t>(schedule.getPrefetch() / perRun, 1, count);
  shape.ahead = count;
  for (int64_t ahead = wanted; ahead <= count && ahead <= 2 * wanted; ++ahead) {
    if (count % ahead == 0) {
      shape.ahead = ahead;
      return shape;
    }
  }
  for (shape.ahead = wanted; count % shape.ahead != 0;) {
    --shape.ahead;
  }
  return shape;
}

MatmulLowering::Place MatrixMatmulLowering::placeOf(MatmulSegment &segment, Value workgroup) {
  Place place = MatmulLowering::placeOf(segment, workgroup);
  int64_t lanesK = segment.roots.front().layout.getLanesK();
  place.column = b.rem(lane, matrix.getColumns());
  place.depthLane = b.rem(b.div(lane, matrix.getColumns()), matrix.getDepthLanes());
  place.laneOffset = b.mul(b.add(b.mul(place.column, lanesK), place.depthLane), loadBytes);
  return place;
}

//===-- Along K -------------------------------------------------------------------------------===//

SmallVector<Value> MatrixMatmulLowering::State::values() const {
  SmallVector<Value> all(sums);
  for (const Loads &loads : loaded) {
    llvm::append_range(all, loads);
  }
  llvm::append_range(all, rows);
  return all;
}

MatrixMatmulLowering::State MatrixMatmulLowering::State::with(ValueRange values) const {
  State other = *this;
  auto take = [&](SmallVector<Value> &part) {
    llvm::copy(values.take_front(part.size()), part.begin());
    values = values.drop_front(part.size());
  };
  take(other.sums);
  llvm::for_each(other.loaded, take);
  take(other.rows);
  return other;
}

/// Issues the loads of the wave's run `index`, counted through all stages.
MatmulLowering::Loads MatrixMatmulLowering::loadRunOfWave(MatmulSegment &segment,
                                                          const Shape &shape, const Place &place,
                                                          Value index) {
  Value run = b.add(b.mul(index, schedule.getSplitK()), place.splitIndex);
  if (shape.stagedRuns != shape.runs) {
    run = b.minimum(run, b.i32(shape.runs - 1));
  }
  return loadRun(segment, shape, place, run);
}

MatmulLowering::Accumulators
MatrixMatmulLowering::accumulate(MatmulSegment &segment, const Shape &shape, const Place &place) {
  State state;
  for (int64_t i = 0; i < shape.ahead; ++i) {
    state.loaded.push_back(loadRunOfWave(segment, shape, place, b.i32(i)));
  }
  ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
  if (hasNorm()) {
    computeNorms();
  }
  state.rows = loadRowsOf(shape, b.i32(0));
  auto sum = VectorType::get(matrix.getRows() * matrix.getColumns() / waveSize, b.getF32Type());
  state.sums.assign(segment.roots.size() * segment.roots.front().layout.getColumnsPerLane(),
                    b.zeros(sum));
  int64_t last = shape.stages - 1;
  if (last > 0) {
    state = state.with(
        b.loop(b.i32(0), b.i32(last), 1, state.values(), [&](Value stage, ValueRange current) {
          State now = state.with(current);
          return addStage(segment, shape, place, stage, std::move(now), /*isLast=*/false).values();
        }));
  }
  state = addStage(segment, shape, place, b.i32(last), std::move(state), /*isLast=*/true);
  scaleChannels(segment, place, state.sums);
  return state.sums;
}

//===-- A stage -------------------------------------------------------------------------------===//

MatrixMatmulLowering::State MatrixMatmulLowering::addStage(MatmulSegment &segment,
                                                           const Shape &shape, const Place &place,
                                                           Value stage, State state, bool isLast) {
  if (shape.stages > 1) {
    BarrierOp::create(b); // the previous stage has been read
  }
  stageRowsOf(shape, stage, state.rows);
  BarrierOp::create(b);
  if (!isLast) {
    state.rows = loadRowsOf(shape, b.add(stage, 1));
  }
  int64_t ahead = shape.ahead, turns = runsOfWave(shape) / ahead,
          refilled = turns - (isLast ? 1 : 0);
  auto refillingTurn = [&](Value turn, ValueRange current) {
    State now = state.with(current);
    addTurn(segment, shape, place, {stage, b.mul(turn, ahead), ahead}, now);
    return now.values();
  };
  if (refilled > 0) {
    state = state.with(b.loop(b.i32(0), b.i32(refilled), 1, state.values(), refillingTurn));
  }
  if (isLast) {
    addTurn(segment, shape, place, {stage, b.i32(refilled * ahead), 0}, state);
  }
  return state;
}

/// Features of a lane that are read from LDS together.
int64_t MatrixMatmulLowering::groupElements(const Shape &shape) {
  constexpr int64_t mostPieces = 4;
  int64_t most = std::max(unitElements(), mostPieces * pieceFeatures);
  return std::min(shape.depthTurns * shape.runElements, most);
}

/// Adds the runs that are under way. Each makes room for the loads of a later one. Fragments of the
/// rows are read while the group before is multiplied, and not earlier, so that registers last.
void MatrixMatmulLowering::addTurn(MatmulSegment &segment, const Shape &shape, const Place &place,
                                   const Turn &turn, State &state) {
  int64_t ahead = shape.ahead, size = groupElements(shape);
  int64_t groups = shape.depthTurns * shape.runElements / size;
  Value before = b.add(b.mul(turn.stage, runsOfWave(shape)), turn.first);
  auto read = [&](int64_t index) {
    Value run = b.add(turn.first, index / groups);
    Value localRun = b.add(b.mul(run, schedule.getSplitK()), place.splitIndex);
    return readFragments(shape, place, localRun, index % groups * size, size / unitElements());
  };
  SmallVector<Value> fragments = read(0);
  for (int64_t index = 0; index < ahead * groups; ++index) {
    int64_t run = index / groups;
    SmallVector<Value> next = index + 1 < ahead * groups ? read(index + 1) : SmallVector<Value>();
    SmallVector<Chain> chains = chainsOf(segment, shape, state.loaded[run], state.sums);
    addGroup(chains, shape, place, fragments, index % groups * size);
    if (index % groups == groups - 1 && run < turn.refills) {
      state.loaded[run] = loadRunOfWave(segment, shape, place, b.add(before, run + ahead));
    }
    fragments = std::move(next);
  }
}

/// Adds the products of the lane's features from element `begin` of its run on.
void MatrixMatmulLowering::addGroup(MutableArrayRef<Chain> chains, const Shape &shape,
                                    const Place &place, ArrayRef<Value> fragments, int64_t begin) {
  int64_t unit = unitElements(), held = matrix.getOperandElements();
  for (auto [index, fragment] : llvm::enumerate(fragments)) {
    for (Chain &chain : chains) {
      Value weights = weightsOf(chain, shape, place, begin + index * unit);
      for (int64_t at = 0; at < unit; at += held) {
        chain.sums[0] = MatrixMultiplyOp::create(b, b.slice(fragment, at, held),
                                                 b.slice(weights, at, held), chain.sums[0], matrix);
      }
    }
  }
  ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
}

/// A unit of the lane's weights from element `begin` of its run on.
Value MatrixMatmulLowering::weightsOf(const Chain &chain, const Shape &shape, const Place &place,
                                      int64_t begin) {
  MatmulRoot &root = *chain.root;
  int64_t unit = unitElements(), within = begin % shape.perLoad;
  Value words =
      b.slice(chain.words[begin / shape.perLoad], within * shape.bits / 32, unit * shape.bits / 32);
  if (root.isPerChannel()) {
    SmallVector<Value> zero;
    if (root.hasZeros()) {
      zero.push_back(channelPart(root, place, chain.slot, root.packed.zerosOffset()));
    }
    return weightFragment(b, root, shape.element, words, within, {}, zero);
  }
  int64_t run = root.scaledRun();
  auto parts = [&](ArrayRef<Value> values) {
    return values.empty() ? values : values.slice(begin / run, std::max<int64_t>(1, unit / run));
  };
  return weightFragment(b, root, shape.element, words, within, parts(chain.scales),
                        parts(chain.zeros));
}

//===-- Results -------------------------------------------------------------------------------===//

/// Adds up the waves that share a panel: the matrix instruction has added up the lanes.
MatmulLowering::Accumulators MatrixMatmulLowering::combineLanes(const Shape &shape,
                                                                const Place &place,
                                                                Accumulators sums,
                                                                int64_t columns) {
  int64_t split = schedule.getSplitK(), count = sums.size();
  if (split == 1) {
    return sums;
  }
  constexpr int64_t perStore = loadBytes / 4;
  int64_t held = cast<VectorType>(sums.front().getType()).getNumElements();
  auto offset = [&](Value fromWave, int64_t index, int64_t at) {
    Value sum = b.add(b.mul(fromWave, count), index);
    return b.offset(b.mul(b.add(b.mul(sum, waveSize), lane), loadBytes),
                    at / perStore * schedule.getWaves() * count * waveSize * loadBytes);
  };
  for (auto [index, sum] : llvm::enumerate(sums)) {
    for (int64_t at = 0; at < held; at += perStore) {
      b.store(b.slice(sum, at, perStore), shared.partials, offset(wave, index, at));
    }
  }
  BarrierOp::create(b);
  Value firstWave = b.sub(wave, place.splitIndex);
  for (auto [index, sum] : llvm::enumerate(sums)) {
    Value total = b.zeros(sum.getType());
    for (int64_t at = 0; at < held; at += perStore) {
      Value part;
      for (int64_t i = 0; i < split; ++i) {
        Value own = b.load(shared.partials, offset(b.add(firstWave, i), index, at), b.getF32Type(),
                           perStore);
        part = part ? b.addf(part, own) : own;
      }
      total = held == perStore ? part
                               : vector::InsertStridedSliceOp::create(
                                     b, part, total, ArrayRef<int64_t>{at}, ArrayRef<int64_t>{1})
                                     .getResult();
    }
    sum = total;
  }
  return sums;
}

/// A lane has some rows of each of its columns.
LogicalResult MatrixMatmulLowering::storeSegment(MatmulSegment &segment, const Shape &shape,
                                                 const Place &place, const Accumulators &sums) {
  MatmulRoot &first = segment.roots.front();
  int64_t slots = first.layout.getColumnsPerLane();
  int64_t held = matrix.getRows() * matrix.getColumns() / waveSize;
  Value stores = b.both(place.valid, b.equal(place.splitIndex, b.i32(0)));
  Value group = b.mul(b.div(lane, matrix.getColumns()), matrix.getRowRun());
  for (int64_t slot = 0; slot < slots; ++slot) {
    Value column = b.add(b.mul(place.panel, first.packed.panelColumns()),
                         b.add(place.column, slot * first.layout.getColumns()));
    for (int64_t index = 0; index < held && matrix.getRow(index, waveSize) < rows; ++index) {
      Value local = b.add(group, matrix.getRow(index, waveSize));
      Value row = b.add(firstRow, local);
      Value exists = b.both(b.less(local, b.i32(rows)), b.less(row, rowCount));
      SmallVector<Value> results;
      for (size_t root = 0; root < segment.roots.size(); ++root) {
        results.push_back(finished(b.extract(sums[root * slots + slot], index), local));
      }
      Element element{b.minimum(row, b.sub(rowCount, b.i32(1))), column, b.both(stores, exists),
                      /*neighbourMask=*/1};
      if (failed(storeElement(segment, element, results))) {
        return failure();
      }
    }
  }
  return success();
}
