#include "compiler/interpret/CompareLogits.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace llvm;
using namespace qcc;

int64_t LogitsComparison::disagreementsBeyond(double margin) const {
  return count_if(disagreements, [=](const Disagreement &d) { return d.margin > margin; });
}

int64_t qcc::argmax(ArrayRef<float> logits) {
  return max_element(logits) - logits.begin();
}

/// How far the largest logit is above the second.
static double marginOf(ArrayRef<float> logits) {
  double best = -INFINITY, second = -INFINITY;
  for (float logit : logits) {
    if (logit > best) {
      second = best;
      best = logit;
    } else if (logit > second) {
      second = logit;
    }
  }
  return best - second;
}

namespace {
/// Squared L2 norms of a difference and of what it is relative to.
struct SquaredNorms {
  double difference = 0, expected = 0;
  double relative() const { return difference == 0 ? 0 : std::sqrt(difference / expected); }
};
} // namespace

static SquaredNorms normsOf(ArrayRef<float> actual, ArrayRef<float> expected) {
  SquaredNorms norms;
  for (auto [a, e] : zip(actual, expected)) {
    double difference = double{a} - e;
    norms.difference += difference * difference;
    norms.expected += double{e} * e;
  }
  return norms;
}

Expected<LogitsComparison> qcc::compareLogits(ArrayRef<float> actual, ArrayRef<float> expected,
                                              int64_t columns) {
  if (actual.size() != expected.size() || columns < 1 || actual.size() % columns != 0) {
    return createStringError("the logits have " + Twine(actual.size()) + " and " +
                             Twine(expected.size()) +
                             " elements, which are not equally many rows of " + Twine(columns));
  }
  if (!all_of(actual, [](float x) { return std::isfinite(x); })) {
    return createStringError("the logits hold a value that is not finite");
  }
  LogitsComparison result;
  SquaredNorms all;
  result.rows = actual.size() / columns;
  for (int64_t row = 0; row < result.rows; ++row) {
    ArrayRef<float> a = actual.slice(row * columns, columns);
    ArrayRef<float> e = expected.slice(row * columns, columns);
    SquaredNorms norms = normsOf(a, e);
    all.difference += norms.difference;
    all.expected += norms.expected;
    result.largestRowError = std::max(result.largestRowError, norms.relative());
    if (argmax(a) != argmax(e)) {
      result.disagreements.push_back({row, argmax(e), argmax(a), marginOf(e)});
    }
  }
  result.relativeError = all.relative();
  return result;
}
