// qcc-opt: runs passes on IR text, for lit tests and for people.
#include "dialects/program/Program.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/clean/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<qcc::qnt::QntDialect, qcc::lm::LmDialect, qcc::tile::TileDialect,
                  qcc::program::ProgramDialect, mlir::func::FuncDialect>();
  qcc::clean::registerCleanPasses();
  mlir::PassPipelineRegistration<>("clean-stage", "the clean stage", qcc::clean::buildCleanStage);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "qcc pass driver\n", registry));
}
