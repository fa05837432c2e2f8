#include "passes/plan/Passes.h"

#include "mlir/Pass/PassManager.h"

void qcc::plan::buildPlanStage(mlir::OpPassManager &manager, const PlanOptions &options) {
  // Layouts come before entry points are split, so that all of them share one packing.
  manager.addPass(createChooseLayouts(
      {options.waveSize, options.computeUnits, options.maxBatch, options.matrixOfFewRows}));
  manager.addPass(createSampleLogits());
  manager.addPass(createSpecializeEntryPoints({options.maxBatch, options.maxContext, options.prefillRows}));
  manager.addPass(createSeparateNorms({options.matrix}));
  manager.addPass(createChooseSchedules({options.waveSize, options.computeUnits, options.ldsBytes,
                                         options.bytesInFlight, options.matrix, options.matrixOfBytes, options.matrixOfFewRows,
                                         options.unpackingRows, options.productsOfLatency}));
  manager.addPass(createConvertLmToProgram());
  manager.addPass(createAssignMemory());
  manager.addPass(createVerifyPlan());
}
