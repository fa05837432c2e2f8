// The importers of single operators, one for each row of the table in Operators.cpp.
#pragma once

#include "compiler/import/onnx/Importer.h"

namespace qcc::onnx_import {

// Matmul.cpp
llvm::Error importMatMul(Node &node);
llvm::Error importMatMulNBits(Node &node);

// Embedding.cpp
/// Gather of embedding rows by token, or of the last position before the head.
llvm::Error importGather(Node &node);
llvm::Error importGatherBlockQuantized(Node &node);

// Norms.cpp
llvm::Error importRmsNorm(Node &node);
llvm::Error importSkipRmsNorm(Node &node);

// Elementwise.cpp
llvm::Error importAdd(Node &node);
llvm::Error importMul(Node &node);
llvm::Error importDiv(Node &node);
llvm::Error importSigmoid(Node &node);
/// x * sigmoid(alpha * x): QuickGelu, Swish and Silu.
llvm::Error importSwish(Node &node);
llvm::Error importFastGelu(Node &node);
llvm::Error importCast(Node &node);
llvm::Error importIdentity(Node &node);

// Slices.cpp
/// Slice of features, or of the last position before the head.
llvm::Error importSlice(Node &node);
llvm::Error importSplit(Node &node);
/// Reads the last position of input 0, as lm.select_rows.
llvm::Error importLastPosition(Node &node);

// Attention.cpp
llvm::Error importRotaryEmbedding(Node &node);
llvm::Error importGroupQueryAttention(Node &node);

/// The constant behind input `index`, seen through a Reshape, which keeps its bytes; or null.
const Constant *constantThroughReshape(Node &node, int index);

// Positions.cpp
/// Fail unless `value` is what the runtime supplies itself: the position of each token, the number
/// of tokens before the last of a sequence, the number of tokens of the longest sequence.
llvm::Error checkPositions(Node &node, llvm::StringRef value);
llvm::Error checkSequenceLengths(Node &node, llvm::StringRef value);
llvm::Error checkTotalLength(Node &node, llvm::StringRef value);

} // namespace qcc::onnx_import
