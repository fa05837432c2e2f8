#include "passes/tile/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void qcc::tile::buildTileStage(OpPassManager &manager, int64_t waveSize) {
  manager.addPass(createLowerMatmulKernels({waveSize}));
  manager.addPass(createLowerAttentionKernels({waveSize}));
  manager.addPass(createLowerRowKernels({waveSize}));
  // The lowerings write addresses out in full for every access.
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyTile());
}
