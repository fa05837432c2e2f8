// The pre-tokenizer: cuts a normalized text into the words that the model encodes one by one.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/Pattern.h"

#include <optional>
#include <string>
#include <vector>

namespace qcc::text {

namespace fb {
struct Tokenizer;
enum class PreTokenizerKind : unsigned char;
enum class SplitBehavior : unsigned char;
enum class PrependScheme : unsigned char;
} // namespace fb

/// A text and the words in it, in order, apart and not empty.
struct Words {
  std::string text;
  std::vector<Range> ranges;
  bool startsInput; // whether ranges[0] is where the input starts
};

class PreTokenizer {
public:
  /// Reads the steps of a verified section. Error: Corrupt.
  static Result<PreTokenizer> load(const fb::Tokenizer &section);

  /// The words of well-formed `text`; `startsInput`: it stands at the start of what is encoded.
  /// Errors: InvalidArgument, OutOfMemory.
  Result<Words> apply(std::string text, bool startsInput) const;

private:
  struct Step {
    fb::PreTokenizerKind kind;
    std::optional<Pattern> pattern; // of a split or replace step
    fb::SplitBehavior behavior;
    bool invert;
    std::string content;
    fb::PrependScheme scheme;
  };

  static Status applyStep(const Step &step, Words &words);
  static Status split(const Step &step, Words &words);
  static Status rewrite(const Step &step, Words &words);

  std::vector<Step> steps;
};

} // namespace qcc::text
