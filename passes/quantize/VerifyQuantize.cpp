#include "passes/quantize/Passes.h"

namespace qcc::quantize {
#define GEN_PASS_DEF_VERIFYQUANTIZE
#include "passes/quantize/Passes.h.inc"

using namespace mlir;

namespace {

LogicalResult verifyReader(Operation *op) {
  if (auto matmul = dyn_cast<qnt::MatmulOp>(op)) {
    qnt::WeightType type = matmul.getWeight().getType();
    int64_t bits = qnt::bitsOf(type.getEncoding());
    return !qnt::isFloat(type.getEncoding()) && (bits == 4 || bits == 8)
               ? success()
               : op->emitOpError(
                     "multiplies quantized rows by a weight that is not of 4 or 8 bits");
  }
  return isa<qnt::ScaleByNormOp, lm::SelectRowsOp>(op) ? success()
                                                       : op->emitOpError("reads quantized rows");
}

LogicalResult verifyPlace(qnt::QuantizeOp op) {
  auto norm = op.getInput().getDefiningOp<lm::RmsNormOp>();
  bool wholeNorm = norm && !norm.getGroup() && !op.getWeight();
  if (wholeNorm || op.getInput().getDefiningOp<lm::SelectRowsOp>()) {
    return op.emitOpError("quantizes what a norm or a selection made, not their input");
  }
  return success();
}

struct VerifyQuantize : impl::VerifyQuantizeBase<VerifyQuantize> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([](Operation *op) {
      bool reads = llvm::any_of(op->getOperandTypes(), llvm::IsaPred<qnt::ActivationType>);
      auto quantize = dyn_cast<qnt::QuantizeOp>(op);
      bool failed = (reads && mlir::failed(verifyReader(op))) ||
                    (quantize && mlir::failed(verifyPlace(quantize)));
      return failed ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted()) {
      signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};

} // namespace
} // namespace qcc::quantize
