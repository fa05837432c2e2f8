// Reads a decoder from ONNX, as ONNX Runtime GenAI's model builder writes it, into the lm and qnt
// dialects.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace qcc {

struct ImportOptions {
  /// Element type of every activation: "f32", "f16", "bf16"; empty keeps the graph's own.
  std::string activations;
  /// Upper limit of `max_positions`, in tokens; 0 sets none.
  int64_t maxContext = 0;
  /// Element type of every cache: "f32", "f16", "bf16", "int8", "fp8"; empty takes that of its queries.
  std::string keyValueCache = {};
};

/// Imports the ONNX file at `path`. The module holds `func.func @decoder` and `lm.model` as Lm.td
/// says; each operation's location is its ONNX node's name. Weights stay in their files: sources
/// are named relative to the folder of `path`. What cannot be imported exactly is refused with one
/// sentence that names the file, the node and its operator, and what would mend it. Never crashes
/// on damaged input.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnx(llvm::StringRef path, mlir::MLIRContext &context, const ImportOptions &options);

} // namespace qcc
