#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

MatmulLowering::MatmulLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize)
    : KernelLowering(kernel, waveSize), description(description), rows(schedule.getRows()),
      panelsPerGroup(schedule.getWaves() / schedule.getSplitK()) {}

//===-- Shapes ---------------------------------------------------------------------------------------===//

/// Rows are staged as f16 where that is exact and the weights are, or unpack to, f16.
static Type stagedElement(MatmulSegment &segment, Type activation) {
  bool half = activation.isF16() && llvm::all_of(segment.roots, [](MatmulRoot &root) {
                return root.isInteger() || root.type().getEncoding() == qnt::Encoding::f16;
              });
  return half ? activation : Float32Type::get(activation.getContext());
}

MatmulLowering::Shape MatmulLowering::shapeOf(MatmulSegment &segment) {
  MatmulRoot &first = segment.roots.front();
  Type activation = getElementTypeOrSelf(description.input.getType());
  Shape shape;
  shape.element = stagedElement(segment, activation);
  shape.perLoad = first.packed.elementsPerLoad();
  shape.perPiece = std::min<int64_t>(16 / bytesOf(shape.element), shape.perLoad);
  shape.pieces = shape.perLoad / shape.perPiece;
  shape.lanesK = first.layout.getLanesK();
  shape.stepDepth = first.packed.stepDepth();
  shape.steps = first.packed.steps();
  int64_t stage = schedule.getStage();
  shape.stageSteps = stage == 0 ? shape.steps
                                : std::clamp<int64_t>(stage / shape.stepDepth, 1, shape.steps);
  shape.stages = llvm::divideCeil(shape.steps, shape.stageSteps);
  int64_t width = vectorWidth(description.depth(), bytesOf(activation));
  shape.vector = std::min(width, shape.perPiece);
  shape.granule = 0;
  for (MatmulRoot &root : segment.roots) {
    if (root.isInteger()) {
      int64_t run = std::min(root.scaledRun(), shape.vector * waveSize);
      shape.granule = shape.granule ? std::min(shape.granule, run) : run;
    }
  }
  return shape;
}

void MatmulLowering::allocateShared() {
  int64_t rowBytes = 0, sums = 0, partials = 0;
  for (MatmulSegment &segment : description.segments) {
    Shape shape = shapeOf(segment);
    rowBytes = std::max(rowBytes, rows * shape.rowBytes());
    sums = std::max(sums, rows * shape.sumsPerRow() * 4);
    auto layout = segment.roots.front().layout;
    partials = std::max<int64_t>(partials, schedule.getWaves() * segment.roots.size() * rows *
                                               layout.getColumns() * layout.getColumnsPerLane() * 4);
  }
  auto allocate = [&](int64_t bytes) -> Value {
    auto type = BufferType::get(b.getContext(), Space::shared);
    return bytes ? SharedOp::create(b, type, bytes).getResult() : Value();
  };
  shared.rows = allocate(rowBytes);
  shared.sums = allocate(sums);
  shared.norms = allocate(description.norm ? (schedule.getWaves() + 1) * rows * 4 : 0);
  shared.partials = allocate(schedule.getSplitK() > 1 ? partials : 0);
}

//===-- The kernel -----------------------------------------------------------------------------------===//

int64_t MatmulLowering::workgroupsOf(MatmulSegment &segment) {
  return llvm::divideCeil(segment.panels(), panelsPerGroup);
}

LogicalResult MatmulLowering::run() {
  int64_t workgroups = 0;
  for (MatmulSegment &segment : description.segments) {
    workgroups += workgroupsOf(segment);
  }
  int64_t capacity = cast<RankedTensorType>(description.input.getType()).getDimSize(0);
  allocateShared();
  Value group = WorkgroupIdOp::create(b, Axis::x);
  firstRow = b.mul(WorkgroupIdOp::create(b, Axis::y), rows);
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  thread = b.add(b.mul(wave, waveSize), lane);
  rowCount = description.selectsRows ? state().logitRows() : state().rows();

  LogicalResult result = success();
  // Rows past the step's count have no work: the grid is sized for the entry point's capacity.
  b.when(b.less(firstRow, rowCount), [&] {
    if (description.norm) {
      computeNorms();
    }
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
  int64_t rowTiles = llvm::divideCeil(capacity, rows);
  finish(schedule.getWaves() * waveSize, {workgroups, rowTiles, 1});
  return result;
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
  return place;
}

LogicalResult MatmulLowering::emitSegment(MatmulSegment &segment, Value workgroup) {
  Shape shape = shapeOf(segment);
  Place place = placeOf(segment, workgroup);
  Accumulators sums = accumulate(segment, shape, place);
  sums = combineLanes(shape, place, sums, segment.roots.front().layout.getColumns());
  return storeSegment(segment, shape, place, sums);
}
