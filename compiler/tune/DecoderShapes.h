// Decoders whose matmuls the shipped table covers, and such a decoder as a module.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace qcc::tune {

/// The widths of a decoder that decide the shapes of its matmuls.
struct DecoderShape {
  llvm::StringLiteral name;
  int64_t hidden, intermediate, heads, keyValueHeads, headSize, vocabulary;
};

/// Llama 2 and 3, Mistral, Qwen 2.5 and 3, Phi and Gemma from 1 to 72 billion parameters.
llvm::ArrayRef<DecoderShape> decoderShapes();

/// How the weights of a decoder are stored.
struct WeightForm {
  int64_t bits = 4, block = 128;
};

/// One layer of a decoder and its head, as importers write it, with weights that exist nowhere.
mlir::OwningOpRef<mlir::ModuleOp> decoderModule(const DecoderShape &shape, const WeightForm &form,
                                                mlir::MLIRContext &context);

} // namespace qcc::tune
