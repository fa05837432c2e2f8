// The plan stage: layouts, entry points, schedules and buffers.
#pragma once

#include "dialects/program/Program.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::plan {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/plan/Passes.h.inc"

/// What the plan depends on: the chip's numbers and what the user wants of a session.
struct PlanOptions {
  int64_t waveSize = 64;
  int64_t computeUnits = 304;
  int64_t ldsBytes = 65536;
  int64_t bytesInFlight = 4240000;
  int64_t maxBatch = 1;
  int64_t maxContext = 512;
  int64_t prefillRows = 64;
  llvm::SmallVector<int64_t> matrix; // as #tile.matrix_shape, for 16-bit floats
  llvm::SmallVector<int64_t> matrixOfBytes;
  llvm::SmallVector<int64_t> matrixOfFewRows; // for 16-bit floats, the one of the fewest rows
  int64_t unpackingRows = 16;
  int64_t productsOfLatency = 0;
};

/// Turns a fused decoder into a program of launches, and verifies it.
void buildPlanStage(mlir::OpPassManager &manager, const PlanOptions &options);

} // namespace qcc::plan
