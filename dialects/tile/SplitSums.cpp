#include "dialects/tile/SplitSums.h"

#include "dialects/tile/QuantizedColumns.h"
#include "llvm/Support/MathExtras.h"

using namespace qcc;
using namespace qcc::tile;

std::optional<SplitSums> qcc::tile::splitSumsOf(mlir::Block &body, ScheduleAttr schedule) {
  constexpr int64_t alignment = 256;
  if (!schedule.getMatrix() || schedule.getSplits() == 1 || schedule.getColumns() == 0) {
    return std::nullopt;
  }
  const int64_t rows = schedule.getRows(), columns = schedule.getColumns() * schedule.getWaves();
  SplitSums sums{.splits = schedule.getSplits(),
                 .rowTiles = 0,
                 .columnTiles = 0,
                 .tileBytes = rows * columns * 4,
                 .workspace = 0,
                 .counter = 0};
  for (auto matmul : body.getOps<qnt::MatmulOp>()) {
    auto result = llvm::cast<mlir::RankedTensorType>(matmul.getType());
    sums.rowTiles = llvm::divideCeil(result.getDimSize(0), rows);
    sums.columnTiles += llvm::divideCeil(result.getDimSize(1), columns);
  }
  llvm::SmallVector<QuantizedColumns> quantized = quantizedColumnsOf(body);
  if (!quantized.empty()) {
    QuantizedColumns &last = quantized.back();
    sums.workspace = llvm::alignTo(last.workspace + last.workspaceBytes(), alignment);
    sums.counter = last.counter + last.counters();
  }
  return sums;
}
