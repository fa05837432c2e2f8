#include "runtime/generate/Generate.h"

#include "runtime/text/StopMatcher.h"

#include <algorithm>
#include <chrono>

namespace qcc::runtime {

namespace {

/// The text of a generation as it becomes certain; nothing without a tokenizer.
class TextStream {
public:
  TextStream(const text::Tokenizer *tokenizer, const std::vector<std::string> &stopStrings,
             bool continues)
      : matcher(stopStrings) {
    if (tokenizer) {
      decoder.emplace(*tokenizer, continues);
    }
  }

  /// The text that became certain with `token`; with `last`, all of it.
  std::string push(uint32_t token, bool last) {
    if (!decoder) {
      return {};
    }
    std::string text = matcher.push(decoder->push(token));
    if (last && !matcher.stopped()) {
      text += matcher.push(decoder->finish());
      text += matcher.finish();
    }
    return text;
  }

  bool stopped() const { return matcher.stopped(); }

private:
  std::optional<text::StreamDecoder> decoder;
  text::StopMatcher matcher;
};

/// One run of generate().
class Generator {
public:
  Generator(Session &session, const Model &model, uint32_t sequence, text::Sampler sampler,
            const GenerateOptions &options)
      : session(session), model(model), sequence(sequence), options(options),
        sampler(std::move(sampler)), output(session.canSample() && options.forcedTokens.empty() &&
                                                    !(options.callback && options.logits)
                                                ? StepOutput::Tokens
                                                : StepOutput::Logits),
        limit(options.forcedTokens.empty()
                  ? options.maxTokens
                  : std::min<size_t>(options.maxTokens, options.forcedTokens.size())),
        text(model.tokenizer(), options.stopStrings, true) {}

  Result<Generation> run(std::span<const uint32_t> prompt);

private:
  Result<uint32_t> pick();
  Result<bool> pickNext();
  Result<bool> report(GeneratedToken generated);
  std::optional<FinishReason> reasonToEnd(uint32_t token) const;
  Status feed();

  Session &session;
  const Model &model;
  uint32_t sequence;
  const GenerateOptions &options;
  text::Sampler sampler; // where the device does not pick
  StepOutput output;
  size_t limit; // tokens to pick at most
  TextStream text;
  std::vector<uint32_t> history;
  Generation generation;
};

} // namespace

/// Seconds since `start`.
static double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Why the generation ends with `token`, the next picked one, whatever its text says.
std::optional<FinishReason> Generator::reasonToEnd(uint32_t token) const {
  bool mayEnd = !options.ignoreEndOfSequence && options.forcedTokens.empty();
  if (mayEnd && model.endsSequence(token)) {
    return FinishReason::EndOfSequence;
  }
  if (generation.tokens.size() + 1 >= limit) {
    return FinishReason::MaxTokens;
  }
  if (!session.sequences().checkRoom(sequence, 1).ok()) {
    return FinishReason::ContextFull;
  }
  return std::nullopt;
}

/// The token picked from the last step's logits, by the device or here.
Result<uint32_t> Generator::pick() {
  if (output == StepOutput::Tokens) {
    return session.token(0);
  }
  QCC_TRY_ASSIGN(std::span<const float> logits, session.logits(0));
  return sampler.sample(logits, history);
}

/// Picks the next token and reports it; returns whether to go on.
Result<bool> Generator::pickNext() {
  QCC_TRY_ASSIGN(uint32_t token, pick());
  std::optional<FinishReason> reason = reasonToEnd(token);
  std::string piece = text.push(token, reason.has_value());
  if (text.stopped()) {
    reason = FinishReason::StopString;
  }
  auto index = static_cast<uint32_t>(generation.tokens.size());
  generation.tokens.push_back(token);
  generation.text += piece;
  QCC_TRY_ASSIGN(bool more, report({token, index, piece, {}}));
  if (!more && !reason) {
    reason = FinishReason::Callback;
  }
  generation.reason = reason.value_or(generation.reason);
  return !reason;
}

/// Tells the callback; returns what it returns, true without one.
Result<bool> Generator::report(GeneratedToken generated) {
  if (!options.callback) {
    return true;
  }
  if (options.logits) {
    QCC_TRY_ASSIGN(generated.logits, session.logits(0));
  }
  return options.callback(generated);
}

/// Appends the picked token, or the one forced in its place.
Status Generator::feed() {
  size_t index = generation.tokens.size() - 1;
  uint32_t token =
      options.forcedTokens.empty() ? generation.tokens[index] : options.forcedTokens[index];
  QCC_TRY(session.prefill(sequence, std::span(&token, 1), output));
  history.push_back(token);
  ++generation.decodeSteps;
  return {};
}

Result<Generation> Generator::run(std::span<const uint32_t> prompt) {
  auto start = std::chrono::steady_clock::now();
  if (output == StepOutput::Tokens) {
    QCC_TRY(session.setSampler(sequence, options.sampling, prompt));
  }
  QCC_TRY(session.prefill(sequence, prompt, output));
  history.assign(prompt.begin(), prompt.end());
  generation.prefillSeconds = secondsSince(start);
  start = std::chrono::steady_clock::now();
  for (bool more = limit != 0; more;) {
    QCC_TRY_ASSIGN(more, pickNext());
    if (more) {
      QCC_TRY(feed());
    }
  }
  generation.decodeSeconds = secondsSince(start);
  return std::move(generation);
}

Result<Generation> generate(Session &session, const Model &model, uint32_t sequence,
                            std::span<const uint32_t> prompt, const GenerateOptions &options) {
  if (!options.stopStrings.empty()) {
    QCC_TRY(model.requireTokenizer().status());
  }
  QCC_TRY_ASSIGN(text::Sampler sampler, text::Sampler::create(options.sampling));
  return Generator(session, model, sequence, std::move(sampler), options).run(prompt);
}

} // namespace qcc::runtime
