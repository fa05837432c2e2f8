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
  /// Consecutive features of a lane's run that share their scales, the weight's and the rows'.
  int64_t scaledRun() {
    int64_t perRun = rowBlock() ? std::min(packed.runElements(), rowBlock()) : packed.runElements();
    return !isInteger() || isPerChannel() ? perRun : std::min(perRun, type().getBlock());
  }
  /// Consecutive features of its rows that share a scale; 0 where they are not quantized.
  int64_t rowBlock() {
    auto rows = llvm::dyn_cast<qnt::ActivationType>(op.getLhs().getType());
    return rows ? rows.getBlock() : 0;
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
  qnt::ScaleByNormOp scale; // the same of quantized rows
  bool selectsRows = false; // only the rows whose logits are wanted
  llvm::SmallVector<MatmulSegment> segments;

  /// Null where the rows are not quantized.
  qnt::ActivationType quantizedInput() { return llvm::dyn_cast<qnt::ActivationType>(input.getType()); }
  /// i8 where the rows are quantized.
  mlir::Type inputElement() {
    return quantizedInput() ? mlir::IntegerType::get(input.getContext(), 8)
                            : mlir::getElementTypeOrSelf(input.getType());
  }
  /// Rows that the kernel is made for.
  int64_t capacity() {
    auto rows = quantizedInput();
    return rows ? rows.getRows() : llvm::cast<mlir::RankedTensorType>(input.getType()).getDimSize(0);
  }
  int64_t depth() { return segments.front().roots.front().type().getColumns(); }

  /// Fails, with an error on the operation concerned, for a body that no matmul kernel computes.
  static mlir::FailureOr<MatmulKernel> analyze(KernelOp kernel);
};

} // namespace qcc::tile
