#include "passes/tile/AttentionLowering.h"
#include "passes/tile/Passes.h"

namespace qcc::tile {
#define GEN_PASS_DEF_LOWERATTENTIONKERNELS
#include "passes/tile/Passes.h.inc"

using namespace mlir;

namespace {

struct LowerAttentionKernels : impl::LowerAttentionKernelsBase<LowerAttentionKernels> {
  using Base::Base;

  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      if (kernel.getKind() != "attention" || kernel.isLowered()) {
        continue;
      }
      auto ops = kernel.getBody().front().getOps<lm::AttentionOp>();
      if (!llvm::hasSingleElement(ops) || !llvm::hasNItems(kernel.getBody().front(), 2)) {
        kernel.emitError("an attention kernel has one lm.attention and nothing else");
        return signalPassFailure();
      }
      AttentionLowering(kernel, *ops.begin(), waveSize).run();
    }
  }
};

} // namespace
} // namespace qcc::tile
