// What a matmul kernel computes, read off its tensor-level body: where its rows come from, the matmuls,
// and what becomes of their results.
#pragma once

#include "dialects/qnt/PackedWeight.h"
#include "dialects/tile/Tile.h"

namespace qcc::tile {

/// One matmul of the kernel.
struct MatmulRoot {
  qnt::MatmulOp op;
  qnt::TiledAttr layout;
  qnt::PackedWeight packed;

  explicit MatmulRoot(qnt::MatmulOp op)
      : op(op), layout(llvm::cast<qnt::TiledAttr>(op.getWeight().getType().getLayout())),
        packed(op.getWeight().getType()) {}
  qnt::WeightType type() { return op.getWeight().getType(); }
  bool isInteger() { return type().isQuantized(); }
  /// One scale for each column.
  bool isPerChannel() { return type().getBlock() >= type().getColumns(); }
  /// Consecutive features of a lane's run that share a scale.
  int64_t scaledRun() {
    int64_t perRun = packed.runElements();
    return !isInteger() || isPerChannel() ? perRun : std::min(perRun, type().getBlock());
  }
  bool hasZeros() { return type().getZero() != qnt::Encoding::none; }
};

/// A value that leaves the kernel: a returned tensor, a key or value for the cache, or what is quantized.
struct MatmulSink {
  mlir::Value value;
  unsigned result = 0;      // of a returned tensor, or of the quantized rows
  lm::AppendOp append;      // or the append
  bool isValue = false;     // and which half
  qnt::QuantizeOp quantize = {}; // or what quantizes the value
};

/// Sinks that are computed from the same matmuls, column by column, with those matmuls.
struct MatmulSegment {
  llvm::SmallVector<MatmulRoot> roots;
  llvm::SmallVector<MatmulSink> sinks;
  lm::RopeOp rope; // if a rotation with partners side by side is applied

  int64_t columns() { return roots.front().type().getRows(); }
  int64_t panels() { return roots.front().packed.panels(); }
};

struct MatmulKernel {
  mlir::Value input;        // the kernel argument that rows are read from
  lm::RmsNormOp norm;       // applied to the rows, or null
  bool selectsRows = false; // only the rows whose logits are wanted
  llvm::SmallVector<MatmulSegment> segments;

  int64_t depth() { return segments.front().roots.front().type().getColumns(); }

  /// Fails, with an error on the operation concerned, for a body that no matmul kernel computes.
  static mlir::FailureOr<MatmulKernel> analyze(KernelOp kernel);
};

} // namespace qcc::tile
