// The clean stage: passes that bring what importers write to one canonical form of lm and qnt.
#pragma once

#include "dialects/lm/Lm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace qcc::clean {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/clean/Passes.h.inc"

/// Appends the clean stage to a pass manager over modules. Takes what an importer writes; what
/// comes out satisfies VerifyClean, which is the last pass.
void buildCleanStage(mlir::OpPassManager &manager);

} // namespace qcc::clean
