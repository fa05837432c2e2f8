// What the JSON files beside a model say that its graph does not: context length, end-of-sequence
// ids.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace qcc {

struct ModelInfo {
  /// Positions that the model was made for; 0: unknown.
  int64_t contextLength = 0;
  llvm::SmallVector<int64_t> endOfSequence;
};

/// Reads genai_config.json, generation_config.json and config.json in `folder`, in this order; what
/// an earlier file says stands. Absent files say nothing; a malformed one is an error that names
/// it.
llvm::Expected<ModelInfo> readModelInfo(llvm::StringRef folder);

} // namespace qcc
