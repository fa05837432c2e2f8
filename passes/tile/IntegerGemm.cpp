#include "passes/tile/IntegerGemm.h"
#include "passes/tile/ByteSums.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// What one is in a weight's bytes: 4-bit weights are multiplied as 16 (q - 8).
static int64_t unitOf(MatmulRoot &root) {
  return qnt::bitsOf(root.type().getEncoding()) == 4 ? 16 : 1;
}

LogicalResult IntegerGemmLowering::verifyForm() {
  int64_t stage = schedule.getStage(), block = description.quantizedInput().getBlock();
  if (schedule.getRows() > schedule.getWaves() * waveSize) {
    return kernel.emitError("has more rows a workgroup than work-items, which load a scale each");
  }
  for (MatmulSegment &segment : description.segments) {
    for (MatmulRoot &root : segment.roots) {
      bool sharesScale = root.isPerChannel() || root.type().getBlock() % stage == 0;
      if (!sharesScale || block % stage != 0) {
        return root.op.emitError(
            "has several scales in a stage of a kernel on matrix instructions");
      }
    }
  }
  return success();
}

bool IntegerGemmLowering::hasZeros() {
  return llvm::any_of(description.segments, [](MatmulSegment &segment) {
    return llvm::any_of(segment.roots, [](MatmulRoot &root) { return root.hasZeros(); });
  });
}

//===-- Rows ----------------------------------------------------------------------------------===//

/// Behind both stages of the workgroup with the most rows.
int64_t IntegerGemmLowering::normsAt() {
  return 2 * schedule.getRows() * (schedule.getStage() + bytesBeside());
}

/// Leaves the norm's factor of each row in LDS, one row a work-item.
void IntegerGemmLowering::begin() {
  if (!description.scale) {
    return;
  }
  qnt::ActivationType type = description.quantizedInput();
  int64_t blocks = type.getBlocksPerRow(), width = vectorWidth(blocks, 4);
  Value row = inputRow(b.minimum(thread, b.i32(rows - 1))), total = b.f32(0);
  SmallVector<Value> loaded;
  for (int64_t block = 0; block < blocks; block += width) {
    loaded.push_back(loadRowScale(row, b.i32(block), type.getSquaresOffset(), width));
  }
  for (Value squares : loaded) {
    for (int64_t i = 0; i < width; ++i) {
      total = b.addf(total, b.extract(squares, i));
    }
  }
  Value mean = b.mulf(total, b.f32(1.0 / description.depth()));
  double epsilon = description.scale.getEpsilon().convertToDouble();
  Value factor = math::RsqrtOp::create(b, b.addf(mean, b.f32(epsilon)));
  b.when(b.less(thread, b.i32(rows)),
         [&] { b.store(factor, shared, b.add(b.mul(thread, 4), normsAt())); });
}

Value IntegerGemmLowering::finished(Value sum, Value row) {
  if (!description.scale) {
    return sum;
  }
  return b.mulf(sum, b.load(shared, b.add(b.mul(row, 4), normsAt()), b.getF32Type()));
}

/// The pieces of a stage, and the scale of a row.
GemmLowering::Values IntegerGemmLowering::loadRows(MatmulSegment &segment, const Staging &staging,
                                                   const Position &stage) {
  qnt::ActivationType type = description.quantizedInput();
  Values loaded = GemmLowering::loadRows(segment, staging, stage);
  Value row = inputRow(b.minimum(thread, b.i32(rows - 1)));
  // Padding, of zeros, is given the last scale.
  Value block = b.minimum(b.div(featureOf(segment.roots.front(), stage), type.getBlock()),
                          b.i32(type.getBlocksPerRow() - 1));
  Value scale = loadRowScale(row, block, type.getScalesOffset());
  loaded.push_back(b.mulf(scale, b.f32(1.0 / unitOf(segment.roots.front()))));
  return loaded;
}

void IntegerGemmLowering::stageRows(const Staging &staging, Value buffer, ArrayRef<Value> loaded) {
  GemmLowering::stageRows(staging, buffer, loaded.drop_back());
  if (hasZeros()) {
    stageSums(staging, buffer, loaded.drop_back());
  }
  b.when(b.less(thread, b.i32(rows)),
         [&] { b.store(loaded.back(), buffer, b.add(b.mul(thread, 4), scalesAt())); });
}

/// Leaves the sums of the rows' integers in LDS: those of a stage's pieces of a row, which
/// neighbouring work-items have.
void IntegerGemmLowering::stageSums(const Staging &staging, Value buffer, ArrayRef<Value> pieces) {
  int64_t rowsAtOnce = schedule.getWaves() * waveSize / staging.pieces;
  Value row = b.div(thread, staging.pieces),
        isFirst = b.equal(b.rem(thread, staging.pieces), b.i32(0));
  for (auto [turn, piece] : llvm::enumerate(pieces)) {
    Value sum = sumOfBytes(b, piece, {0, 1, 2, 3}, 1, staging.pieces);
    b.when(staging.inside ? b.both(staging.inside, isFirst) : isFirst, [&] {
      b.store(sum, buffer, b.offset(b.mul(row, 4), sumsAt() + turn * rowsAtOnce * 4));
    });
  }
}

/// What lies in a stage, from byte `at`, for the rows that a lane holds of a fragment's products.
Value IntegerGemmLowering::ofRows(Value buffer, int64_t at, int64_t fragment) {
  int64_t held = shape.getRows() * shape.getColumns() / waveSize,
          run = std::min<int64_t>(shape.getRowRun(), 4);
  Values values;
  for (int64_t i = 0; i < held; i += run) {
    Value row = b.add(b.mul(laneGroup, shape.getRowRun()),
                      fragment * shape.getRows() + shape.getRow(i, waveSize));
    Value part = b.load(buffer, b.offset(b.mul(row, 4), at), b.getF32Type(), run);
    for (int64_t j = 0; j < run; ++j) {
      values.push_back(b.extract(part, j));
    }
  }
  return b.gather(values);
}

//===-- Products ------------------------------------------------------------------------------===//

SmallVector<GemmLowering::Group> IntegerGemmLowering::unitsOf(const Walk &walk) {
  SmallVector<Group> units;
  for (int64_t chunk = 0; chunk < walk.chunks() / shape.getDepthLanes(); ++chunk) {
    for (int64_t begin = 0; begin < walk.perLoad; begin += unitElements()) {
      units.push_back({chunk, begin, 0, 1});
    }
  }
  return units;
}

/// A unit's weights as bytes, 16 times as large where they have 4 bits.
Value IntegerGemmLowering::unpack(const Tile &tile, const Loaded &loaded, const Group &unit) {
  constexpr int64_t high = 0xF0F0F0F0, signs = 0x80808080;
  int64_t perWord = 32 / qnt::bitsOf(tile.root->type().getEncoding());
  Value words = loaded.words[unit.chunk];
  if (perWord == 4) {
    return words;
  }
  Values bytes;
  for (int64_t at = unit.begin; at < unit.begin + unitElements(); at += perWord) {
    Value word = b.extract(words, at / perWord);
    Value low = arith::AndIOp::create(b, b.mul(word, 16), b.i32(high));
    bytes.push_back(arith::XOrIOp::create(b, low, b.i32(signs)));
    bytes.push_back(arith::AndIOp::create(b, word, b.i32(high)));
  }
  return b.gather(bytes);
}

/// The products of a stage's rows of a fragment, in `pieces` of a unit each, with the weights of
/// each tile. A piece that has been multiplied makes room for that of the next fragment.
GemmLowering::Values IntegerGemmLowering::multiplyFragment(const Walk &walk, Value buffer,
                                                           int64_t fragment, Values &pieces,
                                                           ArrayRef<Values> weights) {
  int64_t held = shape.getOperandElements(), next = fragment + 1;
  auto type = VectorType::get(shape.getRows() * shape.getColumns() / waveSize, b.getI32Type());
  Values products(weights.size(), b.zeros(type));
  for (auto [index, unit] : llvm::enumerate(unitsOf(walk))) {
    for (int64_t at = 0; at < unitElements(); at += held) {
      Value a = b.slice(pieces[index], at / 4, held / 4);
      for (auto [product, ofTile] : llvm::zip(products, weights)) {
        product = MatrixMultiplyOp::create(b, a, b.slice(ofTile[index], at / 4, held / 4), product,
                                           shape);
      }
    }
    if (next < rows / shape.getRows()) {
      pieces[index] = rowFragment(walk, buffer, unit, next);
    }
    ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
  }
  return products;
}

/// Tiles whose weights are unpacked at once: all, where a few registers hold them; then they share
/// each reading of the rows.
int64_t IntegerGemmLowering::tilesTogether(const Walk &walk, int64_t tiles) {
  constexpr int64_t mostRegisters = 32;
  int64_t registers = schedule.getStage() / shape.getDepthLanes() / 4;
  return tiles * registers <= mostRegisters ? tiles : 1;
}

GemmLowering::Values IntegerGemmLowering::multiplyStage(const Walk &walk, ArrayRef<Tile> tiles,
                                                        ArrayRef<Loaded> loaded, Value buffer,
                                                        Values sums) {
  int64_t fragments = rows / shape.getRows(), count = tilesTogether(walk, tiles.size());
  for (size_t first = 0; first < tiles.size(); first += count) {
    multiplyTiles(walk, tiles.slice(first, count), loaded.slice(first, count), buffer,
                  MutableArrayRef(sums).slice(first * fragments, count * fragments));
  }
  return sums;
}

/// Adds the products of some tiles. Fragments go by one after the other: while one is multiplied,
/// the products of the one before it join the sums.
void IntegerGemmLowering::multiplyTiles(const Walk &walk, ArrayRef<Tile> tiles,
                                        ArrayRef<Loaded> loaded, Value buffer,
                                        MutableArrayRef<Value> sums) {
  SmallVector<Values> weights;
  Values pieces, before;
  for (auto [tile, words] : llvm::zip(tiles, loaded)) {
    Values &own = weights.emplace_back();
    for (const Group &unit : unitsOf(walk)) {
      own.push_back(unpack(tile, words, unit));
    }
  }
  for (const Group &unit : unitsOf(walk)) {
    pieces.push_back(rowFragment(walk, buffer, unit, 0));
  }
  int64_t fragments = rows / shape.getRows();
  for (int64_t fragment = 0; fragment < fragments; ++fragment) {
    Values products = multiplyFragment(walk, buffer, fragment, pieces, weights);
    if (fragment > 0) {
      join(tiles, loaded, buffer, fragment - 1, before, sums);
    }
    before = std::move(products);
  }
  join(tiles, loaded, buffer, fragments - 1, before, sums);
}

/// sum += scales * (product + (midpoint - zero) * sum of the rows), for a fragment of each tile.
void IntegerGemmLowering::join(ArrayRef<Tile> tiles, ArrayRef<Loaded> loaded, Value buffer,
                               int64_t fragment, const Values &products,
                               MutableArrayRef<Value> sums) {
  int64_t fragments = rows / shape.getRows();
  Value scalesOfRows = ofRows(buffer, scalesAt(), fragment),
        sumsOfRows = hasZeros() ? ofRows(buffer, sumsAt(), fragment) : Value();
  for (auto [index, product] : llvm::enumerate(products)) {
    MatmulRoot &root = *tiles[index].root;
    Value &sum = sums[index * fragments + fragment], total = b.toF32(product),
          scales = scalesOfRows;
    int64_t size = cast<VectorType>(sum.getType()).getNumElements();
    if (root.hasZeros()) {
      Value difference =
          b.subf(b.f32(root.packed.implicitZero()), b.toF32(loaded[index].zeros.front()));
      difference = b.mulf(difference, b.f32(unitOf(root)));
      total = b.fma(b.splat(difference, size), sumsOfRows, total);
    }
    if (!root.isPerChannel()) {
      scales = b.mulf(scales, b.splat(b.toF32(loaded[index].scales.front()), size));
    }
    sum = b.fma(total, scales, sum);
  }
}
