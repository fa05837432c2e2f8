#include "compiler/interpret/Perplexity.h"

#include "compiler/interpret/Generate.h"

#include <cmath>

using namespace llvm;
using namespace qcc::interpret;

double Perplexity::perToken() const {
  return negativeLogLikelihood / static_cast<double>(targets);
}

double Perplexity::perplexity() const {
  return std::exp(perToken());
}

/// -log softmax(logits)[target], in nats.
static double lossOf(ArrayRef<float> logits, int32_t target) {
  double largest = *max_element(logits), sum = 0;
  for (float logit : logits) {
    sum += std::exp(logit - largest);
  }
  return largest + std::log(sum) - logits[target];
}

static Error checkSequence(ArrayRef<int32_t> sequence, int64_t vocabulary) {
  for (int32_t id : sequence) {
    if (id < 0 || (vocabulary > 0 && id >= vocabulary)) {
      return createStringError("token " + Twine(id) + " is not one of the vocabulary's " +
                               Twine(vocabulary));
    }
  }
  return Error::success();
}

/// Adds the targets of one sequence to `total`.
static Error scoreSequence(Interpreter &interpreter, ArrayRef<int32_t> ids,
                           const PerplexityOptions &options, Perplexity &total) {
  size_t scored = 1; // ids before this index are no longer targets
  for (size_t start = 0; scored < ids.size(); start += options.stride) {
    size_t inputs = std::min<size_t>(options.window, ids.size() - 1 - start);
    interpreter.truncate(/*slot=*/0, /*length=*/0);
    // Input i of the window predicts id start + i + 1.
    Error error = prefill(interpreter, /*slot=*/0, /*position=*/0, ids.slice(start, inputs),
                          scored - start - 1, [&](size_t i, ArrayRef<float> logits) {
                            total.negativeLogLikelihood += lossOf(logits, ids[start + i + 1]);
                            ++total.targets;
                          });
    if (error) {
      return error;
    }
    scored = start + inputs + 1;
  }
  return Error::success();
}

Expected<Perplexity> qcc::interpret::perplexity(Interpreter &interpreter,
                                                ArrayRef<std::vector<int32_t>> sequences,
                                                const PerplexityOptions &options) {
  if (options.stride < 1 || options.stride > options.window) {
    return createStringError("windows of " + Twine(options.window) +
                             " inputs need a stride between 1 and their size");
  }
  Perplexity total;
  for (const std::vector<int32_t> &sequence : sequences) {
    if (Error error = checkSequence(sequence, interpreter.facts().vocabularySize)) {
      return error;
    }
    if (Error error = scoreSequence(interpreter, sequence, options, total)) {
      return error;
    }
  }
  if (total.targets == 0) {
    return createStringError("there is no sequence of two tokens or more to score");
  }
  return total;
}
