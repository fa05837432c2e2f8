#include "passes/plan/MatmulRows.h"

using namespace mlir;
using namespace qcc;

Type plan::rowsInMemory(qnt::MatmulOp matmul) {
  Value rows = matmul.getLhs();
  for (Operation *op = rows.getDefiningOp(); op && op->getBlock() == matmul->getBlock(); op = rows.getDefiningOp()) {
    rows = op->getOperand(0);
  }
  return rows.getType();
}

int64_t plan::stagedBytes(qnt::MatmulOp matmul) {
  if (isa<qnt::ActivationType>(matmul.getLhs().getType())) {
    return 1;
  }
  qnt::Encoding encoding = matmul.getWeight().getType().getEncoding();
  bool unpacksToHalf = !qnt::isFloat(encoding) || encoding == qnt::Encoding::f16;
  return getElementTypeOrSelf(rowsInMemory(matmul)).isF16() && unpacksToHalf ? 2 : 4;
}
