// What a kernel on matrix instructions reads from memory: rows, on their way into LDS, and weights,
// which are unpacked to fragments of the matrix instruction.
#include "passes/tile/GemmLowering.h"
#include "passes/tile/WeightFragment.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

//===-- Rows ----------------------------------------------------------------------------------===//

/// In LDS a stage is [piece][row] of 16 bytes, rows of a piece exchanged within groups of 8: the
/// work-items that write pieces of one row then use different banks, and so do the lanes that read
/// one piece of different rows.
Value GemmLowering::swizzled(Value row, Value piece, int64_t pieces) {
  constexpr int64_t bankGroups = 8;
  Value turn = b.mul(b.rem(piece, bankGroups), std::max<int64_t>(1, bankGroups / pieces));
  Value place = arith::XOrIOp::create(b, row, turn);
  return b.mul(b.add(b.mul(piece, rows), place), pieceFeatures * bytesOf(element));
}

/// The row of the input that row `row` of the workgroup is; rows past the last repeat it.
Value GemmLowering::inputRow(Value row) {
  Value clamped = b.minimum(b.add(firstRow, row), b.sub(rowCount, b.i32(1)));
  return description.selectsRows ? state().logitIndex(clamped) : clamped;
}

/// 16 bytes of a row; bytes come as words.
Value GemmLowering::loadPiece(Value buffer, Value offset) {
  return element.isInteger() ? b.load(buffer, offset, b.getI32Type(), pieceFeatures / 4)
                             : b.load(buffer, offset, element, pieceFeatures);
}

/// Neighbouring work-items take neighbouring pieces of a row.
GemmLowering::Staging GemmLowering::stagingOf(MatmulSegment &segment, const Walk &walk) {
  int64_t threads = schedule.getWaves() * waveSize;
  MatmulRoot &root = segment.roots.front();
  Staging staging;
  staging.pieces = schedule.getStage() / pieceFeatures;
  int64_t total = rows * staging.pieces;
  if (total < threads) {
    staging.inside = b.less(thread, b.i32(total));
  }
  Value piece = b.rem(thread, staging.pieces), perChunk = b.i32(walk.perLoad / pieceFeatures);
  Value chunk = b.div(piece, walk.perLoad / pieceFeatures);
  Value within = b.sub(piece, arith::MulIOp::create(b, chunk, perChunk));
  staging.feature =
      b.add(featureOf(root, chunkPosition(walk, chunk)), b.mul(within, pieceFeatures));
  Value row = b.div(thread, staging.pieces);
  for (int64_t first = 0; first < total; first += threads) {
    Value source = inputRow(b.add(row, first / staging.pieces));
    staging.sources.push_back(b.mul(source, description.depth() * bytesOf(element)));
  }
  // Rows that a work-item takes are a multiple of 8 apart, which the exchange within 8 rows does
  // not touch.
  staging.target = swizzled(row, piece, staging.pieces);
  staging.targetStep = threads / staging.pieces * pieceFeatures * bytesOf(element);
  return staging;
}

/// A work-item's pieces of a stage; zeros past the end of K.
GemmLowering::Values GemmLowering::loadRows(MatmulSegment &segment, const Staging &staging,
                                            const Position &stage) {
  MatmulRoot &root = segment.roots.front();
  int64_t depth = description.depth();
  Value feature = b.add(featureOf(root, stage), staging.feature), present;
  if (root.packed.runs() * root.packed.runDepth() != depth) {
    present = b.less(feature, b.i32(depth));
    feature = b.minimum(feature, b.i32(depth - pieceFeatures));
  }
  Values loaded;
  for (Value source : staging.sources) {
    Value offset = b.add(source, b.mul(feature, bytesOf(element)));
    Value piece = loadPiece(bufferOf(description.input), offset);
    loaded.push_back(present ? b.select(present, piece, b.zeros(piece.getType())) : piece);
  }
  return loaded;
}

void GemmLowering::stageRows(const Staging &staging, Value buffer, ArrayRef<Value> loaded) {
  b.when(staging.inside, [&] {
    for (auto [index, piece] : llvm::enumerate(loaded)) {
      b.store(piece, buffer, b.offset(staging.target, index * staging.targetStep));
    }
  });
}

//===-- Weights -------------------------------------------------------------------------------===//

/// Bytes from the start of a panel's weights.
Value GemmLowering::weightOffset(MatmulRoot &root, const Position &position) {
  int64_t stepBytes = waveSize * 16 * root.layout.getColumnsPerLane(),
          parts = loadParts(root.packed);
  Value step = b.add(b.mul(position.run, root.packed.runLoads()), b.div(position.load, parts));
  Value ofLane =
      b.add(b.mul(position.depthLane, 16), b.mul(b.rem(position.load, parts), 16 / parts));
  return b.add(b.mul(step, stepBytes), ofLane);
}

/// The block of scales, counted within a column.
Value GemmLowering::blockOf(MatmulRoot &root, const Position &position) {
  return root.isPerChannel() ? b.i32(0) : b.div(featureOf(root, position), root.type().getBlock());
}

/// Parts of a chunk that have their own scales.
int64_t GemmLowering::scaledParts(MatmulRoot &root, const Walk &walk) {
  return root.isPerChannel() ? 1 : std::max<int64_t>(1, walk.perLoad / root.type().getBlock());
}

/// Issues the loads of a stage: a chunk's words, and the scales and zero points of its parts.
GemmLowering::Loaded GemmLowering::loadWeights(const Tile &tile, const Walk &walk,
                                               const Position &stage) {
  MatmulRoot &root = *tile.root;
  Value weights = b.advance(bufferOf(root.op.getWeight()), weightOffset(root, stage));
  Type scale = qnt::elementTypeOf(root.type().getScale(), b.getContext());
  int64_t blockBytes = root.packed.panelColumns() * bytesOf(scale);
  Value firstScale = b.mul(blockOf(root, stage), blockBytes);
  auto loadScale = [&](int64_t part, Value offset) {
    Value base = b.advance(b.advance(bufferOf(root.op.getWeight()), b.i32(part)), firstScale);
    return b.load(base, offset, scale);
  };
  Loaded loaded;
  for (int64_t chunk = 0; chunk < walk.chunks(); chunk += shape.getDepthLanes()) {
    Position position = chunkPosition(walk, b.i32(chunk));
    Value offset = b.add(tile.weights, weightOffset(root, position));
    loaded.words.push_back(b.load(weights, offset, b.getI32Type(), 4 / loadParts(root.packed)));
    Value first =
        b.add(b.mul(tile.scales, bytesOf(scale)), b.mul(blockOf(root, position), blockBytes));
    for (int64_t part = 0; part < scaledParts(root, walk); ++part) {
      Value at = b.add(first, part * blockBytes);
      if (!root.isPerChannel()) {
        loaded.scales.push_back(loadScale(root.packed.scalesOffset(), at));
      }
      if (root.hasZeros()) {
        loaded.zeros.push_back(loadScale(root.packed.zerosOffset(), at));
      }
    }
  }
  return loaded;
}

/// Elements [begin, begin + size) of a chunk as fragments take them. Scales of whole columns are
/// left to the sums.
Value GemmLowering::dequantize(const Tile &tile, const Walk &walk, const Loaded &loaded,
                               int64_t chunk, int64_t begin, int64_t size) {
  int64_t bits = qnt::bitsOf(tile.root->type().getEncoding()),
          parts = scaledParts(*tile.root, walk), perPart = walk.perLoad / parts;
  Value words = b.slice(loaded.words[chunk], begin * bits / 32, size * bits / 32);
  auto partsOf = [&](const Values &values) {
    ArrayRef<Value> all(values);
    return all.empty()
               ? all
               : all.slice(chunk * parts + begin / perPart, std::max<int64_t>(1, size / perPart));
  };
  return weightFragment(b, *tile.root, element, words, begin, partsOf(loaded.scales),
                        partsOf(loaded.zeros));
}

/// The scale of a whole column in f32, or null where scales are for blocks.
Value GemmLowering::channelScale(const Tile &tile) {
  MatmulRoot &root = *tile.root;
  if (!root.isPerChannel()) {
    return {};
  }
  Type type = qnt::elementTypeOf(root.type().getScale(), b.getContext());
  Value offset = b.add(b.mul(tile.scales, bytesOf(type)), root.packed.scalesOffset());
  return b.toF32(b.load(bufferOf(root.op.getWeight()), offset, type, 1, false, /*invariant=*/true));
}
