// A literal or a regular expression (PCRE2, Unicode mode, compiled to machine code where PCRE2 can)
// that finds its matches in a text.
#pragma once

#include "runtime/Status.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pcre2_real_code_8;

namespace qcc::text {

/// The most bytes of a text that is encoded, also of what it becomes on the way.
inline constexpr std::size_t maximalText = std::size_t{1} << 28;

/// InvalidArgument if a text of `size` bytes is over maximalText.
Status checkTextSize(std::size_t size);

/// A part of a text: bytes [begin, end).
struct Range {
  std::size_t begin;
  std::size_t end;

  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

class Pattern {
public:
  /// Errors (Corrupt): an empty or overlong pattern, or a regular expression that PCRE2 refuses;
  /// the sentence quotes PCRE2's.
  static Result<Pattern> compile(std::string_view text, bool isRegex);

  /// `text` with every match replaced; errors as PatternSearch::findAll.
  Result<std::string> replaceAll(std::string_view text, std::string_view replacement) const;

private:
  friend class PatternSearch;
  explicit Pattern(std::string source) : source(std::move(source)) {}

  std::string source;
  std::shared_ptr<const pcre2_real_code_8> code; // null: a literal
};

/// Searches many texts for one pattern, which must outlive it. Not for use by several threads at
/// once.
class PatternSearch {
public:
  explicit PatternSearch(const Pattern &pattern);
  ~PatternSearch();

  /// The matches in well-formed UTF-8, from left to right; they do not overlap and are not empty.
  /// Errors: InvalidArgument, the expression took more steps on this text than a limit allows;
  /// OutOfMemory.
  Result<std::vector<Range>> findAll(std::string_view text);

private:
  struct State;

  Result<std::vector<Range>> findRegex(std::string_view text);

  const Pattern *pattern;
  std::unique_ptr<State> state; // of a regular expression
};

} // namespace qcc::text
