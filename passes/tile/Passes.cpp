#include "passes/tile/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void qcc::tile::buildTileStage(OpPassManager &manager, int64_t waveSize, int64_t persistentRows) {
  manager.addPass(createLowerMatmulKernels({waveSize}));
  manager.addPass(createLowerAttentionKernels({waveSize}));
  manager.addPass(createLowerRowKernels({waveSize}));
  manager.addPass(createLowerSampleKernels({waveSize}));
  if (persistentRows > 0) {
    manager.addPass(createFormPersistentKernels({persistentRows}));
  }
  // The lowerings write addresses out in full for every access.
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyTile());
}
