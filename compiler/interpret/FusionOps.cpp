// lm.fused: what its body computes.
#include "compiler/interpret/Ops.h"
#include "dialects/lm/Lm.h"

using namespace qcc;
using namespace qcc::interpret;

static llvm::Error fused(lm::FusedOp op, Frame &frame) {
  mlir::Block &body = op.getBody().front();
  if (llvm::Error error = frame.run(body)) {
    return error;
  }
  for (auto [result, value] : llvm::zip(op.getResults(), body.getTerminator()->getOperands())) {
    frame.copy(result, value);
  }
  return llvm::Error::success();
}

void qcc::interpret::addFusionOps(OpTable &table) {
  addOp(table, fused);
}
