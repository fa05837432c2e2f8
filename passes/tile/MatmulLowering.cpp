#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

MatmulLowering::MatmulLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize)
    : MatmulEpilogue(kernel, description, waveSize),
      panelsPerGroup(schedule.getWaves() / schedule.getSplitK()), rows(schedule.getRows()) {}

//===-- Shapes ---------------------------------------------------------------------------------------===//

/// Rows are staged as f16 where that is exact and the weights are, or unpack to, f16.
Type MatmulLowering::stagedElement(MatmulSegment &segment) {
  Type activation = description.inputElement();
  bool half = activation.isF16() && llvm::all_of(segment.roots, [](MatmulRoot &root) {
                return root.isInteger() || root.type().getEncoding() == qnt::Encoding::f16;
              });
  return half ? activation : b.getF32Type();
}

/// The zero point of all integer matmuls of a segment, if they have one and it is implicit.
static std::optional<int64_t> commonZeroOf(MatmulSegment &segment) {
  std::optional<int64_t> zero;
  for (MatmulRoot &root : segment.roots) {
    if (!root.isInteger()) {
      continue;
    }
    if (root.hasZeros()) {
      return std::nullopt;
    }
    zero = root.packed.implicitZero();
  }
  return zero;
}

/// Bytes from one of a lane's pieces of 16 bytes to its next. Between them lie those of the other lanes, so
/// that a wave reads neighbouring addresses; one piece more lets the work-items that stage the pieces of
/// one lane write to different banks. It is left out where it would be much beside few lanes.
static int64_t pieceStrideOf(int64_t pieces, int64_t lanesK, int64_t pieceBytes) {
  return (pieces > 1 && lanesK >= 8 ? lanesK + 1 : lanesK) * pieceBytes;
}

MatmulLowering::Shape MatmulLowering::shapeOf(MatmulSegment &segment) {
  MatmulRoot &first = segment.roots.front();
  Shape shape;
  shape.element = stagedElement(segment);
  shape.bits = qnt::bitsOf(first.type().getEncoding());
  shape.perLoad = first.packed.elementsPerLoad();
  shape.perPiece = std::min<int64_t>(16 / bytesOf(shape.element), shape.perLoad);
  shape.unpacked = std::max<int64_t>(shape.perPiece, 32 / shape.bits);
  shape.lanesK = first.layout.getLanesK();
  shape.runElements = first.packed.runElements();
  shape.runDepth = first.packed.runDepth();
  shape.runs = first.packed.runs();
  int64_t stage = schedule.getStage();
  shape.stageRuns = stage == 0 ? shape.runs : std::clamp<int64_t>(stage / shape.runDepth, 1, shape.runs);
  shape.stages = llvm::divideCeil(shape.runs, shape.stageRuns);
  shape.stagedRuns = shape.runs;
  shape.depthTurns = 1;
  int64_t loadsPerRun = segment.roots.size() * first.layout.getColumnsPerLane() * first.packed.runLoads();
  shape.ahead = std::max<int64_t>(1, schedule.getPrefetch() / loadsPerRun);
  int64_t width = vectorWidth(description.depth(), bytesOf(description.inputElement()));
  shape.vector = std::min(width, shape.perPiece);
  shape.pieceStride =
      pieceStrideOf(shape.pieces(), shape.lanesK, shape.pieceBytes());
  shape.rowPadding = 0;
  // Rows of a group take 32 registers; those of the next one are read meanwhile.
  int64_t groupPieces = std::clamp<int64_t>(8 / rows, 1, shape.pieces());
  shape.groupElements = llvm::bit_floor<uint64_t>(groupPieces) * shape.perPiece;
  shape.granule = 0;
  for (MatmulRoot &root : segment.roots) {
    if (root.isInteger()) {
      int64_t run = std::min(root.scaledRun(), shape.vector * waveSize);
      shape.granule = shape.granule ? std::min(shape.granule, run) : run;
    }
  }
  shape.commonZero = commonZeroOf(segment);
  return shape;
}

void MatmulLowering::allocateShared() {
  int64_t rowBytes = 0, sums = 0, partials = 0;
  for (MatmulSegment &segment : description.segments) {
    Shape shape = shapeOf(segment);
    rowBytes = std::max(rowBytes, rows * shape.rowBytes());
    sums = std::max(sums, sumKinds(shape) * rows * shape.sumsPerRow() * 4);
    auto layout = segment.roots.front().layout;
    partials = std::max<int64_t>(partials, schedule.getWaves() * segment.roots.size() * sumRows() *
                                               layout.getColumns() * layout.getColumnsPerLane() * 4);
  }
  auto allocate = [&](int64_t bytes) -> Value {
    auto type = BufferType::get(b.getContext(), Space::shared);
    return bytes ? SharedOp::create(b, type, bytes).getResult() : Value();
  };
  shared.rows = allocate(rowBytes);
  shared.sums = allocate(sums);
  shared.norms = allocate(hasNorm() ? normBytes() : 0);
  shared.partials = allocate(schedule.getSplitK() > 1 ? partials : 0);
}

//===-- The kernel -----------------------------------------------------------------------------------===//

int64_t MatmulLowering::workgroupsOf(MatmulSegment &segment) {
  return llvm::divideCeil(segment.panels(), panelsPerGroup);
}

LogicalResult MatmulLowering::run() {
  if (failed(verify())) {
    return failure();
  }
  int64_t workgroups = 0;
  for (MatmulSegment &segment : description.segments) {
    workgroups += workgroupsOf(segment);
  }
  allocateShared();
  Value group = WorkgroupIdOp::create(b, Axis::x);
  rowTile = WorkgroupIdOp::create(b, Axis::y);
  firstRow = b.mul(rowTile, rows);
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  thread = b.add(b.mul(wave, waveSize), lane);
  rowCount = description.selectsRows ? state().logitRows() : state().rows();

  LogicalResult result = success();
  // Rows past the step's count have no work: the grid is sized for the entry point's capacity.
  b.when(b.less(firstRow, rowCount), [&] {
    int64_t first = 0;
    for (MatmulSegment &segment : description.segments) {
      int64_t end = first + workgroupsOf(segment);
      Value mine = b.less(b.sub(group, b.i32(first)), b.i32(end - first));
      auto emit = [&] {
        if (failed(emitSegment(segment, b.sub(group, b.i32(first))))) {
          result = failure();
        }
      };
      if (description.segments.size() == 1) {
        emit();
      } else {
        b.when(mine, emit);
      }
      first = end;
    }
  });
  int64_t rowTiles = llvm::divideCeil(description.capacity(), rows);
  kernel.setStreamsAttr(b.getArrayAttr(streams()));
  finish(schedule.getWaves() * waveSize, {workgroups, rowTiles, 1});
  return result;
}

/// Each workgroup reads whole panels of its segment's weights.
SmallVector<Attribute> MatmulLowering::streams() {
  SmallVector<Attribute> all;
  int64_t first = 0;
  for (MatmulSegment &segment : description.segments) {
    int64_t workgroups = workgroupsOf(segment);
    for (MatmulRoot &root : segment.roots) {
      int64_t panelBytes =
          root.packed.steps() * root.layout.getColumnsPerLane() * waveSize * loadBytes;
      auto argument = cast<BlockArgument>(bufferOf(root.op.getWeight())).getArgNumber();
      all.push_back(StreamAttr::get(b.getContext(), argument, root.packed.panels() * panelBytes,
                                    first, workgroups, panelsPerGroup, panelBytes));
    }
    first += workgroups;
  }
  return all;
}

MatmulLowering::Place MatmulLowering::placeOf(MatmulSegment &segment, Value workgroup) {
  int64_t lanesK = segment.roots.front().layout.getLanesK();
  Place place;
  Value panel = b.add(b.mul(workgroup, panelsPerGroup), b.div(wave, schedule.getSplitK()));
  place.valid = b.less(panel, b.i32(segment.panels()));
  place.panel = b.minimum(panel, b.i32(segment.panels() - 1));
  place.splitIndex = b.rem(wave, schedule.getSplitK());
  place.column = b.div(lane, lanesK);
  place.depthLane = b.rem(lane, lanesK);
  place.laneOffset = b.mul(lane, loadBytes);
  return place;
}

LogicalResult MatmulLowering::emitSegment(MatmulSegment &segment, Value workgroup) {
  Shape shape = shapeOf(segment);
  Place place = placeOf(segment, workgroup);
  Accumulators sums = accumulate(segment, shape, place);
  sums = combineLanes(shape, place, sums, segment.roots.front().layout.getColumns());
  if (failed(storeSegment(segment, shape, place, sums))) {
    return failure();
  }
  return quantizeColumns(segment, {workgroup, rowTile, firstRow, rowCount, rows,
                                   panelsPerGroup * segment.roots.front().packed.panelColumns(), wave, lane});
}

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
        results.push_back(finished(mine, b.add(place.depthLane, base)));
      }
      MatmulRoot &first = segment.roots.front();
      Value column = b.add(b.mul(place.panel, first.packed.panelColumns()),
                           b.add(place.column, slot * first.layout.getColumns()));
      if (failed(storeElement(segment, {row, column, stores, shape.lanesK}, results))) {
        return failure();
      }
    }
  }
  return success();
}
