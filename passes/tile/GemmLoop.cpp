// The loop over K of a kernel on matrix instructions.
#include "passes/tile/GemmLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

void GemmLowering::Loaded::appendTo(Values &state) const {
  for (const Values *part : {&words, &scales, &zeros}) {
    llvm::append_range(state, *part);
  }
}

ValueRange GemmLowering::Loaded::takeFrom(ValueRange state) {
  for (Values *part : {&words, &scales, &zeros}) {
    llvm::copy(state.take_front(part->size()), part->begin());
    state = state.drop_front(part->size());
  }
  return state;
}

/// The sums of all tiles: [tile][fragment of rows].
GemmLowering::Values GemmLowering::accumulate(MatmulSegment &segment, const Walk &walk,
                                              ArrayRef<Tile> tiles) {
  int64_t bufferBytes = stageBytes();
  Staging staging = stagingOf(segment, walk);
  auto buffer = [&](Value stage) { return b.advance(shared, b.mul(b.rem(stage, 2), bufferBytes)); };
  auto load = [&](const Position &stage) {
    SmallVector<Loaded> loaded;
    for (const Tile &tile : tiles) {
      loaded.push_back(loadWeights(tile, walk, stage));
    }
    return loaded;
  };
  auto sum = VectorType::get(heldSums(), b.getF32Type());
  Values state(tiles.size() * rows / shape.getRows(), b.zeros(sum));
  size_t sums = state.size();

  begin();
  StageSpan span = stageSpan(walk.stages);
  Position start = stagePosition(segment, walk, span.first);
  SmallVector<Loaded> first = load(start);
  stageRows(staging, shared, loadRows(segment, staging, start));
  BarrierOp::create(b);
  for (Loaded &loaded : first) {
    loaded.appendTo(state);
  }
  state = b.loop(b.i32(0), span.count, 1, state, [&](Value stage, ValueRange current) {
    SmallVector<Loaded> loaded(first);
    ValueRange rest = current.drop_front(sums);
    for (Loaded &part : loaded) {
      rest = part.takeFrom(rest);
    }
    // The last stage loads itself again, which costs less than a branch.
    Value following = b.minimum(b.add(stage, 1), b.sub(span.count, b.i32(1)));
    Position position = stagePosition(segment, walk, b.add(following, span.first));
    Values nextRows = loadRows(segment, staging, position);
    SmallVector<Loaded> next = load(position);
    ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
    Values result =
        multiplyStage(walk, tiles, loaded, buffer(stage), Values(current.take_front(sums)));
    stageRows(staging, buffer(b.add(stage, 1)), nextRows);
    BarrierOp::create(b);
    for (Loaded &part : next) {
      part.appendTo(result);
    }
    return result;
  });
  state.truncate(sums);
  return state;
}

/// Adds the products of a stage: its weights are in registers, its rows in LDS. It goes by in
/// groups, each a few features of some fragments of the rows. What a group needs is read and
/// unpacked while the group before it is multiplied, and not earlier, so that registers last.
GemmLowering::Values GemmLowering::multiplyStage(const Walk &walk, ArrayRef<Tile> tiles,
                                                 ArrayRef<Loaded> loaded, Value buffer,
                                                 Values sums) {
  SmallVector<Group> groups = groupsOf(walk);
  Values fragments = readGroup(walk, buffer, groups[0]),
         weights = unpackGroup(walk, tiles, loaded, groups[0]);
  for (size_t i = 0; i < groups.size(); ++i) {
    Values nextFragments, nextWeights = weights;
    if (i + 1 < groups.size()) {
      nextFragments = readGroup(walk, buffer, groups[i + 1]);
      // All groups of the same features take the same weights.
      if (groups[i + 1].fragment == 0) {
        nextWeights = unpackGroup(walk, tiles, loaded, groups[i + 1]);
      }
    }
    multiplyGroup(groups[i], fragments, weights, sums);
    ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
    fragments = std::move(nextFragments);
    weights = std::move(nextWeights);
  }
  return sums;
}

/// Elements that are read and unpacked at once: whole pieces and whole operands.
int64_t GemmLowering::unitElements() {
  return std::max(shape.getOperandElements(), pieceFeatures);
}

SmallVector<GemmLowering::Group> GemmLowering::groupsOf(const Walk &walk) {
  constexpr int64_t registers = 16;
  int64_t fragments = rows / shape.getRows();
  int64_t count =
      std::clamp<int64_t>(registers * 4 / (unitElements() * bytesOf(element)), 1, fragments);
  SmallVector<Group> groups;
  for (int64_t chunk = 0; chunk < walk.chunks() / shape.getDepthLanes(); ++chunk) {
    for (int64_t begin = 0; begin < walk.perLoad; begin += unitElements()) {
      for (int64_t fragment = 0; fragment < fragments; fragment += count) {
        groups.push_back({chunk, begin, fragment, count});
      }
    }
  }
  return groups;
}

GemmLowering::Values GemmLowering::readGroup(const Walk &walk, Value buffer, const Group &group) {
  Values fragments;
  for (int64_t i = 0; i < group.count; ++i) {
    fragments.push_back(rowFragment(walk, buffer, group, group.fragment + i));
  }
  return fragments;
}

/// The weights of a group's features, one vector a tile.
GemmLowering::Values GemmLowering::unpackGroup(const Walk &walk, ArrayRef<Tile> tiles,
                                               ArrayRef<Loaded> loaded, const Group &group) {
  Values weights;
  for (auto [tile, words] : llvm::zip(tiles, loaded)) {
    weights.push_back(dequantize(tile, walk, words, group.chunk, group.begin, unitElements()));
  }
  return weights;
}

void GemmLowering::multiplyGroup(const Group &group, ArrayRef<Value> fragments,
                                 ArrayRef<Value> weights, Values &sums) {
  int64_t held = shape.getOperandElements(), perTile = rows / shape.getRows();
  for (int64_t at = 0; at < unitElements(); at += held) {
    for (auto [index, fragment] : llvm::enumerate(fragments)) {
      Value a = b.slice(fragment, at, held);
      for (auto [tile, weight] : llvm::enumerate(weights)) {
        Value &sum = sums[tile * perTile + group.fragment + index];
        sum = MatrixMultiplyOp::create(b, a, b.slice(weight, at, held), sum, shape);
      }
    }
  }
}

/// A lane's part of a fragment of rows: the features that match the group's elements of its chunk
/// of weights.
Value GemmLowering::rowFragment(const Walk &walk, Value buffer, const Group &group,
                                int64_t fragment) {
  int64_t pieces = schedule.getStage() / pieceFeatures, perChunk = walk.perLoad / pieceFeatures;
  Value depthGroup = b.rem(laneGroup, shape.getDepthLanes());
  Value result;
  for (int64_t at = 0; at < unitElements(); at += pieceFeatures) {
    int64_t local =
        group.chunk * shape.getDepthLanes() * perChunk + (group.begin + at) / pieceFeatures;
    Value piece = b.add(b.mul(depthGroup, perChunk), local);
    Value offset = b.offset(swizzled(laneColumn, piece, pieces),
                            fragment * shape.getRows() * pieceFeatures * bytesOf(element));
    Value part = loadPiece(buffer, offset);
    if (unitElements() == pieceFeatures) {
      return part;
    }
    Value whole = result ? result : b.zeros(VectorType::get(unitElements(), element));
    result = vector::InsertStridedSliceOp::create(b, part, whole, ArrayRef<int64_t>{at},
                                                  ArrayRef<int64_t>{1});
  }
  return result;
}
