// The weights memory as a stream: all packed weights of a planned module, each at its offset.
#pragma once

#include "compiler/Progress.h"
#include "compiler/package/WeightPacker.h"

namespace qcc::package {

/// A packed weight and where its bytes start in the weights memory.
struct PlacedWeight {
  WeightPacker packer;
  int64_t offset;
};

class WeightStream {
public:
  /// Receives packed bytes and their offset in the weights memory. Several threads call it at once.
  using Sink = llvm::function_ref<llvm::Error(int64_t offset, llvm::ArrayRef<uint8_t> bytes)>;

  /// Prepares every `program.weight` of `planned`. Fails with one sentence when a weight has no
  /// offset, overlaps another, ends past `memoryBytes`, or cannot be resolved (see
  /// WeightPacker::create).
  static llvm::Expected<WeightStream> open(mlir::ModuleOp planned, int64_t memoryBytes,
                                           WeightFiles &files);

  /// By ascending offset.
  llvm::ArrayRef<PlacedWeight> weights() const { return placed; }

  /// Packs all weights on `threads` threads (0: one a core) into `sink`, which starts out as zeros,
  /// and returns XXH3-64 of the whole weights memory.
  llvm::Expected<uint64_t> pack(unsigned threads, Sink sink, Progress &progress) const;

private:
  std::vector<PlacedWeight> placed;
  int64_t memoryBytes = 0;
};

} // namespace qcc::package
