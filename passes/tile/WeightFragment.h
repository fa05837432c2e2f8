// Packed weights as operands of matrix instructions, shared by the lowerings that use them.
#pragma once

#include "passes/tile/LaneBuilder.h"
#include "passes/tile/MatmulKernel.h"

namespace qcc::tile {

/// Elements [begin, begin + size) of a lane's load, of which `words` are the words, as a vector of
/// `element` (f16 or bf16): (q - zero) * scale, rounded once. `scales` and `zeros` are those of
/// equal parts of the elements; where they are empty, the scale is left to the sums, and the zero
/// point is the encoding's own.
mlir::Value weightFragment(LaneBuilder &b, MatmulRoot &root, mlir::Type element, mlir::Value words,
                           int64_t begin, llvm::ArrayRef<mlir::Value> scales,
                           llvm::ArrayRef<mlir::Value> zeros);

} // namespace qcc::tile
