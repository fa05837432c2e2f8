// What the inner loop of a matmul kernel reads: weights and scales from global memory, rows and their sums
// from LDS.
#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

static Type scaleTypeOf(MatmulRoot &root) {
  return qnt::elementTypeOf(root.type().getScale(), root.op.getContext());
}

/// Issues the loads of one run: for each matmul and column of the lane its words, then its scales, then its
/// zero points. Scales of whole columns are not among them.
MatmulLowering::Loads MatmulLowering::loadRun(MatmulSegment &segment, const Shape &shape,
                                              const Place &place, Value run) {
  Loads loaded;
  int64_t slotBytes = waveSize * loadBytes;
  for (MatmulRoot &root : segment.roots) {
    int64_t slots = root.layout.getColumnsPerLane(), loads = root.packed.runLoads();
    Value panelRun = b.add(b.mul(place.panel, shape.runs), run);
    Value base = b.advance(bufferOf(root.op.getWeight()), b.mul(panelRun, loads * slots * slotBytes));
    for (int64_t slot = 0; slot < slots; ++slot) {
      for (int64_t load = 0; load < loads * shape.depthTurns; ++load) {
        int64_t turnBytes = load / loads * (shape.lanesK / shape.depthTurns) * loadBytes;
        Value offset = b.offset(place.laneOffset, (load % loads * slots + slot) * slotBytes + turnBytes);
        // Not marked invariant: LLVM would move the load to its use.
        loaded.push_back(b.load(base, offset, b.getI32Type(), 4, /*streaming=*/true));
      }
      if (root.isInteger() && !root.isPerChannel()) {
        loadScales(root, shape, place, run, slot, root.packed.scalesOffset(), loaded);
        if (root.hasZeros()) {
          loadScales(root, shape, place, run, slot, root.packed.zerosOffset(), loaded);
        }
      }
    }
  }
  return loaded;
}

/// The scales (or zero points: what starts at byte `part`) of a lane's run. A block spans whole runs or a
/// run whole blocks, so that the run and the lane add to a block's index without a carry.
void MatmulLowering::loadScales(MatmulRoot &root, const Shape &shape, const Place &place, Value run,
                                int64_t slot, int64_t part, Loads &loaded) {
  Type type = scaleTypeOf(root);
  int64_t block = root.type().getBlock(), columns = root.layout.getColumns();
  int64_t perBlock = root.packed.panelColumns() * bytesOf(type);
  Value runBlock = b.div(b.mul(run, shape.runDepth), block);
  Value panelBlock = b.add(b.mul(place.panel, root.packed.blocks()), runBlock);
  Value base = b.advance(b.advance(bufferOf(root.op.getWeight()), b.i32(part)), b.mul(panelBlock, perBlock));
  Value laneBlock = b.div(b.mul(place.depthLane, shape.runElements), block);
  Value laneOffset = b.add(b.mul(laneBlock, perBlock), b.mul(place.column, bytesOf(type)));
  for (int64_t turn = 0; turn < shape.depthTurns; ++turn) {
    int64_t first = turn * (shape.lanesK / shape.depthTurns) * shape.runElements;
    for (int64_t begin = first; begin < first + shape.runElements; begin += root.scaledRun()) {
      int64_t constant = begin / block * perBlock + slot * columns * bytesOf(type);
      loaded.push_back(b.load(base, b.offset(laneOffset, constant), type));
    }
  }
}

/// Takes apart what loadRun returned.
SmallVector<MatmulLowering::Chain> MatmulLowering::chainsOf(MatmulSegment &segment, const Shape &shape,
                                                            ArrayRef<Value> loaded,
                                                            MutableArrayRef<Value> sums) {
  SmallVector<Chain> chains;
  auto take = [&](int64_t count) {
    ArrayRef<Value> taken = loaded.take_front(count);
    loaded = loaded.drop_front(count);
    return taken;
  };
  for (auto [index, root] : llvm::enumerate(segment.roots)) {
    bool scaled = root.isInteger() && !root.isPerChannel();
    int64_t parts = scaled ? shape.depthTurns * root.packed.runElements() / root.scaledRun() : 0;
    for (int64_t slot = 0; slot < root.layout.getColumnsPerLane(); ++slot) {
      Chain &chain = chains.emplace_back();
      chain.root = &root;
      chain.rootIndex = index;
      chain.slot = slot;
      chain.words = take(shape.depthTurns * root.packed.runLoads());
      chain.scales = take(parts);
      chain.zeros = take(root.hasZeros() ? parts : 0);
      chain.sums = sums.take_front(sumsOfColumn());
      sums = sums.drop_front(sumsOfColumn());
    }
  }
  return chains;
}

/// The scale (or zero point) of a whole column, in f32.
Value MatmulLowering::channelPart(MatmulRoot &root, const Place &place, int64_t slot, int64_t part) {
  Type type = scaleTypeOf(root);
  Value column = b.add(b.mul(place.panel, root.packed.panelColumns()),
                       b.add(place.column, slot * root.layout.getColumns()));
  Value offset = b.add(b.mul(column, bytesOf(type)), part);
  return b.toF32(b.load(bufferOf(root.op.getWeight()), offset, type, 1, false, /*invariant=*/true));
}

/// Reads the rows for elements [begin, begin + groupElements) of the lane's run, and the sums for the scaled
/// runs that begin or end among them.
MatmulLowering::Group MatmulLowering::readGroup(MatmulSegment &segment, const Shape &shape,
                                                const Place &place, Value localRun, int64_t begin) {
  Group group{begin, {}, {}, {}, {}};
  readSums(segment, shape, place, localRun, group);
  int64_t end = begin + shape.groupElements;
  for (int64_t at = begin; at < end; at += shape.perPiece) {
    for (int64_t row = 0; row < rows; ++row) {
      group.rows.push_back(stagedPiece(shape, place, localRun, row, at / shape.perPiece));
    }
  }
  return group;
}

/// Reads the sums for the scaled runs that begin or end in the group.
void MatmulLowering::readSums(MatmulSegment &segment, const Shape &shape, const Place &place,
                              Value localRun, Group &group) {
  int64_t begin = group.begin, end = begin + shape.groupElements;
  for (MatmulRoot &root : segment.roots) {
    SmallVector<Value> &corrections = group.corrections.emplace_back();
    SmallVector<Value> &plainSums = group.plainSums.emplace_back();
    if (!root.isInteger()) {
      continue;
    }
    int64_t run = root.scaledRun();
    auto read = [&](int64_t first, Sum kind, SmallVector<Value> &sums) {
      for (int64_t row = 0; row < rows; ++row) {
        sums.push_back(stagedSum(shape, place, localRun, row, first, run, kind));
      }
    };
    for (int64_t at = llvm::alignTo(begin, run); at < end; at += run) {
      read(at, Sum::correction, corrections);
    }
    for (int64_t at = llvm::alignTo(begin + 1, run); at <= end && !shape.commonZero; at += run) {
      read(at - run, Sum::plain, plainSums);
    }
  }
}

/// 16 bytes of a staged row: those that match elements [piece * perPiece, ...) of the lane's run.
Value MatmulLowering::stagedPiece(const Shape &shape, const Place &place, Value localRun, int64_t row,
                                  int64_t piece) {
  Value base = b.add(b.mul(localRun, shape.pieces() * shape.pieceStride),
                     b.mul(place.depthLane, shape.pieceBytes()));
  Value offset = b.offset(base, row * shape.rowBytes() + piece * shape.pieceStride);
  return shape.element.isInteger() ? b.load(shared.rows, offset, b.getI32Type(), shape.pieceBytes() / 4)
                                   : b.load(shared.rows, offset, shape.element, shape.perPiece);
}

/// The sum over `size` staged features of a row, from element `begin` of the lane's run.
Value MatmulLowering::stagedSum(const Shape &shape, const Place &place, Value localRun, int64_t row,
                                int64_t begin, int64_t size, Sum kind) {
  int64_t plane = (kind == Sum::plain ? rows : 0) + row;
  Value sum;
  for (int64_t at = begin; at < begin + size; at += shape.granule) {
    Value part = b.load(shared.sums, sumOffset(shape, place, localRun, plane, at), b.getF32Type());
    sum = sum ? b.addf(sum, part) : part;
  }
  return sum;
}

/// Where the sum of the granule that has element `begin` of the lane's run is: of each kind there is a plane
/// for each row.
Value MatmulLowering::sumOffset(const Shape &shape, const Place &place, Value localRun, int64_t plane,
                                int64_t begin) {
  int64_t perRun = shape.runElements / shape.granule;
  Value base = b.mul(b.add(b.mul(localRun, perRun * shape.lanesK), place.depthLane), 4);
  return b.offset(base, (plane * shape.sumsPerRow() + begin / shape.granule * shape.lanesK) * 4);
}
