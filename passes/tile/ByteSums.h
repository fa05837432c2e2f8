// Sums of the integers of quantized rows, which take zero points off their products with weights.
#pragma once

#include "passes/tile/LaneBuilder.h"

namespace qcc::tile {

/// The sum of the signed bytes of those of `words` that have `indices`, times `factor`, over
/// `lanes` neighbours: exact in f32.
mlir::Value sumOfBytes(LaneBuilder &b, mlir::Value words, llvm::ArrayRef<int64_t> indices,
                       int64_t factor, int64_t lanes);

} // namespace qcc::tile
