// The quantize stage: which activations are 8-bit integers.
#pragma once

#include "dialects/lm/Lm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::quantize {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/quantize/Passes.h.inc"

/// Appends the quantize stage to a pass manager over modules. Takes a clean decoder and leaves it
/// as it is unless `activations` are to be quantized; what comes out satisfies VerifyQuantize,
/// which is the last pass.
void buildQuantizeStage(mlir::OpPassManager &manager, bool activations);

} // namespace qcc::quantize
