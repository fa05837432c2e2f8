// A decoder compiled up to its code object, to be counted.
#pragma once

#include "compiler/Options.h"
#include "compiler/chips/Chips.h"
#include "compiler/model/PlannedKernel.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

namespace qcc::bench {

/// What a model is compiled for.
struct CompileRequest {
  int64_t context = 1024;      ///< positions of a sequence
  int64_t batch = 1;           ///< sequences of a decoded token
  int64_t prefillRows = 0;     ///< tokens of a prefill step, where that is what is counted
  std::string keyValueCache{}; ///< elements of the KV cache; empty: those of activations
  bool quantizeActivations = false;
};

struct CompiledModel {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< as the plan stage left it
  std::string entry;                        ///< of the step that is counted
  model::PlannedModel planned;
};

/// Compiles `imported`, a module of `context` as importers leave it. The kernels are those of
/// `entry`.
llvm::Expected<CompiledModel> compileModule(std::unique_ptr<mlir::MLIRContext> context,
                                            mlir::OwningOpRef<mlir::ModuleOp> imported,
                                            const std::string &entry, const Chip &chip,
                                            const Options &options);

/// Compiles `onnx` for `chip`. The kernels are those of a decoded token, or of a prefill step.
llvm::Expected<CompiledModel> compileModel(const std::string &onnx, const Chip &chip,
                                           const CompileRequest &request);

} // namespace qcc::bench
