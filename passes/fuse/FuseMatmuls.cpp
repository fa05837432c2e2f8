#include "passes/fuse/FusedKernel.h"
#include "passes/fuse/Passes.h"

#include "llvm/ADT/MapVector.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_FUSEMATMULS
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

/// Weights come first, so that every kernel may use every weight wherever it stands.
void hoistWeights(Block &block) {
  Operation *after = nullptr;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    bool makesWeight = op.getNumResults() == 1 && isa<qnt::WeightType>(op.getResult(0).getType());
    if (!makesWeight) {
      continue;
    }
    if (after) {
      op.moveAfter(after);
    } else {
      op.moveBefore(&block, block.begin());
    }
    after = &op;
  }
}

// Pattern: matmul(x, w0), matmul(x, w1), ... -> fused { matmul(x, w0), matmul(x, w1), ... }
struct FuseMatmuls : impl::FuseMatmulsBase<FuseMatmuls> {
  void runOnOperation() override {
    Block &block = getOperation().getBody().front();
    hoistWeights(block);
    llvm::MapVector<Value, SmallVector<Operation *>> byRows;
    for (auto matmul : block.getOps<qnt::MatmulOp>()) {
      byRows[matmul.getLhs()].push_back(matmul);
    }
    IRRewriter rewriter(&getContext());
    for (auto &[rows, matmuls] : byRows) {
      // All are ready where the first is: their rows are the same, and weights are at the top.
      for (Operation *matmul : ArrayRef(matmuls).drop_front()) {
        Operation *previous = matmuls[llvm::find(matmuls, matmul) - matmuls.begin() - 1];
        matmul->moveAfter(previous);
      }
      wrapOperations(rewriter, "matmul", matmuls);
    }
  }
};

} // namespace
} // namespace qcc::fuse
