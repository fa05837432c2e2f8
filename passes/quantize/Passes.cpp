#include "passes/quantize/Passes.h"

#include "mlir/Pass/PassManager.h"

using mlir::func::FuncOp;

void qcc::quantize::buildQuantizeStage(mlir::OpPassManager &manager, bool activations) {
  if (activations) {
    manager.addNestedPass<FuncOp>(createQuantizeActivations());
  }
  manager.addNestedPass<FuncOp>(createVerifyQuantize());
}
