// Turns constants of the graph into qnt.parameter operations, which name their bytes and never hold
// them.
#pragma once

#include "compiler/import/onnx/Importer.h"

namespace qcc::onnx_import {

using WeightValue = mlir::TypedValue<qnt::WeightType>;

/// Everything that makes a parameter except its extents and values.
struct BlockScheme {
  int64_t block = 0;
  const Constant *scales = nullptr;
  const Constant *zeros = nullptr;
  const Constant *groupIndex = nullptr;
};

/// The floating-point constant that input `index` is, as a weight of its own shape (one or two
/// extents).
llvm::Expected<WeightValue> importFloatWeight(Node &node, int index);

/// The right-hand side of a MatMul as a weight of [N, K]: a floating-point constant of [K, N], or
/// one of [N, K] (perhaps blocked and dequantized by DequantizeLinear) behind a Transpose.
llvm::Expected<WeightValue> importMatmulWeight(Node &node, int index);

/// A block-quantized weight of `rows` by `columns` elements of `encoding` in constant `values`,
/// checked against the counts of values, scales and zero points.
llvm::Expected<WeightValue> importBlockWeight(Node &node, const Constant &values, int64_t rows,
                                              int64_t columns, qnt::Encoding encoding,
                                              qnt::Storage storage, const BlockScheme &scheme);

} // namespace qcc::onnx_import
