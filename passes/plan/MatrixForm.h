// Which matmul kernels go to matrix instructions, and with which.
#pragma once

#include "dialects/lm/Lm.h"
#include "dialects/tile/Tile.h"

namespace qcc::plan {

/// Sizes of the chip's instructions in the order of `#tile.matrix_shape`; none: it has none.
struct MatrixSizes {
  llvm::ArrayRef<int64_t> ofHalves, ofBytes;
};

/// Sequences that are decoded together at most; a step of more rows is a prefill.
constexpr int64_t mostDecodedRows = 16;

/// Features of f16 or bf16 rows that a group of lanes along the depth takes of a stage: 64 bytes,
/// and the most in a load of weights.
constexpr int64_t lineFeatures = 32;

/// The matrix instruction that computes `kernel`, or null: then it streams its weights past a few
/// rows at a time.
///
/// Matrix instructions take kernels of more rows than are decoded together. Quantized rows take
/// those for bytes, where 16 features for each group of lanes along the depth share a scale. Others
/// have f16 or bf16 activations, and weights of 4 or 8 bits; with f16 those whose scales, and
/// integer zero points, f16 holds exactly.
tile::MatrixShapeAttr matrixFormOf(lm::FusedOp kernel, MatrixSizes sizes);

/// Features of K that a kernel on matrix instructions stages at once: a line of the rows, which at
/// most is a load of weights, for each group of lanes along the depth; of quantized rows those that
/// share a scale.
int64_t stageOfMatrixForm(lm::FusedOp kernel, tile::MatrixShapeAttr matrix);

/// The matmuls of one kernel, as far as it matters whether their weights stream past a few rows on
/// matrix instructions.
struct StreamedMatmuls {
  llvm::ArrayRef<qnt::MatmulOp> matmuls;
  int64_t rows; // of the entry point
  int64_t waveSize;
};

/// The matrix instruction of `sizes` for `streamed`, or null: where rows or weights make no
/// fragments, and where rows are so few that the vector unit keeps up with memory, for four rows'
/// products take it about as long as making one set of fragments does. The layout of the weights
/// has then to have as many columns as the instruction.
tile::MatrixShapeAttr streamingFormOf(const StreamedMatmuls &streamed,
                                      llvm::ArrayRef<int64_t> sizes);

/// The same where the weights' layouts are chosen; null if they are for vector instructions.
tile::MatrixShapeAttr packedStreamingFormOf(const StreamedMatmuls &streamed,
                                            llvm::ArrayRef<int64_t> sizes);

} // namespace qcc::plan
