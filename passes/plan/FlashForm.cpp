#include "passes/plan/FlashForm.h"

#include "dialects/tile/AttentionPartition.h"
#include "passes/plan/MatrixForm.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::plan;

/// Whether `element` of the cache becomes `query`, the type of operands, without losing more than
/// its own rounding.
static bool isOperand(Type element, Type query) {
  return element == query || element.isInteger(8) || isa<Float8E4M3FNType>(element);
}

static bool hasFlashForm(lm::FusedOp kernel, lm::AttentionOp attention,
                         tile::MatrixShapeAttr matrix, int64_t waveSize) {
  constexpr int64_t groupsOfLanes = 2;
  auto query = cast<RankedTensorType>(attention.getQuery().getType());
  Type element = query.getElementType();
  tile::FlashPartition partition(attention, matrix, waveSize);
  auto quantizes = kernel.getBody().front().getOps<qnt::QuantizeOp>();
  bool canQuantize = llvm::all_of(quantizes, [&](qnt::QuantizeOp quantize) {
    return tile::hasBlocksInWave(attention, quantize, matrix, waveSize);
  });
  bool isWhole = partition.size % (matrix.getDepthLanes() * partition.unit) == 0;
  return query.getDimSize(0) > mostDecodedRows && (element.isF16() || element.isBF16()) &&
         isOperand(attention.getCache().getType().getElementType(), element) && isWhole &&
         canQuantize && attention.getScale().convertToDouble() > 0 &&
         partition.groups == groupsOfLanes && partition.fitsRegisters();
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
  // Queries in LDS leave less of it, and of registers, to blocks of positions.
  tile::FlashPartition partition(attention, matrix, chip.waveSize);
  bool isTight = partition.queriesInShared();
  int64_t threads = isTight ? 128 : 256, waves = threads / chip.waveSize;
  int64_t queries = waves * matrix.getColumns();
  int64_t positions = std::max<int64_t>(isTight ? 16 : 32, matrix.getRows());
  if (partition.sharedBytes(queries, positions) > chip.ldsBytes) {
    return {};
  }
  return tile::ScheduleAttr::get(kernel.getContext(), waves, queries, /*splitK=*/1, positions,
                                 /*prefetch=*/1, /*splits=*/1, matrix.getColumns(), matrix);
}
