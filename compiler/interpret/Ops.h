// The meaning of each op: a table from its name to the function that computes its results.
#pragma once

#include "compiler/interpret/Frame.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace qcc::interpret {

/// Reads an op's operands from the frame and sets its results there. Fails with one sentence.
using OpFunction = std::function<llvm::Error(mlir::Operation *, Frame &)>;
using OpTable = llvm::StringMap<OpFunction>;

/// The meaning of `op`. Fails when it is none of the lm and qnt dialects' ops that compute
/// something.
llvm::Expected<const OpFunction *> findOp(mlir::Operation *op);

/// Each family adds its ops to the table.
void addWeightOps(OpTable &table);
void addMatmulOps(OpTable &table);
void addQuantizeOps(OpTable &table);
void addRowOps(OpTable &table);
void addNormOps(OpTable &table);
void addElementwiseOps(OpTable &table);
void addAttentionOps(OpTable &table);
void addFusionOps(OpTable &table);

/// Adds `function` as the meaning of `Op`.
template <typename Op> void addOp(OpTable &table, llvm::Error (*function)(Op, Frame &)) {
  table[Op::getOperationName()] = [function](mlir::Operation *op, Frame &frame) {
    return function(mlir::cast<Op>(op), frame);
  };
}

} // namespace qcc::interpret
