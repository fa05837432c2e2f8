#include "dialects/tile/AttentionPartition.h"
#include "passes/fuse/FusedKernel.h"
#include "passes/fuse/Passes.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_FORMKERNELS
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

bool isLeftOver(Operation &op) {
  return isa<qnt::QuantizeOp>(op) || (isa<lm::LmDialect>(op.getDialect()) && !isa<lm::FusedOp>(op));
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

/// Whether the kernel of `op` has whole blocks of channels in a workgroup, to quantize them.
bool canQuantize(Operation *op, qnt::QuantizeOp quantize) {
  auto attention = dyn_cast<lm::AttentionOp>(op);
  if (!attention) {
    return true;
  }
  tile::HeadPartition partition(attention);
  return partition.heads * partition.size % quantize.getType().getBlock() == 0;
}

/// The operation whose kernel quantizes for `op`, or null.
Operation *producerOf(Operation *op) {
  auto quantize = dyn_cast<qnt::QuantizeOp>(op);
  Operation *producer = quantize ? quantize.getInput().getDefiningOp() : nullptr;
  bool joins = producer && producer->getBlock() == op->getBlock() && isLeftOver(*producer) &&
               canQuantize(producer, quantize);
  return joins ? producer : nullptr;
}

/// What quantizes the result of `op` in its kernel; each comes to stand behind `op`.
void collectQuantizes(Operation *op, SmallVectorImpl<Operation *> &ops) {
  for (Operation *user : llvm::make_early_inc_range(op->getUsers())) {
    if (producerOf(user) == op) {
      user->moveAfter(op);
      ops.push_back(user);
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
      if (op->getBlock() != &block || producerOf(op)) {
        continue;
      }
      SmallVector<Operation *> ops;
      if (kindOf(op) == "rows") {
        collectProducers(op, ops);
      }
      ops.push_back(op);
      collectQuantizes(op, ops);
      wrapOperations(rewriter, kindOf(op), ops);
    }
  }
};

} // namespace
} // namespace qcc::fuse
