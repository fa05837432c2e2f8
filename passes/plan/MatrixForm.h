// Which matmul kernels go to matrix instructions, and with which.
#pragma once

#include "dialects/lm/Lm.h"
#include "dialects/tile/Tile.h"

namespace qcc::plan {

/// The matrix instruction that computes `kernel`, or null: then it streams its weights past a few
/// rows at a time. `sizes` are those of the chip's instruction in the order of
/// `#tile.matrix_shape`; none: it has none.
///
/// Matrix instructions take kernels of more rows than are decoded together, f16 or bf16
/// activations that are not quantized, and weights of 4 or 8 bits; with f16 those whose scales, and
/// integer zero points, f16 holds exactly.
tile::MatrixShapeAttr matrixFormOf(lm::FusedOp kernel, llvm::ArrayRef<int64_t> sizes);

/// Features of K that a kernel on matrix instructions stages at once: a line of the rows, which at
/// most is a load of weights, for each group of lanes along the depth.
int64_t stageOfMatrixForm(tile::MatrixShapeAttr matrix);

} // namespace qcc::plan
