#include "passes/fuse/FusedKernel.h"
#include "passes/fuse/Passes.h"

#include "llvm/ADT/SetVector.h"
#include "mlir/IR/Dominance.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_FUSEEPILOGUES
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

/// The matmuls of a kernel that `value` is computed from.
void collectMatmuls(Value value, llvm::SetVector<Operation *> &matmuls) {
  Operation *op = value.getDefiningOp();
  if (auto fused = dyn_cast_if_present<lm::FusedOp>(op)) {
    if (fused.getKind() == "matmul") {
      collectMatmuls(yieldedValue(cast<OpResult>(value)), matmuls);
    }
    return;
  }
  if (isa_and_present<qnt::MatmulOp>(op)) {
    matmuls.insert(op);
  } else if (op && isa<lm::FusedOp>(op->getParentOp())) {
    for (Value operand : op->getOperands()) {
      collectMatmuls(operand, matmuls);
    }
  }
}

/// Combined column by column, matmuls need their columns in the same lanes.
bool haveSameColumns(Operation *user, lm::FusedOp kernel) {
  llvm::SetVector<Operation *> matmuls;
  for (Value operand : user->getOperands()) {
    if (operand.getDefiningOp() == kernel) {
      collectMatmuls(operand, matmuls);
    }
  }
  auto typeOf = [](Operation *op) { return cast<qnt::MatmulOp>(op).getWeight().getType(); };
  return llvm::all_of(matmuls, [&](Operation *op) {
    return typeOf(op).getRows() == typeOf(matmuls[0]).getRows() &&
           qnt::bitsOf(typeOf(op).getEncoding()) == qnt::bitsOf(typeOf(matmuls[0]).getEncoding());
  });
}

/// A rotation joins the matmul alone: its partner lanes hold matmul results.
bool canRotate(lm::RopeOp rope, lm::FusedOp kernel) {
  auto result = dyn_cast<OpResult>(rope.getInput());
  if (!result || result.getOwner() != kernel || !(rope.getPaired() || rope.getInterleaved())) {
    return false;
  }
  return yieldedValue(result).getDefiningOp<qnt::MatmulOp>() && result.hasOneUse();
}

bool canBeEpilogue(Operation *user, lm::FusedOp kernel) {
  if (auto rope = dyn_cast<lm::RopeOp>(user)) {
    return canRotate(rope, kernel);
  }
  if (auto append = dyn_cast<lm::AppendOp>(user)) {
    // A scale depends on a whole head, whose columns are computed apart from one another.
    return !append.getCache().getType().isQuantized() && append.getKey().getDefiningOp() == kernel &&
           append.getValue().getDefiningOp() == kernel;
  }
  return isa<lm::AddOp, lm::MulOp, lm::SiluOp, lm::GeluOp, lm::SigmoidOp, lm::ScaleOp, lm::CastOp,
             qnt::QuantizeOp>(user) &&
         haveSameColumns(user, kernel);
}

/// A rotated or paired value is stored as it is: what follows a rotation other than the append would see
/// its columns in another order.
bool followsRotation(Operation *user, lm::FusedOp kernel) {
  return !isa<lm::AppendOp>(user) && llvm::any_of(user->getOperands(), [&](Value operand) {
    auto result = dyn_cast<OpResult>(operand);
    return result && result.getOwner() == kernel && yieldedValue(result).getDefiningOp<lm::RopeOp>();
  });
}

/// A user that can move into the kernel now.
Operation *findEpilogue(lm::FusedOp kernel, DominanceInfo &dominance) {
  for (Operation *user : kernel->getUsers()) {
    if (user->getBlock() != kernel->getBlock() || !canBeEpilogue(user, kernel) ||
        followsRotation(user, kernel)) {
      continue;
    }
    bool ready = llvm::all_of(user->getOperands(), [&](Value operand) {
      return operand.getDefiningOp() == kernel || dominance.properlyDominates(operand, kernel);
    });
    if (ready) {
      return user;
    }
  }
  return nullptr;
}

// Pattern: op(fused { y }, ...) -> fused { op(y, ...) }
struct FuseEpilogues : impl::FuseEpiloguesBase<FuseEpilogues> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(getOperation());
    SmallVector<lm::FusedOp> kernels(getOperation().getBody().front().getOps<lm::FusedOp>());
    for (lm::FusedOp kernel : kernels) {
      if (kernel.getKind() != "matmul") {
        continue;
      }
      while (Operation *user = findEpilogue(kernel, dominance)) {
        kernel = pullUser(rewriter, kernel, user);
      }
    }
  }
};

} // namespace
} // namespace qcc::fuse
