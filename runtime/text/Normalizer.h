// The normalizer of a tokenizer: rewrites a text before it is split into words.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/Pattern.h"

#include <optional>
#include <string>
#include <vector>

namespace qcc::text {

namespace fb {
struct Tokenizer;
enum class NormalizerKind : unsigned char;
} // namespace fb

class Normalizer {
public:
  /// Reads the steps of a verified section. Error: Corrupt.
  static Result<Normalizer> load(const fb::Tokenizer &section);

  /// Normalizes well-formed UTF-8 in place; the result is well-formed. Errors: InvalidArgument,
  /// OutOfMemory.
  Status apply(std::string &text) const;

private:
  struct Step {
    fb::NormalizerKind kind;
    std::optional<Pattern> pattern; // of a replace step
    std::string content;
  };

  static Status applyStep(const Step &step, std::string &text);

  std::vector<Step> steps;
};

} // namespace qcc::text
