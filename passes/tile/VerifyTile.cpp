#include "passes/tile/Passes.h"

namespace qcc::tile {
#define GEN_PASS_DEF_VERIFYTILE
#include "passes/tile/Passes.h.inc"

using namespace mlir;

namespace {

LogicalResult verifyKernel(KernelOp kernel) {
  if (!kernel.isLowered() || !kernel.getWorkgroup()) {
    return kernel.emitError("is not at lane level: no lowering knows kind \"") << kernel.getKind() << "\"";
  }
  ArrayRef<int64_t> grid = *kernel.getGrid();
  if (grid.size() != 3 || llvm::any_of(grid, [](int64_t n) { return n < 1; })) {
    return kernel.emitError("has an empty grid");
  }
  if (*kernel.getWorkgroup() < 1 || *kernel.getWorkgroup() > 1024) {
    return kernel.emitError("has a workgroup of ") << *kernel.getWorkgroup() << " work-items; the limit is 1024";
  }
  WalkResult result = kernel.walk([](Operation *op) -> WalkResult {
    if (isa<lm::LmDialect, qnt::QntDialect>(op->getDialect())) {
      return op->emitError("is left at tensor level"), WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

struct VerifyTile : impl::VerifyTileBase<VerifyTile> {
  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      if (failed(verifyKernel(kernel))) {
        return signalPassFailure();
      }
    }
  }
};

} // namespace
} // namespace qcc::tile
