// Compares two tables of logits: by relative L2 error, and by the token that each row would choose.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc {

/// A row in which the two tables choose different tokens.
struct Disagreement {
  int64_t row;
  int64_t expected, actual; // tokens
  double margin;            // between the two best expected logits of the row
};

struct LogitsComparison {
  int64_t rows = 0;
  /// |actual - expected| / |expected| in the L2 norm, over everything and of the worst row.
  double relativeError = 0;
  double largestRowError = 0;
  std::vector<Disagreement> disagreements;

  /// Disagreements where the margin is above `margin`: those that rounding does not explain.
  int64_t disagreementsBeyond(double margin) const;
};

/// The index of the largest logit, the first of equals.
int64_t argmax(llvm::ArrayRef<float> logits);

/// Compares two row-major tables with `columns` columns. Fails when they differ in size, hold no
/// whole rows, or `actual` holds a value that is not finite.
llvm::Expected<LogitsComparison> compareLogits(llvm::ArrayRef<float> actual,
                                               llvm::ArrayRef<float> expected, int64_t columns);

} // namespace qcc
