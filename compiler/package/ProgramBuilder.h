// The launch program of an artifact, built from a planned module.
#pragma once

#include "dialects/program/Program.h"
#include "runtime/program_generated.h"

#include "llvm/Support/Error.h"

namespace qcc::package {

/// The sizes that `program.memory` states, in bytes, rows, sequences and positions.
struct MemorySizes {
  uint64_t arena, kvCache, weights, state, sampler;
  uint32_t rowCapacity, maxBatch, maxContext;

  /// Reads the module's attribute. Fails with one sentence naming an entry that is missing or does
  /// not fit its field, or when `state` or `sampler` is not what rows or sequences need.
  static llvm::Expected<MemorySizes> of(mlir::ModuleOp planned);
};

/// What the program states and the module does not.
struct ProgramFacts {
  std::string compiler;    // "qcc 0.1.0"
  std::string chip;        // "gfx942"
  std::string activations; // "f32", "f16" or "bf16"
  fb::CodeHeader codeHeader;
  struct Section {
    std::string name;
    uint64_t bytes, hash;
  };
  std::vector<Section> sections;
};

/// The FlatBuffers Program of `planned`: its entry points by ascending row capacity, its memories
/// and its model. Its size does not depend on the hashes. Fails with one sentence when the module
/// is not fully planned: buffers without a place, kernels without a grid, no entry point.
llvm::Expected<flatbuffers::DetachedBuffer>
buildProgram(mlir::ModuleOp planned, const MemorySizes &memory, const ProgramFacts &facts);

/// Elements of the model's distinct parameters.
uint64_t countParameters(mlir::ModuleOp planned);

} // namespace qcc::package
