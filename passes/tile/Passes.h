// The tile stage: kernels from whole tensors to the code of one work-item.
#pragma once

#include "dialects/tile/Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::tile {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/tile/Passes.h.inc"

/// Lowers every kernel for a chip with waves of `waveSize` lanes, gives entry points of at most `persistentRows` rows
/// a persistent kernel (0: none), and verifies the result.
void buildTileStage(mlir::OpPassManager &manager, int64_t waveSize, int64_t persistentRows);

} // namespace qcc::tile
