#include "passes/fuse/Passes.h"

namespace qcc::fuse {
#define GEN_PASS_DEF_WIDENLOGITS
#include "passes/fuse/Passes.h.inc"

using namespace mlir;

namespace {

// Pattern: return logits : f16 -> return cast(logits) : f32
struct WidenLogits : impl::WidenLogitsBase<WidenLogits> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    Operation *end = function.getBody().front().getTerminator();
    OpBuilder b(end);
    for (OpOperand &operand : end->getOpOperands()) {
      auto type = dyn_cast<RankedTensorType>(operand.get().getType());
      if (type && !type.getElementType().isF32()) {
        auto cast = lm::CastOp::create(b, end->getLoc(), type.clone(b.getF32Type()), operand.get());
        operand.set(cast);
      }
    }
    SmallVector<Type> results(end->getOperandTypes());
    function.setFunctionType(b.getFunctionType(function.getArgumentTypes(), results));
  }
};

} // namespace
} // namespace qcc::fuse
