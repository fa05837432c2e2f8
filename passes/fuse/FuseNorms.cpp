#include "passes/fuse/FusedKernel.h"
#include "passes/fuse/Passes.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_FUSENORMS
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

/// Whether a matmul kernel can compute `op` while staging its rows.
bool isStagedWithRows(Operation *op, bool hasNorm) {
  if (auto norm = dyn_cast_if_present<lm::RmsNormOp>(op)) {
    return !norm.getGroup() && !hasNorm;
  }
  return isa_and_present<lm::SelectRowsOp, qnt::ScaleByNormOp>(op);
}

// Pattern: fused { matmul(rms_norm(x), w) } <- rms_norm(x) outside
// Pattern: fused { matmul(select_rows(x), w) } <- select_rows(x) outside
// Pattern: fused { matmul(scale_by_norm(q), w) } <- scale_by_norm(q) outside
struct FuseNorms : impl::FuseNormsBase<FuseNorms> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    for (auto kernel : getOperation().getBody().front().getOps<lm::FusedOp>()) {
      if (kernel.getKind() != "matmul") {
        continue;
      }
      auto matmul = *kernel.getBody().front().getOps<qnt::MatmulOp>().begin();
      Value rows = matmul.getLhs();
      bool hasNorm = false;
      while (isStagedWithRows(rows.getDefiningOp(), hasNorm)) {
        Operation *producer = rows.getDefiningOp();
        hasNorm |= isa<lm::RmsNormOp>(producer);
        rows = producer->getOperand(0);
        pullProducer(rewriter, kernel, producer);
      }
    }
  }
};

} // namespace
} // namespace qcc::fuse
