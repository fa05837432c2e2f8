#include "compiler/interpret/Generate.h"

#include "compiler/interpret/CompareLogits.h"

#include <chrono>

using namespace llvm;
using namespace qcc;
using namespace qcc::interpret;
using Clock = std::chrono::steady_clock;

/// Rows of a step: enough to use each decoded weight many times, few enough to hold their
/// activations.
static constexpr size_t rowsPerStep = 64;

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Error qcc::interpret::prefill(Interpreter &interpreter, int32_t slot, int32_t position,
                              ArrayRef<int32_t> tokens, size_t firstWanted,
                              function_ref<void(size_t, ArrayRef<float>)> receive) {
  for (size_t begin = 0; begin < tokens.size(); begin += rowsPerStep) {
    std::vector<Row> rows;
    std::vector<int32_t> wanted;
    for (size_t i = begin; i < std::min(begin + rowsPerStep, tokens.size()); ++i) {
      if (i >= firstWanted) {
        wanted.push_back(static_cast<int32_t>(rows.size()));
      }
      rows.push_back({tokens[i], slot, static_cast<int32_t>(position + i)});
    }
    auto logits = interpreter.step(rows, wanted);
    if (!logits) {
      return logits.takeError();
    }
    for (auto [i, row] : enumerate(wanted)) {
      receive(begin + row, logits->row(i));
    }
  }
  return Error::success();
}

namespace {
/// A generation in progress.
class Continuation {
public:
  Continuation(Interpreter &interpreter, const GenerateOptions &options)
      : interpreter(interpreter), options(options) {}

  /// Feeds tokens and takes the logits of the last one.
  Error feed(ArrayRef<int32_t> tokens) {
    int32_t start = position;
    position += static_cast<int32_t>(tokens.size());
    return prefill(interpreter, /*slot=*/0, start, tokens, tokens.size() - 1,
                   [&](size_t, ArrayRef<float> logits) { take(logits); });
  }

  bool done() const {
    auto count = static_cast<int64_t>(result.tokens.size());
    bool ended = is_contained(interpreter.facts().endOfSequence, result.tokens.back());
    return count >= options.maxTokens ||
           (ended && !options.ignoreEndOfSequence && options.forced.empty());
  }

  int32_t next() const {
    size_t step = result.tokens.size() - 1;
    return step < options.forced.size() ? options.forced[step] : result.tokens.back();
  }

  Generation result;

private:
  void take(ArrayRef<float> logits) {
    result.vocabulary = logits.size();
    append_range(result.logits, logits);
    result.tokens.push_back(static_cast<int32_t>(argmax(logits)));
  }

  Interpreter &interpreter;
  const GenerateOptions &options;
  int32_t position = 0;
};
} // namespace

Expected<Generation> qcc::interpret::generate(Interpreter &interpreter, ArrayRef<int32_t> prompt,
                                              const GenerateOptions &options) {
  if (prompt.empty() || options.maxTokens < 1) {
    return createStringError(
        "generation needs at least one prompt token and one token to generate");
  }
  interpreter.truncate(/*slot=*/0, /*length=*/0);
  Continuation continuation(interpreter, options);
  Clock::time_point start = Clock::now();
  if (Error error = continuation.feed(prompt)) {
    return error;
  }
  continuation.result.prefillSeconds = secondsSince(start);
  start = Clock::now();
  while (!continuation.done()) {
    if (Error error = continuation.feed({continuation.next()})) {
      return error;
    }
  }
  continuation.result.decodeSeconds = secondsSince(start);
  return std::move(continuation.result);
}
