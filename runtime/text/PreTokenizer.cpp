#include "runtime/text/PreTokenizer.h"

#include "runtime/text/ByteAlphabet.h"
#include "runtime/text/SectionReader.h"

#include <algorithm>

namespace qcc::text {

namespace {

/// A part of a word: what a split's pattern matched, or what stands between matches.
struct Part {
  Range range;
  bool isMatch;
};

/// All of a word, in order, as matches and what lies between them.
std::vector<Part> partsOf(const std::vector<Range> &matches, std::size_t length, bool invert) {
  std::vector<Part> parts;
  std::size_t end = 0;
  for (const Range &match : matches) {
    if (end < match.begin) {
      parts.push_back({{end, match.begin}, invert});
    }
    parts.push_back({match, !invert});
    end = match.end;
  }
  if (end < length) {
    parts.push_back({{end, length}, invert});
  }
  return parts;
}

/// Whether `next` is put to `part`, which stands directly before it.
bool joins(fb::SplitBehavior behavior, const Part &part, const Part &next) {
  switch (behavior) {
  case fb::SplitBehavior::merged_with_previous:
    return next.isMatch && !part.isMatch;
  case fb::SplitBehavior::merged_with_next:
    return part.isMatch && !next.isMatch;
  case fb::SplitBehavior::contiguous:
    return part.isMatch == next.isMatch;
  default:
    return false;
  }
}

/// Appends the words that `parts` of the word at `offset` become.
void appendWords(const std::vector<Part> &parts, fb::SplitBehavior behavior, std::size_t offset,
                 std::vector<Range> &words) {
  const Part *previous = nullptr;
  for (const Part &part : parts) {
    if (behavior == fb::SplitBehavior::removed && part.isMatch) {
      continue;
    }
    if (previous && joins(behavior, *previous, part)) {
      words.back().end = offset + part.range.end;
    } else {
      words.push_back({offset + part.range.begin, offset + part.range.end});
    }
    previous = &part;
  }
}

} // namespace

Result<PreTokenizer> PreTokenizer::load(const fb::Tokenizer &section) {
  PreTokenizer preTokenizer;
  for (const fb::PreTokenizerStep *source : *section.pre_tokenizer()) {
    if (source->kind() > fb::PreTokenizerKind::MAX || source->behavior() > fb::SplitBehavior::MAX ||
        source->scheme() > fb::PrependScheme::MAX) {
      return corruptSection("has a pre-tokenizer step of an unknown kind");
    }
    Step step{source->kind(),
              std::nullopt,
              source->behavior(),
              source->invert(),
              stringOf(source->content()),
              source->scheme()};
    if (step.kind == fb::PreTokenizerKind::split || step.kind == fb::PreTokenizerKind::replace) {
      QCC_TRY_ASSIGN(step.pattern, loadPattern(source->pattern()));
    }
    QCC_TRY(checkUtf8(step.content));
    preTokenizer.steps.push_back(std::move(step));
  }
  return preTokenizer;
}

Status PreTokenizer::split(const Step &step, Words &words) {
  PatternSearch search(*step.pattern);
  std::vector<Range> ranges;
  for (const Range &word : words.ranges) {
    std::string_view text = word.of(words.text);
    QCC_TRY_ASSIGN(std::vector<Range> matches, search.findAll(text));
    appendWords(partsOf(matches, text.size(), step.invert), step.behavior, word.begin, ranges);
  }
  words.startsInput = words.startsInput && !ranges.empty() && !words.ranges.empty() &&
                      ranges.front().begin == words.ranges.front().begin;
  words.ranges = std::move(ranges);
  return {};
}

Status PreTokenizer::rewrite(const Step &step, Words &words) {
  std::string text;
  std::vector<Range> ranges;
  bool first = words.startsInput;
  for (const Range &range : words.ranges) {
    std::string_view word = range.of(words.text);
    std::size_t begin = text.size();
    if (step.kind == fb::PreTokenizerKind::replace) {
      QCC_TRY_ASSIGN(std::string replaced, step.pattern->replaceAll(word, step.content));
      text += replaced;
    } else if (step.kind == fb::PreTokenizerKind::byte_level) {
      appendByteCharacters(word, text);
    } else {
      bool applies = first || step.scheme == fb::PrependScheme::always;
      text += applies && !word.starts_with(step.content) ? step.content : "";
      text += word;
    }
    QCC_TRY(checkTextSize(text.size()));
    if (begin < text.size()) {
      ranges.push_back({begin, text.size()});
    }
    first = false;
  }
  words.text = std::move(text);
  words.ranges = std::move(ranges);
  return {};
}

Status PreTokenizer::applyStep(const Step &step, Words &words) {
  return step.kind == fb::PreTokenizerKind::split ? split(step, words) : rewrite(step, words);
}

Result<Words> PreTokenizer::apply(std::string text, bool startsInput) const {
  Words words{std::move(text), {}, startsInput};
  if (!words.text.empty()) {
    words.ranges.push_back({0, words.text.size()});
  }
  for (const Step &step : steps) {
    QCC_TRY(applyStep(step, words));
  }
  return words;
}

} // namespace qcc::text
