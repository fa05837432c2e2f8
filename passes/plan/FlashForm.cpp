#include "passes/plan/FlashForm.h"

#include "dialects/tile/AttentionPartition.h"
#include "passes/plan/MatrixForm.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::plan;

/// Positions that are staged at once.
static constexpr int64_t blockPositions = 32;

/// Registers a lane for queries and results: those of scores, operands and addresses are beside
/// them.
static constexpr int64_t mostHeldRegisters = 192;

/// Whether `element` of the cache becomes `query`, the type of operands, without losing more than
/// its own rounding.
static bool isOperand(Type element, Type query) {
  return element == query || element.isInteger(8) || isa<Float8E4M3FNType>(element);
}

/// Registers a lane that hold queries and results of a wave.
static int64_t heldRegisters(int64_t size, tile::MatrixShapeAttr matrix, int64_t waveSize) {
  constexpr int64_t halvesOfRegister = 2;
  int64_t ofQueries = size / matrix.getDepthLanes() / halvesOfRegister;
  int64_t tiles = llvm::divideCeil(size, matrix.getRows());
  return ofQueries + tiles * matrix.getRows() * matrix.getColumns() / waveSize;
}

static bool hasFlashForm(lm::FusedOp kernel, lm::AttentionOp attention,
                         tile::MatrixShapeAttr matrix, int64_t waveSize) {
  constexpr int64_t lanesGroups = 2, depthOfRead = 8;
  auto query = cast<RankedTensorType>(attention.getQuery().getType());
  Type element = query.getElementType();
  lm::CacheType cache = attention.getCache().getType();
  int64_t size = cache.getHeadSize();
  int64_t depth = matrix.getDepthLanes() * std::max(depthOfRead, matrix.getOperandElements());
  auto quantizes = kernel.getBody().front().getOps<qnt::QuantizeOp>();
  bool canQuantize = llvm::all_of(quantizes, [&](qnt::QuantizeOp quantize) {
    return tile::hasBlocksInWave(attention, quantize, matrix, waveSize);
  });
  return query.getDimSize(0) > mostDecodedRows && canQuantize &&
         (element.isF16() || element.isBF16()) && isOperand(cache.getElementType(), element) &&
         size % depth == 0 && attention.getScale().convertToDouble() > 0 &&
         waveSize == lanesGroups * matrix.getColumns() &&
         heldRegisters(size, matrix, waveSize) <= mostHeldRegisters;
}

tile::ScheduleAttr plan::flashSchedule(lm::FusedOp kernel, const FlashChip &chip) {
  if (chip.matrix.empty()) {
    return {};
  }
  auto matrix = tile::MatrixShapeAttr::get(kernel.getContext(), chip.matrix[0], chip.matrix[1],
                                           chip.matrix[2], chip.matrix[3], chip.matrix[4]);
  auto attention = *kernel.getBody().front().getOps<lm::AttentionOp>().begin();
  if (!hasFlashForm(kernel, attention, matrix, chip.waveSize)) {
    return {};
  }
  int64_t threads = 256, waves = threads / chip.waveSize;
  return tile::ScheduleAttr::get(kernel.getContext(), waves, waves * matrix.getColumns(),
                                 /*splitK=*/1, blockPositions, /*prefetch=*/1, /*splits=*/1,
                                 matrix.getColumns(), matrix);
}
