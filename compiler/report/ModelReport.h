// What is reported of an artifact: every kernel of a decoded token, counted on the emulated device,
// and tokens as the machine model projects them.
#pragma once

#include "compiler/model/Token.h"

namespace qcc::report {

/// One kernel in a step of `row.batch` sequences.
struct KernelEntry {
  model::KernelRow row;
  int64_t context = 0;  ///< positions that each sequence attends to
  int64_t launches = 0; ///< for a token
};

struct ModelReport {
  std::string compiler;    ///< "qcc 0.1.0"
  std::string model;       ///< what was compiled
  std::string activations; ///< element types
  std::string keyValueCache;
  const Chip *chip = nullptr;
  int64_t maxBatch = 1, maxContext = 0;
  std::vector<KernelEntry> kernels{};
  std::vector<model::TokenRow> tokens{}; ///< for each batch and context, every form there is
};

/// Tokens a second of all sequences together.
inline double tokensPerSecond(const model::TokenRow &token) {
  return double(token.batch) * 1e6 / token.projectedMicroseconds;
}

/// The faster form of a token of `batch` sequences at `context`; null where none was projected.
const model::TokenRow *fastest(const ModelReport &report, int64_t batch, int64_t context);

/// The batches and the contexts that tokens are projected for, ascending.
std::vector<int64_t> batchesOf(const ModelReport &report);
std::vector<int64_t> contextsOf(const ModelReport &report);

/// The sentence that goes with every figure.
inline constexpr const char *projectionNotice = "Times, rates and shares are projections of qcc's "
                                                "machine model. No GPU measured them: the emulated "
                                                "device counted what the compiled kernels do.";

} // namespace qcc::report
