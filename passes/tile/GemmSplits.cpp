// Kernels on matrix instructions whose workgroups share K: each leaves its sums in the workspace,
// and the last one adds them, in the order of K.
#include "passes/tile/GemmLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// f32 of a lane's store and load.
static constexpr int64_t piece = 4;

/// The stages of this workgroup, of `stages` in all.
GemmLowering::StageSpan GemmLowering::stageSpan(int64_t stages) {
  if (!splitSums) {
    return {b.i32(0), b.i32(stages)};
  }
  auto before = [&](Value index) { return b.div(b.mul(index, stages), splitSums->splits); };
  Value first = before(split);
  return {first, b.sub(before(b.add(split, 1)), first)};
}

/// Bytes from the start of the workspace to this lane's first piece of what split `index` has
/// summed for `tile`. Tiles of `matmuls` matmuls lie side by side.
GemmLowering::Value GemmLowering::partialOffset(Value tile, int64_t matmuls, Value index,
                                                int64_t vectors) {
  Value part = b.add(b.mul(tile, splitSums->splits), b.mul(index, matmuls));
  int64_t waveBytes = vectors * heldSums() * waveSize * 4;
  Value within = b.add(b.mul(wave, waveBytes), b.mul(lane, piece * 4));
  return b.add(b.add(b.mul(part, splitSums->tileBytes), within), splitSums->workspace);
}

/// Pieces lie [vector][piece of it][lane], so that a wave's stores are of whole lines.
void GemmLowering::storePartials(Value tile, int64_t matmuls, const Values &sums) {
  int64_t pieces = heldSums() / piece, stride = waveSize * piece * 4;
  Value base = partialOffset(tile, matmuls, split, sums.size());
  for (auto [index, sum] : llvm::enumerate(sums)) {
    for (int64_t at = 0; at < pieces; ++at) {
      Value offset = b.offset(base, (index * pieces + at) * stride);
      b.store(b.slice(sum, at * piece, piece), workspaceBuffer(), offset);
    }
  }
}

/// The sums of all splits. Loads are not held back: the planner gives no more splits than a lane
/// has registers for, so that all of them are under way together.
GemmLowering::Values GemmLowering::addPartials(Value tile, int64_t matmuls, int64_t vectors) {
  int64_t pieces = heldSums() / piece, stride = waveSize * piece * 4;
  auto type = VectorType::get(heldSums(), b.getF32Type());
  Values bases, sums(vectors, b.zeros(type));
  for (int64_t index = 0; index < splitSums->splits; ++index) {
    bases.push_back(partialOffset(tile, matmuls, b.i32(index), vectors));
  }
  for (int64_t at = 0; at < vectors * pieces; ++at) {
    Value total;
    for (Value base : bases) {
      Value part = b.load(workspaceBuffer(), b.offset(base, at * stride), b.getF32Type(), piece);
      total = total ? b.addf(total, part) : part;
    }
    Value &sum = sums[at / pieces];
    sum = vector::InsertStridedSliceOp::create(
        b, total, sum, ArrayRef<int64_t>{at % pieces * piece}, ArrayRef<int64_t>{1});
  }
  return sums;
}

/// Stores this workgroup's sums, and where it is the last of a tile to do so, the tile's results.
LogicalResult GemmLowering::storeSplit(MatmulSegment &segment, Value workgroup, Value tile,
                                       ArrayRef<Tile> tiles, const Values &sums) {
  auto matmuls = static_cast<int64_t>(segment.roots.size());
  storePartials(tile, matmuls, sums);
  Value isFirstItem = b.equal(thread, b.i32(0));
  Value counter = b.mul(b.add(tile, splitSums->counter), 4);
  Value complete = arriveLast(isFirstItem, counter, b.i32(splitSums->splits));
  LogicalResult result = success();
  b.when(complete, [&] {
    Values all = addPartials(tile, matmuls, static_cast<int64_t>(sums.size()));
    result = storeResults(segment, workgroup, tiles, all);
  });
  return result;
}
