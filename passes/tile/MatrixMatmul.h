// What a matmul kernel of a few rows does otherwise on matrix instructions.
//
// A row costs the vector unit half an instruction a weight, so that from some rows on memory would
// wait for it. A matrix instruction multiplies up to 16 rows at once: a lane's loads, of one column
// and consecutive features, are parts of B when they are unpacked, as in GemmLowering.h, and the
// rows come from LDS as parts of A. Rows that the tile lacks repeat its last; their sums are
// dropped. For 16 rows, 16 columns and 32 features of each of 4 lanes, 4 bits a weight:
// 4 reads of LDS, some 60 vector instructions, 8 matrix instructions.
//
// K goes by in stages of rows. The rows of a stage are loaded while the stage before is multiplied,
// and weights go on being loaded across stages, so that a wave waits for memory only when it
// starts. All stages are alike: runs past the end of K have rows of zeros, and repeat the last
// run's weights.
//
// Every workgroup stages all rows for its few columns, so that a norm would take more instructions
// than the weights. Rows of f16 are staged as (x p) w in two packed products, p being the power of
// two below the row's inverse norm: the first is exact, and nothing overflows. What is left of the
// inverse norm, a factor from 1 to 2, goes into the sums.
#pragma once

#include "passes/tile/MatmulLowering.h"

namespace qcc::tile {

class MatrixMatmulLowering final : public MatmulLowering {
public:
  MatrixMatmulLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize);

private:
  /// What goes from stage to stage.
  struct State {
    Accumulators sums;               // [matmul][column of the lane], vectors
    llvm::SmallVector<Loads> loaded; // runs of weights under way
    llvm::SmallVector<Value> rows;   // a work-item's chunks of the next stage, see rowsOf

    llvm::SmallVector<Value> values() const;
    /// The same with other values.
    State with(mlir::ValueRange values) const;
  };
  /// Some consecutive runs of a wave within a stage.
  struct Turn {
    Value stage;     // index of the stage
    Value first;     // the turn's first run, counted in the wave's runs of the stage
    int64_t refills; // of its runs make room for the loads of runs that follow
  };

  mlir::LogicalResult verify() override;
  Shape shapeOf(MatmulSegment &segment) override;
  Place placeOf(MatmulSegment &segment, Value workgroup) override;
  mlir::Type stagedElement(MatmulSegment &segment) override { return description.inputElement(); }
  int64_t sumKinds(const Shape &shape) override { return 0; }
  void stageInTurn(const Shape &shape, const Chunk &chunk) override;
  Value stagedOffset(const Shape &shape, Value local) override;
  Value finished(Value sum, Value row) override;
  int64_t sumRows() override { return matrix.getRows(); }
  int64_t sumsOfColumn() override { return 1; }
  Accumulators accumulate(MatmulSegment &segment, const Shape &shape, const Place &place) override;
  Accumulators combineLanes(const Shape &shape, const Place &place, Accumulators sums,
                            int64_t columns) override;
  mlir::LogicalResult storeSegment(MatmulSegment &segment, const Shape &shape, const Place &place,
                                   const Accumulators &sums) override;

  bool normalizesInHalves();
  Value powerOf(Value inverse);
  int64_t runsOfWave(const Shape &shape) { return shape.stageRuns / schedule.getSplitK(); }
  int64_t unitElements() { return std::max(matrix.getOperandElements(), pieceFeatures); }
  Loads loadRunOfWave(MatmulSegment &segment, const Shape &shape, const Place &place, Value index);
  llvm::SmallVector<Chunk> chunksOf(const Shape &shape, Value stage);
  llvm::SmallVector<Value> loadRowsOf(const Shape &shape, Value stage);
  void stageRowsOf(const Shape &shape, Value stage, llvm::ArrayRef<Value> loaded);
  State addStage(MatmulSegment &segment, const Shape &shape, const Place &place, Value stage,
                 State state, bool isLast);
  void addTurn(MatmulSegment &segment, const Shape &shape, const Place &place, const Turn &turn,
               State &state);
  int64_t groupElements(const Shape &shape);
  void addGroup(llvm::MutableArrayRef<Chain> chains, const Shape &shape, const Place &place,
                llvm::ArrayRef<Value> fragments, int64_t begin);
  llvm::SmallVector<Value> readFragments(const Shape &shape, const Place &place, Value localRun,
                                         int64_t begin, int64_t count);
  Value weightsOf(const Chain &chain, const Shape &shape, const Place &place, int64_t begin);

  static constexpr int64_t pieceFeatures = 8; // of 16 bytes of LDS
  MatrixShapeAttr matrix;
};

} // namespace qcc::tile
