#include "passes/fuse/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void qcc::fuse::buildFuseStage(OpPassManager &manager) {
  OpPassManager &functions = manager.nest<func::FuncOp>();
  functions.addPass(createWidenLogits());
  // What nothing reads, or is computed already, needs no kernel.
  functions.addPass(createCSEPass());
  functions.addPass(createPairRotaryRows());
  functions.addPass(createFuseMatmuls());
  functions.addPass(createFuseNorms());
  functions.addPass(createFuseEpilogues());
  functions.addPass(createFormKernels());
  functions.addPass(createVerifyFuse());
}
