#include "dialects/tile/QuantizedColumns.h"

#include "llvm/Support/MathExtras.h"

using namespace qcc::tile;

llvm::SmallVector<QuantizedColumns> qcc::tile::quantizedColumnsOf(mlir::Block &body) {
  constexpr int64_t alignment = 256;
  llvm::SmallVector<QuantizedColumns> all;
  int64_t workspace = 0, counter = 0;
  for (auto op : body.getOps<qnt::QuantizeOp>()) {
    QuantizedColumns &columns = all.emplace_back(op, workspace, counter);
    workspace = llvm::alignTo(workspace + columns.workspaceBytes(), alignment);
    counter += columns.counters();
  }
  return all;
}
