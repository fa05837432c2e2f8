#include "dialects/tile/AttentionPartition.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace qcc;
using namespace qcc::tile;

/// Weighted values of all heads that a lane sums up: registers enough are left for keys and values
/// in flight.
static constexpr int64_t mostSums = 64;

/// Lanes that read neighbouring 16 bytes: a line of 128 bytes.
static constexpr int64_t lanesOfLine = 8;

/// No wave is smaller.
static constexpr int64_t mostLanes = 32;

/// The largest power of two that divides `size` and whose elements fit a 16-byte access.
static int64_t loadWidth(int64_t size, int64_t elementBytes) {
  return std::min<int64_t>(16 / elementBytes, size & -size);
}

HeadPartition::HeadPartition(lm::AttentionOp op) {
  lm::CacheType cache = op.getCache().getType();
  int64_t sharing = op.getHeads() / cache.getHeads();
  size = cache.getHeadSize();
  vector = loadWidth(size, cache.getElementType().getIntOrFloatBitWidth() / 8);
  int64_t loads = size / vector, most = std::min<int64_t>(llvm::PowerOf2Ceil(loads), mostLanes);
  auto sums = [&](int64_t count) { return llvm::divideCeil(loads, count) * vector; };
  // Few lanes a head are few steps to add up a score; each holds more of every head in turn.
  lanes = std::min(lanesOfLine, most);
  while (lanes < most && sharing * sums(lanes) > mostSums) {
    lanes *= 2;
  }
  pieces = llvm::divideCeil(loads, lanes);
  heads = std::clamp<int64_t>(mostSums / sums(lanes), 1, sharing);
  while (sharing % heads != 0) {
    --heads;
  }
  blocks = op.getHeads() / heads;
}

AttentionPartition::AttentionPartition(lm::AttentionOp op, ScheduleAttr schedule)
    : HeadPartition(op),
      rows(llvm::cast<mlir::RankedTensorType>(op.getResult().getType()).getDimSize(0)),
      splits(schedule.getSplits()), waves(schedule.getWaves()) {
  unroll = std::max<int64_t>(1, schedule.getPrefetch() / (2 * pieces));
}

int64_t AttentionPartition::partialBytes() const {
  constexpr int64_t line = 128;
  return llvm::alignTo(partialPairs() + heads * 8, line);
}

FlashPartition::FlashPartition(lm::AttentionOp op, MatrixShapeAttr matrix, int64_t waveSize) {
  constexpr int64_t halvesOf16Bytes = 8, halvesOfRegister = 2;
  lm::CacheType cache = op.getCache().getType();
  size = cache.getHeadSize();
  sharing = op.getHeads() / cache.getHeads();
  groups = waveSize / matrix.getColumns();
  unit = std::max(halvesOf16Bytes, matrix.getOperandElements());
  queryRegisters = size / matrix.getDepthLanes() / halvesOfRegister;
  int64_t tiles = llvm::divideCeil(size, matrix.getRows());
  resultRegisters = tiles * matrix.getRows() / groups;
  // Waves of 64 have accumulators beside their 256 registers.
  mostRegisters = waveSize == 64 ? 192 : 144;
}

bool tile::hasBlocksInWave(lm::AttentionOp attention, qnt::QuantizeOp quantize,
                           MatrixShapeAttr matrix, int64_t waveSize) {
  FlashPartition partition(attention, matrix, waveSize);
  int64_t size = partition.size, block = quantize.getType().getBlock();
  if (quantize.getWeight()) {
    return false;
  }
  if (block <= size) {
    return size % block == 0 && block % (partition.groups * matrix.getRowRun()) == 0;
  }
  int64_t heads = block / size;
  return block % size == 0 && partition.sharing % heads == 0 && matrix.getColumns() % heads == 0;
}
