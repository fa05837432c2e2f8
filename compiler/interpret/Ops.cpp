#include "compiler/interpret/Ops.h"

using namespace qcc::interpret;

static const OpTable &opFunctions() {
  static const OpTable table = [] {
    OpTable ops;
    addWeightOps(ops);
    addMatmulOps(ops);
    addQuantizeOps(ops);
    addRowOps(ops);
    addNormOps(ops);
    addElementwiseOps(ops);
    addAttentionOps(ops);
    addFusionOps(ops);
    return ops;
  }();
  return table;
}

llvm::Expected<const OpFunction *> qcc::interpret::findOp(mlir::Operation *op) {
  llvm::StringRef name = op->getName().getStringRef();
  auto found = opFunctions().find(name);
  if (found == opFunctions().end()) {
    return llvm::createStringError("'" + name + "' is not an op that the interpreter knows");
  }
  return &found->second;
}
