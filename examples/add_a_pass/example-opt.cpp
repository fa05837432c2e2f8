// example-opt: qcc-opt's little sister. Knows the pass by its own name, and a pipeline with it inside.
#include "examples/add_a_pass/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/clean/Passes.h"
#include "passes/fuse/Passes.h"

/// The clean stage, then the new pass on every function, then the fuse stage.
static void buildPipeline(mlir::OpPassManager &manager) {
  qcc::clean::buildCleanStage(manager);
  manager.addNestedPass<mlir::func::FuncOp>(qcc::example::createMergeScales());
  qcc::fuse::buildFuseStage(manager);
}

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<qcc::qnt::QntDialect, qcc::lm::LmDialect, mlir::func::FuncDialect>();
  qcc::example::registerExamplePasses();
  mlir::PassPipelineRegistration<>("example-pipeline", "clean, merge-scales, fuse", buildPipeline);
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "example pass driver\n", registry));
}
