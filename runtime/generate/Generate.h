// Generation: a prompt in, tokens picked by a sampler and their text out, until something ends it.
#pragma once

#include "runtime/session/Model.h"
#include "runtime/session/Session.h"
#include "runtime/text/Sampler.h"

namespace qcc::runtime {

/// A picked token, as a callback is told of it. What it points to is valid during the callback.
struct GeneratedToken {
  uint32_t token;
  uint32_t index;                // 0 for the first after the prompt
  std::string_view text;         // what became certain with it, maybe nothing
  std::span<const float> logits; // what it was picked from; none without GenerateOptions::logits
};

/// How to generate.
struct GenerateOptions {
  text::SamplingOptions sampling;
  uint32_t maxTokens = 128;
  bool ignoreEndOfSequence = false;
  std::vector<std::string> stopStrings;
  /// When there are any: fed in place of the picked tokens, which are still reported. Ends with
  /// them and not with an end of sequence id.
  std::vector<uint32_t> forcedTokens;
  /// Called for each picked token; false ends the generation. May be empty.
  std::function<bool(const GeneratedToken &)> callback;
  /// Whether the callback is told the logits. They are then read back for each token.
  bool logits = true;
};

/// Why a generation ended; the values are those of the C enum `qcc_finish_reason`.
enum class FinishReason {
  MaxTokens = 0,
  EndOfSequence = 1,
  StopString = 2,
  ContextFull = 3,
  Callback = 4,
};

/// What a generation gave.
struct Generation {
  FinishReason reason = FinishReason::MaxTokens;
  std::vector<uint32_t> tokens; // as picked
  std::string text;             // of the tokens, up to a stop string; empty without a tokenizer
  double prefillSeconds = 0;
  uint32_t decodeSteps = 0;
  double decodeSeconds = 0; // with sampling and callbacks
};

/// Appends `prompt` to `sequence` and generates after it. The last picked token is not appended.
/// The device picks the tokens and nothing else is read back, unless the callback wants logits,
/// tokens are forced, or the model cannot (Session::canSample); the tokens are the same either way.
/// The repetition penalty looks at the prompt and the tokens fed after it. Errors: as
/// Session::prefill, and Unavailable (stop strings without a tokenizer).
Result<Generation> generate(Session &session, const Model &model, uint32_t sequence,
                            std::span<const uint32_t> prompt, const GenerateOptions &options);

} // namespace qcc::runtime
