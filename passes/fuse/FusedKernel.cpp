#include "passes/fuse/FusedKernel.h"

using namespace mlir;
using namespace qcc;

/// Values of `body`'s operations that are used outside of it.
static SmallVector<Value> valuesUsedOutside(Block &body) {
  SmallVector<Value> used;
  for (Operation &op : body.without_terminator()) {
    for (Value result : op.getResults()) {
      bool outside = llvm::any_of(result.getUsers(), [&](Operation *user) {
        return body.findAncestorOpInBlock(*user) == nullptr;
      });
      if (outside) {
        used.push_back(result);
      }
    }
  }
  return used;
}

/// Makes the values that are used outside the results of a kernel whose body is `ops`.
static lm::FusedOp closeKernel(RewriterBase &rewriter, StringRef kind, Location loc, Block *body) {
  SmallVector<Value> yielded = valuesUsedOutside(*body);
  auto fused = lm::FusedOp::create(rewriter, loc, ValueRange(yielded).getTypes(), kind);
  fused.getBody().push_back(body);
  for (auto [value, result] : llvm::zip(yielded, fused.getResults())) {
    rewriter.replaceUsesWithIf(value, result, [&](OpOperand &use) {
      return !fused->isProperAncestor(use.getOwner());
    });
  }
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToEnd(body);
  lm::YieldOp::create(rewriter, loc, yielded);
  return fused;
}

lm::FusedOp fuse::wrapOperations(RewriterBase &rewriter, StringRef kind, ArrayRef<Operation *> ops) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfter(ops.back());
  auto *body = new Block();
  for (Operation *op : ops) {
    op->moveBefore(body, body->end());
  }
  return closeKernel(rewriter, kind, ops.front()->getLoc(), body);
}

Value fuse::yieldedValue(OpResult result) {
  auto fused = cast<lm::FusedOp>(result.getOwner());
  return fused.getBody().front().getTerminator()->getOperand(result.getResultNumber());
}

lm::FusedOp fuse::pullUser(RewriterBase &rewriter, lm::FusedOp kernel, Operation *user) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(kernel);
  Block *body = &kernel.getBody().front();
  for (OpResult result : kernel->getResults()) {
    rewriter.replaceAllUsesWith(result, yieldedValue(result));
  }
  rewriter.eraseOp(body->getTerminator());
  user->moveBefore(body, body->end());
  body->getParent()->getBlocks().remove(body);
  lm::FusedOp grown = closeKernel(rewriter, kernel.getKind(), kernel.getLoc(), body);
  rewriter.eraseOp(kernel);
  return grown;
}

void fuse::pullProducer(RewriterBase &rewriter, lm::FusedOp kernel, Operation *producer) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(&kernel.getBody().front());
  Operation *copy = rewriter.clone(*producer);
  for (auto [original, copied] : llvm::zip(producer->getResults(), copy->getResults())) {
    rewriter.replaceUsesWithIf(original, copied, [&](OpOperand &use) {
      return kernel->isProperAncestor(use.getOwner()) && use.getOwner() != copy;
    });
  }
  if (producer->use_empty()) {
    rewriter.eraseOp(producer);
  }
}
