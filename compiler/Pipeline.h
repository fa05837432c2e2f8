// The compiler: a table of stages, and the function that runs them.
#pragma once

#include "compiler/Options.h"
#include "compiler/chips/Chips.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace qcc {

/// One stage. Each ends with a verifier that states its contract; stages are what --stop-after and
/// --dump-stages name.
struct Stage {
  llvm::StringLiteral name;
  void (*build)(mlir::OpPassManager &manager, const Chip &chip, const Options &options);
};

/// The stages between import and packaging, in order.
llvm::ArrayRef<Stage> stages();

/// Runs `stage` on `module` and writes the result into options.dumpStages, if that is set. The error names the stage;
/// what went wrong has been reported to the context's diagnostic handler.
llvm::Error runStage(const Stage &stage, mlir::ModuleOp module, const Chip &chip, const Options &options);

/// The dialects that any stage needs.
void registerDialects(mlir::DialectRegistry &registry);

} // namespace qcc
