// What a matmul kernel does otherwise when its rows are quantized: integer dot products.
//
// Rows are staged as the bytes that they are, four features a word, beside the sums of each
// granule: the rows' scale, and where a weight has zero points or nibbles, sums of the integers. A
// scaled run, whose features share the weight's and the rows' scale, adds up in i32 and then joins
// the column's sum in f32.
//
// Weights of 8 bits less their midpoint are signed bytes. Of a word of 4-bit weights in the order
// `bytes`, one mask leaves elements 0 to 3 as bytes q, another leaves 4 to 7 as 16 (q - 8). The
// first dot products start from -8 times the sum of their features, read from LDS; at the end of
// the run they are shifted to the scale of the second ones, and the 16 is taken off with the rows'
// scale. So 8 weights take two masks and two dot products.
#pragma once

#include "passes/tile/MatmulLowering.h"

namespace qcc::tile {

class IntegerMatmulLowering final : public MatmulLowering {
public:
  using MatmulLowering::MatmulLowering;

private:
  /// What is kept of each granule, a plane for each row: scales in f32, -8 times the sum of the
  /// features that meet low nibbles in i32, and the sum of all in f32, in units of the dot
  /// products.
  enum class Plane : uint8_t { scale, correction, plain };

  // IntegerStaging.cpp
  mlir::Type stagedElement(MatmulSegment &segment) override { return b.getI8Type(); }
  int64_t sumKinds(const Shape &shape) override;
  int64_t planeOf(const Shape &shape, Plane plane);
  bool hasNorm() override { return description.scale != nullptr; }
  int64_t normBytes() override { return rows * 4; }
  void loadNorms() override;
  void computeNorms() override;
  int64_t mostKeptRows() override { return rows; }
  void loadBeside(const Shape &shape, Chunk &chunk) override;
  void stageInTurn(const Shape &shape, const Chunk &chunk) override;
  void stageLoaded(const Shape &shape, llvm::ArrayRef<Chunk> chunks) override;
  void stageSums(const Shape &shape, const Chunk &chunk, Value staged) override;

  // IntegerLoop.cpp
  void readSums(MatmulSegment &segment, const Shape &shape, const Place &place, Value localRun,
                Group &group) override;
  Value readSum(const Shape &shape, const Place &place, Value localRun, int64_t row, int64_t begin,
                int64_t size, Plane plane);
  void addPiece(Chain &chain, const Shape &shape, const Place &place, const Group &group,
                int64_t begin) override;
  void beginScaledRun(Chain &chain, const Shape &shape, const Group &group, int64_t begin);
  void addWords(Chain &chain, const Shape &shape, llvm::ArrayRef<Value> x, int64_t begin);
  void endScaledRun(Chain &chain, const Shape &shape, const Place &place, const Group &group,
                    int64_t end);
  Value finished(Value sum, Value row) override;

  llvm::SmallVector<llvm::SmallVector<Value>> squares; // [row of the wave][lane's block], loaded
};

} // namespace qcc::tile
