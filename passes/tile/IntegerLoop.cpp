// The inner loop over quantized rows: bytes of weights times bytes of rows.
#include "passes/tile/IntegerMatmul.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// Dot products of a row that do not wait for one another.
static constexpr int64_t dotsPerRow = 2;

void IntegerMatmulLowering::readSums(MatmulSegment &segment, const Shape &shape, const Place &place,
                                     Value localRun, Group &group) {
  int64_t end = group.begin + shape.groupElements;
  for (MatmulRoot &root : segment.roots) {
    SmallVector<Value> &corrections = group.corrections.emplace_back();
    SmallVector<Value> &plainSums = group.plainSums.emplace_back();
    SmallVector<Value> &scales = group.scales.emplace_back();
    int64_t run = root.scaledRun();
    auto read = [&](int64_t first, int64_t size, Plane plane, SmallVector<Value> &sums) {
      for (int64_t row = 0; row < rows; ++row) {
        sums.push_back(readSum(shape, place, localRun, row, first, size, plane));
      }
    };
    for (int64_t at = llvm::alignTo(group.begin, run); at < end && shape.bits == 4; at += run) {
      read(at, run, Plane::correction, corrections);
    }
    for (int64_t at = llvm::alignTo(group.begin + 1, run); at <= end; at += run) {
      read(at - run, shape.granule, Plane::scale, scales);
      if (!shape.commonZero) {
        read(at - run, run, Plane::plain, plainSums);
      }
    }
  }
}

/// The sum over `size` staged features of a row, from element `begin` of the lane's run.
Value IntegerMatmulLowering::readSum(const Shape &shape, const Place &place, Value localRun,
                                     int64_t row, int64_t begin, int64_t size, Plane plane) {
  Type type = plane == Plane::correction ? Type(b.getI32Type()) : Type(b.getF32Type());
  Value sum;
  for (int64_t at = begin; at < begin + size; at += shape.granule) {
    Value offset = sumOffset(shape, place, localRun, planeOf(shape, plane) * rows + row, at);
    Value part = b.load(shared.sums, offset, type);
    sum = !sum ? part : plane == Plane::correction ? b.add(sum, part) : b.addf(sum, part);
  }
  return sum;
}

void IntegerMatmulLowering::addPiece(Chain &chain, const Shape &shape, const Place &place,
                                     const Group &group, int64_t begin) {
  int64_t run = chain.root->scaledRun();
  if (begin % run == 0) {
    beginScaledRun(chain, shape, group, begin);
  }
  addWords(chain, shape,
           ArrayRef(group.rows).slice((begin - group.begin) / shape.perPiece * rows, rows), begin);
  if ((begin + shape.perPiece) % run == 0) {
    endScaledRun(chain, shape, place, group, begin + shape.perPiece);
  }
}

void IntegerMatmulLowering::beginScaledRun(Chain &chain, const Shape &shape, const Group &group,
                                           int64_t begin) {
  chain.dots.assign(rows * dotsPerRow, b.i32(0));
  if (shape.bits == 4) {
    int64_t index = (begin - group.begin) / chain.root->scaledRun() * rows;
    for (int64_t row = 0; row < rows; ++row) {
      chain.dots[row * dotsPerRow] = group.corrections[chain.rootIndex][index + row];
    }
  }
}

/// Adds the products of elements [begin, begin + perPiece) of the lane's run with those of each
/// row, `x`.
void IntegerMatmulLowering::addWords(Chain &chain, const Shape &shape, ArrayRef<Value> x,
                                     int64_t begin) {
  int64_t perWord = 32 / shape.bits, first = begin % shape.perLoad / perWord;
  Value words = chain.words[begin / shape.perLoad];
  SmallVector<Value> bytes; // of four elements each
  for (int64_t i = 0; i < shape.perPiece / perWord; ++i) {
    Value word = b.extract(words, first + i);
    if (shape.bits == 8) {
      bytes.push_back(word);
      continue;
    }
    for (uint32_t mask : {0x0F0F0F0Fu, 0xF0F0F0F0u}) {
      bytes.push_back(arith::AndIOp::create(b, word, b.i32(mask)));
    }
  }
  for (int64_t row = 0; row < rows; ++row) {
    for (auto [i, weights] : llvm::enumerate(bytes)) {
      Value &dot = chain.dots[row * dotsPerRow + i % dotsPerRow];
      dot = DotBytesOp::create(b, weights, b.extract(x[row], i), dot);
    }
  }
}

/// sum += scales * (dot - zero * sum a), for the scaled run up to element `end`; the midpoint is
/// off already.
void IntegerMatmulLowering::endScaledRun(Chain &chain, const Shape &shape, const Place &place,
                                         const Group &group, int64_t end) {
  MatmulRoot &root = *chain.root;
  int64_t run = root.scaledRun(), part = end / run - 1,
          first = (end - 1 - group.begin) / run * rows;
  Value zero;
  if (root.hasZeros()) {
    zero = root.isPerChannel() ? channelPart(root, place, chain.slot, root.packed.zerosOffset())
                               : b.toF32(chain.zeros[part]);
    zero = b.subf(b.f32(root.packed.implicitZero()), zero);
  }
  for (int64_t row = 0; row < rows; ++row) {
    Value low = chain.dots[row * dotsPerRow], high = chain.dots[row * dotsPerRow + 1];
    Value dot = b.toF32(b.add(shape.bits == 4 ? b.mul(low, 16) : low, high));
    if (zero) {
      dot = b.fma(zero, group.plainSums[chain.rootIndex][first + row], dot);
    }
    Value scale = group.scales[chain.rootIndex][first + row];
    scale = root.isPerChannel() ? scale : b.mulf(b.toF32(chain.scales[part]), scale);
    chain.sums[row] = b.fma(scale, dot, chain.sums[row]);
  }
  chain.dots.clear();
}
