#include "passes/fuse/FusedKernel.h"
#include "passes/fuse/Passes.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_FORMKERNELS
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

bool isLeftOver(Operation &op) {
  return isa<lm::LmDialect>(op.getDialect()) && !isa<lm::FusedOp>(op);
}

StringRef kindOf(Operation *op) {
  return isa<lm::AttentionOp>(op) ? "attention" : isa<lm::EmbedOp>(op) ? "embed" : "rows";
}

/// Operations that `op` alone reads and that a kernel of rows computes again at any feature.
void collectProducers(Operation *op, SmallVectorImpl<Operation *> &ops) {
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    bool joins = producer && producer->getBlock() == op->getBlock() && isLeftOver(*producer) &&
                 producer->hasOneUse() && !isa<lm::AttentionOp, lm::AppendOp, lm::EmbedOp>(producer);
    if (joins && !llvm::is_contained(ops, producer)) {
      collectProducers(producer, ops);
      ops.push_back(producer);
    }
  }
}

// Pattern: attention(q, c) -> fused { attention(q, c) }, and likewise what no other pass placed
struct FormKernels : impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    Block &block = getOperation().getBody().front();
    IRRewriter rewriter(&getContext());
    // From the end, so that an operation finds its producers still free.
    SmallVector<Operation *> left;
    for (Operation &op : llvm::reverse(block)) {
      if (isLeftOver(op)) {
        left.push_back(&op);
      }
    }
    for (Operation *op : left) {
      if (op->getBlock() != &block) {
        continue;
      }
      SmallVector<Operation *> ops;
      if (kindOf(op) == "rows") {
        collectProducers(op, ops);
      }
      ops.push_back(op);
      wrapOperations(rewriter, kindOf(op), ops);
    }
  }
};

} // namespace
} // namespace qcc::fuse
