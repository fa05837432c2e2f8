// The fuse stage: which operations share a kernel.
#pragma once

#include "dialects/lm/Lm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::fuse {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/fuse/Passes.h.inc"

/// Turns a clean decoder into a sequence of lm.fused, and verifies it.
void buildFuseStage(mlir::OpPassManager &manager);

} // namespace qcc::fuse
