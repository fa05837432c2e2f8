// Greedy generation with the oracle.
#pragma once

#include "compiler/interpret/Interpreter.h"

namespace qcc::interpret {

struct GenerateOptions {
  int64_t maxTokens = 0;
  /// Fed in place of the chosen tokens, as far as they go (teacher forcing).
  std::vector<int32_t> forced{};
  /// Goes on after an end-of-sequence token.
  bool ignoreEndOfSequence = false;
};

struct Generation {
  std::vector<int32_t> tokens; // the greedy choice of every step, forced or not
  std::vector<float> logits;   // [steps, vocabulary]; row i chose token i
  int64_t vocabulary = 0;
  double prefillSeconds = 0;
  double decodeSeconds = 0; // of all steps but the first
};

/// Feeds tokens to a slot at consecutive positions from `position`, in steps of bounded size, and
/// calls `receive(index of the token, its logits)` for every token from index `firstWanted` on.
llvm::Error prefill(Interpreter &interpreter, int32_t slot, int32_t position,
                    llvm::ArrayRef<int32_t> tokens, size_t firstWanted,
                    llvm::function_ref<void(size_t index, llvm::ArrayRef<float> logits)> receive);

/// Continues `prompt` (not empty) in slot 0, which is emptied first.
llvm::Expected<Generation> generate(Interpreter &interpreter, llvm::ArrayRef<int32_t> prompt,
                                    const GenerateOptions &options);

} // namespace qcc::interpret
