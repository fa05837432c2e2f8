// Perplexity of token sequences under the oracle.
#pragma once

#include "compiler/interpret/Interpreter.h"

namespace qcc::interpret {

struct PerplexityOptions {
  /// Inputs of a window; each window starts with an empty cache.
  int64_t window = 512;
  /// Distance between the starts of windows, at most `window`.
  int64_t stride = 256;
};

struct Perplexity {
  int64_t targets = 0;
  double negativeLogLikelihood = 0; // nats, over all targets

  double perToken() const;
  double perplexity() const;
};

/// Every id of a sequence but its first is a target. Windows of inputs start at 0, stride, 2 *
/// stride,
/// ...; each scores the targets that no earlier window scored.
llvm::Expected<Perplexity> perplexity(Interpreter &interpreter,
                                      llvm::ArrayRef<std::vector<int32_t>> sequences,
                                      const PerplexityOptions &options);

} // namespace qcc::interpret
