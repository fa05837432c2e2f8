// qcc-opt: runs passes on IR text, for lit tests and for people.
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "passes/clean/Passes.h"
#include "passes/fuse/Passes.h"
#include "passes/plan/Passes.h"
#include "passes/quantize/Passes.h"
#include "passes/tile/Passes.h"
#include "passes/translate/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<qcc::qnt::QntDialect, qcc::lm::LmDialect, qcc::tile::TileDialect,
                  qcc::program::ProgramDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect,
                  mlir::math::MathDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect,
                  mlir::LLVM::LLVMDialect, mlir::ROCDL::ROCDLDialect>();
  mlir::registerTransformsPasses();
  qcc::clean::registerCleanPasses();
  qcc::quantize::registerQuantizePasses();
  qcc::fuse::registerFusePasses();
  qcc::plan::registerPlanPasses();
  qcc::tile::registerTilePasses();
  qcc::translate::registerTranslatePasses();
  qcc::translate::registerTranslatePipeline();
  mlir::PassPipelineRegistration<>("clean-stage", "the clean stage", qcc::clean::buildCleanStage);
  mlir::PassPipelineRegistration<>("fuse-stage", "the fuse stage", qcc::fuse::buildFuseStage);
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "qcc pass driver\n", registry));
}
