#include "dialects/tile/Tile.h"
#include "passes/translate/Passes.h"

using namespace mlir;

OwningOpRef<ModuleOp> qcc::translate::extractKernels(ModuleOp program) {
  OwningOpRef<ModuleOp> kernels(ModuleOp::create(program.getLoc()));
  OpBuilder builder(kernels->getBodyRegion());
  for (auto kernel : program.getOps<tile::KernelOp>()) {
    builder.clone(*kernel);
  }
  return kernels;
}
