// Writes model.hsaco: the code object, the launch program, the tokenizer and the packed weights in
// one ELF file, as docs/artifact.md lays it out.
#pragma once

#include "compiler/Progress.h"
#include "compiler/package/ArtifactReport.h"
#include "compiler/weights/WeightFiles.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace qcc::package {

struct ArtifactOptions {
  /// Who wrote it: "qcc 0.1.0".
  std::string compiler;
  /// The chip that the code object is for: "gfx942".
  std::string chip;
  /// The activations' type: "f32", "f16" or "bf16".
  std::string activations;
  /// Threads that pack weights; 0: one a core.
  unsigned threads = 0;
};

/// Writes the artifact of `planned` to `path`. `codeObject` is lld's output; `tokenizer` the
/// FlatBuffers of runtime/text/tokenizer.fbs, or empty when the model has none. Weights are packed
/// and hashed on the way from `files` to the disk. The same arguments give the same bytes.
///
/// The file is written under a temporary name in the same folder and renamed at the end; after a
/// failure or a signal nothing is left. Every error is one sentence.
llvm::Expected<ArtifactReport> writeArtifact(llvm::StringRef path,
                                             llvm::ArrayRef<uint8_t> codeObject,
                                             mlir::ModuleOp planned,
                                             llvm::ArrayRef<uint8_t> tokenizer, WeightFiles &files,
                                             const ArtifactOptions &options, Progress &progress);

} // namespace qcc::package
