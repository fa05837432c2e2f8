// What becomes of a matmul kernel's sums, one element at a time: bias, rotation, activation
// functions, residuals, and the stores. Shared by the lowerings that differ in how sums come about.
#pragma once

#include "dialects/tile/QuantizedColumns.h"
#include "passes/tile/KernelLowering.h"
#include "passes/tile/MatmulKernel.h"

namespace qcc::tile {

class MatmulEpilogue : public KernelLowering {
protected:
  MatmulEpilogue(KernelOp kernel, MatmulKernel &description, int64_t waveSize)
      : KernelLowering(kernel, waveSize), description(description),
        quantized(quantizedColumnsOf(kernel.getBody().front())) {}

  /// An element of a segment's results, as the lane that holds its sums knows it.
  struct Element {
    mlir::Value row;       // of the step, clamped to the last one
    mlir::Value column;    // of the segment; may lie past the last one
    mlir::Value stores;    // whether this lane stores it
    int64_t neighbourMask; // the lane with the other column of a pair differs in these bits of its
                           // index
  };

  /// Computes and stores the results of a segment at `element`; `sums` are those of its matmuls, in
  /// f32.
  mlir::LogicalResult storeElement(MatmulSegment &segment, const Element &element,
                                   llvm::ArrayRef<mlir::Value> sums);

  /// What the part (scales or sums of squares) that starts at byte `part` of the kernel's quantized
  /// input holds for `count` blocks of a row, f32.
  mlir::Value loadRowScale(mlir::Value row, mlir::Value block, int64_t part, int64_t count = 1);

  /// The part of a segment's results that a workgroup computes.
  struct WorkgroupTile {
    mlir::Value workgroup, rowTile;  // indices along columns and rows
    mlir::Value firstRow, rowCount;  // of the tile, of the step
    int64_t rows, columns;           // of the tile
    mlir::Value wave, lane;
  };
  /// Quantizes the blocks of channels whose last columns this workgroup has stored.
  mlir::LogicalResult quantizeColumns(MatmulSegment &segment, const WorkgroupTile &tile);

  MatmulKernel &description;

private:
  // QuantizeColumns.cpp
  QuantizedColumns &placeOf(qnt::QuantizeOp op);
  mlir::Value columnsOf(qnt::QuantizeOp op);
  void keepColumn(qnt::QuantizeOp op, mlir::Value value, mlir::Value row, mlir::Value column);
  void quantizeBlock(const MatmulSink &sink, mlir::Value row, mlir::Value block, mlir::Value lane);

  // MatmulEpilogue.cpp
  mlir::FailureOr<mlir::Value> evaluate(MatmulSegment &segment, mlir::Value sink,
                                        const Element &element, llvm::ArrayRef<mlir::Value> sums);
  mlir::Value rotateColumn(lm::RopeOp rope, mlir::Value own, mlir::Value row, mlir::Value column,
                           int64_t neighbourMask);
  mlir::Value unpairedColumn(lm::RopeOp rope, mlir::Value column);

  llvm::SmallVector<QuantizedColumns> quantized;
};

} // namespace qcc::tile
