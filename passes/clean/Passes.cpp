#include "passes/clean/Passes.h"

#include "mlir/Pass/PassManager.h"

using namespace qcc;
using mlir::func::FuncOp;

void clean::buildCleanStage(mlir::OpPassManager &manager) {
  // Imported forms come apart first, so that the rewrites after see one form only.
  manager.addNestedPass<FuncOp>(createDecomposeSkipRmsNorm());
  manager.addNestedPass<FuncOp>(createDecomposeGroupQueryAttention());
  // Norms stand between casts until these are gone.
  manager.addNestedPass<FuncOp>(createFoldCasts());
  manager.addNestedPass<FuncOp>(createFormSilu());
  // Decomposed attention has shown the slices of packed projections.
  manager.addNestedPass<FuncOp>(createSinkSlices());
  // Last, when nothing but the head and its norm is between the last residual and the logits.
  manager.addNestedPass<FuncOp>(createSelectLogitRows());
  manager.addPass(createVerifyClean());
}
