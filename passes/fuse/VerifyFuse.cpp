#include "passes/fuse/Passes.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_VERIFYFUSE
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {
struct VerifyFuse : impl::VerifyFuseBase<VerifyFuse> {
  void runOnOperation() override {
    for (Operation &op : getOperation().getBody().front()) {
      bool makesWeight = op.getNumResults() == 1 && isa<qnt::WeightType>(op.getResult(0).getType());
      if (!makesWeight && !isa<lm::FusedOp, func::ReturnOp>(op)) {
        op.emitError("has no kernel");
        return signalPassFailure();
      }
    }
    WalkResult result = getOperation().walk([](Operation *op) -> WalkResult {
      auto kernel = op->getParentOfType<lm::FusedOp>();
      bool misplaced = (isa<qnt::MatmulOp>(op) && kernel.getKind() != "matmul") ||
                       (isa<lm::AttentionOp>(op) && kernel.getKind() != "attention");
      return misplaced ? WalkResult(op->emitError("is in a kernel of another kind"))
                       : WalkResult::advance();
    });
    if (result.wasInterrupted()) {
      signalPassFailure();
    }
  }
};
} // namespace
} // namespace qcc::fuse
