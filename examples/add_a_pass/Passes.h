// The example's passes, as MLIR generates them from Passes.td: createMergeScales, registerExamplePasses.
#pragma once

#include "dialects/lm/Lm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::example {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "examples/add_a_pass/Passes.h.inc"

} // namespace qcc::example
