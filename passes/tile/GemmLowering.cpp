#include "passes/tile/GemmLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

GemmLowering::GemmLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize)
    : MatmulEpilogue(kernel, description, waveSize),
      splitSums(splitSumsOf(kernel.getBody().front(), schedule)), shape(schedule.getMatrix()),
      rows(schedule.getRows()), columns(schedule.getColumns()), element(description.inputElement()),
      pieceFeatures(16 / bytesOf(element)) {}

//===-- Along K -------------------------------------------------------------------------------===//

/// Parts of a 16-byte load that lanes load on their own.
int64_t GemmLowering::loadParts(const qnt::PackedWeight &packed) {
  int64_t loaded = packed.elementsPerLoad() * shape.getDepthLanes();
  return std::max<int64_t>(1, loaded / schedule.getStage());
}

/// Those of 64 bytes of a row, which every cache fetches at once.
int64_t GemmLowering::preferredLoads(const qnt::PackedWeight &packed) {
  constexpr int64_t lineFeatures = 32;
  return lineFeatures / packed.elementsPerLoad();
}

GemmLowering::Walk GemmLowering::walkOf(MatmulSegment &segment) {
  MatmulRoot &root = segment.roots.front();
  const qnt::PackedWeight &packed = root.packed;
  Walk walk;
  walk.perLoad = packed.elementsPerLoad() / loadParts(packed);
  int64_t chunks = schedule.getStage() / walk.perLoad;
  int64_t lanesK = root.layout.getLanesK(), loads = packed.runLoads() * loadParts(packed);
  walk.runs = std::max<int64_t>(1, chunks / (lanesK * loads));
  chunks /= walk.runs;
  int64_t least = std::max<int64_t>(1, chunks / lanesK);
  int64_t preferred = preferredLoads(packed) * loadParts(packed);
  walk.perDepthLane = std::clamp(std::min(preferred, chunks), least, loads);
  walk.depthLanes = chunks / walk.perDepthLane;
  int64_t stagesOfRun = packed.runDepth() * walk.runs / schedule.getStage();
  walk.stages = llvm::divideCeil(packed.runs(), walk.runs) * stagesOfRun;
  return walk;
}

GemmLowering::Position GemmLowering::stagePosition(MatmulSegment &segment, const Walk &walk,
                                                   Value stage) {
  MatmulRoot &root = segment.roots.front();
  if (walk.runs > 1) {
    return {b.mul(stage, walk.runs), b.i32(0), b.i32(0)};
  }
  int64_t turns = root.layout.getLanesK() / walk.depthLanes;
  int64_t loads = root.packed.runLoads() * loadParts(root.packed);
  int64_t perRun = turns * (loads / walk.perDepthLane);
  Value within = b.rem(stage, perRun);
  return {b.div(stage, perRun), b.mul(b.div(within, turns), walk.perDepthLane),
          b.mul(b.rem(within, turns), walk.depthLanes)};
}

/// All sizes are powers of two, so that a chunk's place is the sum of its bits' places. Chunks that
/// follow each other are neighbours in memory.
GemmLowering::Position GemmLowering::chunkPosition(const Walk &walk, Value chunk) {
  Value load = b.div(chunk, walk.depthLanes);
  return {b.div(load, walk.perDepthLane), b.rem(load, walk.perDepthLane),
          b.rem(chunk, walk.depthLanes)};
}

Value GemmLowering::featureOf(MatmulRoot &root, const Position &position) {
  Value feature = b.add(b.mul(position.run, root.packed.runDepth()),
                        b.mul(position.depthLane, root.packed.runElements()));
  int64_t ofLoad = root.packed.elementsPerLoad() / loadParts(root.packed);
  return b.add(feature, b.mul(position.load, ofLoad));
}

//===-- The kernel ----------------------------------------------------------------------------===//

int64_t GemmLowering::workgroupsOf(MatmulSegment &segment) {
  return llvm::divideCeil(segment.columns(), columns * schedule.getWaves());
}

/// What this form of rows asks for.
LogicalResult GemmLowering::verifyForm() {
  if (description.norm) {
    return kernel.emitError(
        "a kernel on matrix instructions takes its rows as they are, not normalized");
  }
  if (!(element.isF16() || element.isBF16()) || description.depth() % pieceFeatures != 0) {
    return kernel.emitError(
        "a kernel on matrix instructions takes rows of f16 or bf16 in whole 16 bytes");
  }
  return success();
}

/// What the planner sees to when it gives a kernel a matrix instruction.
LogicalResult GemmLowering::verify() {
  int64_t stage = schedule.getStage(), threads = schedule.getWaves() * waveSize;
  int64_t pieces = rows * stage / pieceFeatures;
  if (failed(verifyForm())) {
    return failure();
  }
  bool stepsOverExchanges = threads / (stage / pieceFeatures) % 8 == 0;
  if (pieces > threads && (pieces % threads != 0 || !stepsOverExchanges)) {
    return kernel.emitError(
        "a stage of the rows is no multiple of what the workgroup loads at once");
  }
  for (MatmulSegment &segment : description.segments) {
    MatmulRoot &root = segment.roots.front();
    int64_t depth = root.packed.runs() * root.packed.runDepth();
    int64_t ofLoad = root.packed.elementsPerLoad();
    int64_t ofLane = element.isInteger() ? std::min(ofLoad, pieceFeatures) : ofLoad;
    int64_t least = ofLane * shape.getDepthLanes();
    if (!root.isInteger() || stage < least || depth % stage != 0) {
      return root.op.emitError("has no weights in whole stages for matrix instructions");
    }
    if (walkOf(segment).stages < schedule.getSplits()) {
      return root.op.emitError("has fewer stages than workgroups that share them");
    }
  }
  return success();
}

LogicalResult GemmLowering::run() {
  if (failed(verify())) {
    return failure();
  }
  int64_t workgroups = 0;
  for (MatmulSegment &segment : description.segments) {
    workgroups += workgroupsOf(segment);
  }
  // Two stages of the rows.
  auto type = BufferType::get(b.getContext(), Space::shared);
  shared = SharedOp::create(b, type, 2 * stageBytes() + otherBytes());
  // Workgroups that follow each other share their weights.
  rowTile = WorkgroupIdOp::create(b, Axis::x);
  firstRow = b.mul(rowTile, rows);
  Value group = WorkgroupIdOp::create(b, Axis::y);
  if (splitSums) {
    split = b.rem(group, splitSums->splits);
    group = b.div(group, splitSums->splits);
  }
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  thread = b.add(b.mul(wave, waveSize), lane);
  laneColumn = b.rem(lane, shape.getColumns());
  laneGroup = b.div(lane, shape.getColumns());
  rowCount = description.selectsRows ? state().logitRows() : state().rows();

  int64_t rowTiles = llvm::divideCeil(description.capacity(), rows);
  LogicalResult result = emitRows(group, workgroups);
  finish(schedule.getWaves() * waveSize, {rowTiles, workgroups * schedule.getSplits(), 1});
  return result;
}

/// A workgroup with no more rows than one fragment has, as that of a short prompt or of the last
/// row's logits, multiplies no others.
LogicalResult GemmLowering::emitRows(Value group, int64_t workgroups) {
  int64_t all = rows;
  Value fits = b.less(b.sub(rowCount, firstRow), b.i32(shape.getRows() + 1));
  Value exceeds = b.less(b.i32(shape.getRows()), b.sub(rowCount, firstRow));
  bool isOneFragment = all == shape.getRows();
  LogicalResult result = success();
  // Rows past the step's count have no work: the grid is sized for the entry point's capacity.
  b.when(b.less(firstRow, rowCount), [&] {
    rows = shape.getRows();
    b.when(isOneFragment ? Value() : fits, [&] { result = emitSegments(group, workgroups); });
    rows = all;
    if (!isOneFragment) {
      b.when(exceeds, [&] {
        result = success(succeeded(result) && succeeded(emitSegments(group, workgroups)));
      });
    }
  });
  return result;
}

/// The segment that workgroup number `group` is for.
LogicalResult GemmLowering::emitSegments(Value group, int64_t workgroups) {
  LogicalResult result = success();
  int64_t first = 0, tilesBefore = 0;
  for (MatmulSegment &segment : description.segments) {
    Value index = b.sub(group, b.i32(first));
    int64_t count = workgroupsOf(segment);
    b.when(count == workgroups ? Value() : b.less(index, b.i32(count)), [&] {
      if (failed(emitSegment(segment, index, tilesBefore))) {
        result = failure();
      }
    });
    first += count;
    tilesBefore += count * static_cast<int64_t>(segment.roots.size());
  }
  return result;
}

/// `tilesBefore`: tiles of the segments before, those of each matmul.
LogicalResult GemmLowering::emitSegment(MatmulSegment &segment, Value workgroup,
                                        int64_t tilesBefore) {
  Walk walk = walkOf(segment);
  SmallVector<Tile> tiles = tilesOf(segment, walk, workgroup);
  Values sums = accumulate(segment, walk, tiles);
  if (!splitSums) {
    return storeResults(segment, workgroup, tiles, sums);
  }
  Value tile = b.add(b.mul(workgroup, segment.roots.size()), tilesBefore);
  tile = b.add(b.mul(rowTile, splitSums->columnTiles), tile);
  return storeSplit(segment, workgroup, tile, tiles, sums);
}

LogicalResult GemmLowering::storeResults(MatmulSegment &segment, Value workgroup,
                                         ArrayRef<Tile> tiles, const Values &sums) {
  if (failed(storeTiles(segment, workgroup, tiles, sums))) {
    return failure();
  }
  return quantizeColumns(segment, {workgroup, rowTile, firstRow, rowCount, rows,
                                   columns * schedule.getWaves(), wave, lane});
}

/// The tiles of a wave, those of one matmul after those of another.
SmallVector<GemmLowering::Tile> GemmLowering::tilesOf(MatmulSegment &segment, const Walk &walk,
                                                      Value workgroup) {
  Value first = b.add(b.mul(workgroup, columns * schedule.getWaves()), b.mul(wave, columns));
  // Groups of lanes along the depth take chunks in turn.
  Value chunk = b.rem(laneGroup, shape.getDepthLanes());
  SmallVector<Tile> tiles;
  for (MatmulRoot &root : segment.roots) {
    int64_t slotColumns = root.layout.getColumns(), panelColumns = root.packed.panelColumns();
    int64_t slotBytes = waveSize * 16,
            panelBytes = root.packed.steps() * slotBytes * root.layout.getColumnsPerLane();
    for (int64_t begin = 0; begin < columns; begin += shape.getColumns()) {
      Tile tile{&root, {}, {}, {}};
      Value column = b.add(b.add(first, begin), laneColumn);
      tile.column = b.minimum(column, b.i32(segment.columns() - 1));
      Value panel = b.div(tile.column, panelColumns), within = b.rem(tile.column, panelColumns);
      Value bytes = b.add(b.mul(panel, panelBytes), b.mul(b.div(within, slotColumns), slotBytes));
      bytes = b.add(bytes, b.mul(b.rem(within, slotColumns), root.layout.getLanesK() * 16));
      Position position = chunkPosition(walk, chunk);
      tile.weights = b.add(bytes, weightOffset(root, position));
      Value block = b.add(b.mul(panel, root.packed.blocks()), blockOf(root, position));
      tile.scales = b.add(b.mul(block, panelColumns), within);
      tiles.push_back(tile);
    }
  }
  return tiles;
}

LogicalResult GemmLowering::storeTiles(MatmulSegment &segment, Value workgroup,
                                       ArrayRef<Tile> tiles, const Values &sums) {
  int64_t perMatmul = columns / shape.getColumns(), fragments = rows / shape.getRows();
  int64_t held = heldSums();
  Value first = b.add(b.mul(workgroup, columns * schedule.getWaves()), b.mul(wave, columns));
  for (int64_t tile = 0; tile < perMatmul; ++tile) {
    Value column = b.add(b.add(first, tile * shape.getColumns()), laneColumn);
    Values scales;
    for (size_t root = 0; root < segment.roots.size(); ++root) {
      scales.push_back(channelScale(tiles[root * perMatmul + tile]));
    }
    for (int64_t index = 0; index < fragments * held; ++index) {
      int64_t fragment = index / held, within = index % held;
      if (within == 0) {
        // What the elements need is loaded a fragment at a time: all together would not fit into
        // registers.
        ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
      }
      Value local = b.add(b.mul(laneGroup, shape.getRowRun()),
                          fragment * shape.getRows() + shape.getRow(within, waveSize));
      Value row = b.add(firstRow, local);
      Values results;
      for (auto [root, scale] : llvm::enumerate(scales)) {
        Value sum = b.extract(sums[(root * perMatmul + tile) * fragments + fragment], within);
        results.push_back(finished(scale ? b.mulf(sum, scale) : sum, local));
      }
      Value last = b.sub(rowCount, b.i32(1));
      Element element{b.minimum(row, last), column, b.less(row, rowCount), /*neighbourMask=*/1};
      if (failed(storeElement(segment, element, results))) {
        return failure();
      }
    }
  }
  return success();
}
