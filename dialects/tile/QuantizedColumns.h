// Where a matmul kernel keeps columns until a block of them is complete and can be quantized: the
// planner reserves memory by it, the lowering follows it.
#pragma once

#include "dialects/lm/Lm.h"

namespace qcc::tile {

/// The channels of a block are columns of several workgroups. Each leaves its own in the workspace,
/// values [row, column] of the element type of what is quantized, and arrives at a counter; the
/// last one quantizes.
struct QuantizedColumns {
  qnt::QuantizeOp op;
  int64_t workspace; ///< First byte in the workspace, on a pair of cache lines.
  int64_t counter;   ///< First counter.

  int64_t rows() { return input().getDimSize(0); }
  int64_t columns() { return input().getDimSize(1); }
  int64_t workspaceBytes() { return rows() * columns() * input().getElementTypeBitWidth() / 8; }
  /// One for each row and block, though rows may share one.
  int64_t counters() { return rows() * columns() / op.getType().getBlock(); }

private:
  mlir::RankedTensorType input() {
    return llvm::cast<mlir::RankedTensorType>(op.getInput().getType());
  }
};

/// Those of every `qnt.quantize` of a kernel's body, in order.
llvm::SmallVector<QuantizedColumns> quantizedColumnsOf(mlir::Block &body);

} // namespace qcc::tile
