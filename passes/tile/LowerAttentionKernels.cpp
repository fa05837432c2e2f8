#include "passes/tile/AttentionLowering.h"
#include "passes/tile/FlashAttentionLowering.h"
#include "passes/tile/Passes.h"

namespace qcc::tile {
#define GEN_PASS_DEF_LOWERATTENTIONKERNELS
#include "passes/tile/Passes.h.inc"

using namespace mlir;

namespace {

/// The one lm.attention of a kernel that has nothing else but what quantizes its result, or null.
lm::AttentionOp onlyAttention(KernelOp kernel) {
  lm::AttentionOp found;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto attention = dyn_cast<lm::AttentionOp>(op);
    auto quantize = dyn_cast<qnt::QuantizeOp>(op);
    bool fits = attention ? !found : quantize && found && quantize.getInput() == found.getResult();
    if (!fits) {
      return {};
    }
    found = attention ? attention : found;
  }
  return found;
}

struct LowerAttentionKernels : impl::LowerAttentionKernelsBase<LowerAttentionKernels> {
  using Base::Base;

  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      if (kernel.getKind() != "attention" || kernel.isLowered()) {
        continue;
      }
      lm::AttentionOp op = onlyAttention(kernel);
      if (!op) {
        kernel.emitError("an attention kernel has one lm.attention and nothing else");
        return signalPassFailure();
      }
      if (!kernel.getSchedule().getMatrix()) {
        AttentionLowering(kernel, op, waveSize).run();
      } else if (failed(FlashAttentionLowering(kernel, op, waveSize).run())) {
        return signalPassFailure();
      }
    }
  }
};

} // namespace
} // namespace qcc::tile
