// Perplexity of a model over sequences of tokens, by overlapping windows.
#pragma once

#include "runtime/qcc_runtime.hpp"

#include <string>
#include <vector>

namespace qcc::qrun {

/// What is measured over.
struct PerplexityCorpus {
  std::vector<std::vector<uint32_t>> sequences; // token ids; all but the first are predicted
  uint64_t textBytes = 0;                       // UTF-8 bytes of the documents; 0 when unknown
};

/// What was measured.
struct PerplexityResult {
  uint64_t tokens = 0; // predicted
  double nats = 0;     // sum of -ln p(token)
  double seconds = 0;
};

/// Reads documents separated by lines "<|endoftext|>" and encodes each, with the beginning of
/// sequence id before it and the model's first end of sequence id after it. Throws qcc::api::Error.
PerplexityCorpus readTextCorpus(const api::Model &model, const std::string &path);

/// Reads sequences of token ids, one a line, separated by spaces or commas. Throws qcc::api::Error.
PerplexityCorpus readTokenCorpus(const std::string &path);

/// Windows of `window` inputs start every `stride` tokens; each scores the targets that no earlier
/// one scored. Reports progress on stderr where that is a terminal. Throws qcc::api::Error.
PerplexityResult measurePerplexity(api::Session &session, const qcc_model_info &model,
                                   const PerplexityCorpus &corpus, uint32_t window,
                                   uint32_t stride);

} // namespace qcc::qrun
