// Collects what a program's entry points share: weights with their recipes, and kernels by their code.
#pragma once

#include "dialects/program/Program.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "mlir/IR/BuiltinOps.h"

namespace qcc::plan {

/// A kernel made from an lm.fused, and the values around it that it takes, in the order of its arguments.
struct OutlinedKernel {
  tile::KernelOp kernel;
  llvm::SmallVector<mlir::Value> inputs;
};

class ProgramBuilder {
public:
  explicit ProgramBuilder(mlir::ModuleOp module);

  /// The symbol of the program.weight that is `weight`, made with its recipe when it is new.
  mlir::StringRef weight(mlir::Value weight);

  /// The kernel that computes `fused`; kernels with equal bodies are one. `entry` begins a new one's name.
  OutlinedKernel outline(lm::FusedOp fused, mlir::StringRef entry);

  void noteCacheBytes(int64_t bytes) { cacheBytes = std::max(cacheBytes, bytes); }
  void noteSamplerBytes(int64_t bytes) { samplerBytes = bytes; }

  /// Records on the module what memory assignment needs to know: `program.kv_cache_bytes` and
  /// `program.sampler_bytes`.
  void finish();

private:
  mlir::StringRef uniqueName(mlir::StringRef base);
  tile::KernelOp build(lm::FusedOp fused, mlir::ValueRange inputs);

  mlir::ModuleOp module;
  mlir::OpBuilder b;
  int64_t rowCapacity, cacheBytes = 0, samplerBytes = 0;
  llvm::StringSet<> names;                       // taken, the entry points' among them
  llvm::StringMap<std::string> weights;    // text of what they are -> symbol
  llvm::StringMap<tile::KernelOp> kernels; // by their text without a name
};

/// What a kernel of `kind` with this body does, in a word for its name: "attention", "matmul_qkv".
llvm::StringRef roleOf(llvm::StringRef kind, mlir::Block &body);

} // namespace qcc::plan
