// Lowers one matmul kernel to the code of a work-item.
//
// A workgroup computes `rows` rows of some panels of one segment. It stages its rows into LDS (normalized
// on the way), then each wave streams its panel's weights: a lane loads 16 bytes of one column, unpacks
// them, and adds their products with the staged rows. Lanes of one column are added up at the end, and the
// epilogue runs with one lane for each row and column.
//
// Zero points are factored out: sum a (q - z) = sum a q - z sum a, with the sums of a taken once, while
// staging. That spares a subtraction for every weight, and lets the unpacking bias go the same way.
#pragma once

#include "passes/tile/KernelLowering.h"
#include "passes/tile/MatmulKernel.h"

namespace qcc::tile {

class MatmulLowering : public KernelLowering {
public:
  MatmulLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize);
  mlir::LogicalResult run();

private:
  using Value = mlir::Value;

  /// How a segment's rows lie in LDS, and how its waves walk along K.
  struct Shape {
    mlir::Type element;   // of staged rows: f16 or f32
    int64_t perLoad;      // elements of a lane's weight load, e
    int64_t perPiece;     // elements of 16 bytes of LDS
    int64_t pieces;       // pieces of a lane's load
    int64_t lanesK;
    int64_t stepDepth;    // features of a step
    int64_t steps;        // of the whole of K
    int64_t stageSteps;   // steps staged at once
    int64_t stages;
    int64_t granule;      // features that share one sum; 0: no sums are needed
    int64_t vector;       // features that a work-item stages at once
    int64_t stageDepth() const { return stageSteps * stepDepth; }
    int64_t rowBytes() const { return stageDepth() * bytesOf(element); }
    int64_t sumsPerRow() const { return granule ? stageDepth() / granule : 0; }
  };
  /// LDS of the kernel, shared by all segments.
  struct Shared {
    Value rows, sums, norms, partials;
  };
  /// What identifies the wave's work within a segment.
  struct Place {
    Value panel;      // clamped to the last one
    Value valid;      // the panel exists
    Value splitIndex; // which part of K
    Value column;     // of the lane within a panel's columns
    Value depthLane;
  };
  using Accumulators = llvm::SmallVector<Value>; // [root][column of lane][row]

  // MatmulLowering.cpp
  Shape shapeOf(MatmulSegment &segment);
  void allocateShared();
  int64_t workgroupsOf(MatmulSegment &segment);
  mlir::LogicalResult emitSegment(MatmulSegment &segment, Value workgroup);
  Place placeOf(MatmulSegment &segment, Value workgroup);

  // MatmulStaging.cpp
  void computeNorms();
  void stageRows(const Shape &shape, Value firstStep);
  Value loadInput(Value row, Value feature, int64_t size);
  Value inputRow(Value row);

  // MatmulLoop.cpp
  Accumulators accumulate(MatmulSegment &segment, const Shape &shape, const Place &place);
  Accumulators stepsOfStage(MatmulSegment &segment, const Shape &shape, const Place &place,
                            Value firstStep, mlir::ValueRange initial);
  void addStep(MatmulRoot &root, const Shape &shape, const Place &place, Value step, Value localStep,
               int64_t slot, llvm::MutableArrayRef<Value> rowSums);
  void addInteger(MatmulRoot &root, const Shape &shape, const Place &place, Value step,
                  Value localStep, int64_t slot, Value packed, llvm::MutableArrayRef<Value> rowSums);
  Value stagedPiece(const Shape &shape, const Place &place, Value localStep, int64_t row, int64_t piece);
  Value stagedSum(const Shape &shape, const Place &place, Value localStep, int64_t row,
                  int64_t begin, int64_t size);
  Accumulators combineLanes(const Shape &shape, const Place &place, Accumulators sums, int64_t columns);

  // MatmulEpilogue.cpp
  mlir::LogicalResult storeSegment(MatmulSegment &segment, const Shape &shape, const Place &place,
                                   const Accumulators &sums);
  mlir::LogicalResult storeColumn(MatmulSegment &segment, const Place &place, Value row, Value stores,
                                  int64_t slot, llvm::ArrayRef<Value> results);
  mlir::FailureOr<Value> evaluate(MatmulSegment &segment, Value sink, Value row, Value column,
                                  llvm::ArrayRef<Value> results);
  Value rotateColumn(MatmulSegment &segment, Value own, Value row, Value column);
  Value unpairedColumn(lm::RopeOp rope, Value column);

  MatmulKernel &description;
  int64_t rows;             // a workgroup computes
  int64_t panelsPerGroup;
  Value lane, wave, thread; // thread = index in the workgroup
  Value firstRow, rowCount;
  Shared shared;
};

} // namespace qcc::tile
