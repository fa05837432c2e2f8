#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime/text/Pattern.h"

#include "runtime/text/Utf8.h"

#include <algorithm>
#include <pcre2.h>

namespace qcc::text {

namespace {

constexpr std::size_t maximalLength = 16384; // bytes of a pattern
constexpr std::uint32_t matchLimit = 10'000'000;
constexpr std::uint32_t heapLimit = 64 * 1024;       // KiB
constexpr std::size_t machineStackStart = 32 * 1024; // bytes, for PCRE2's machine code
constexpr std::size_t machineStackEnd = 8 * 1024 * 1024;

std::string messageOf(int error) {
  PCRE2_UCHAR buffer[256];
  int length = pcre2_get_error_message(error, buffer, sizeof(buffer));
  return length < 0 ? "unknown error" : std::string(reinterpret_cast<const char *>(buffer), length);
}

template <auto release> struct Releaser {
  template <typename T> void operator()(T *object) const { release(object); }
};

} // namespace

struct PatternSearch::State {
  std::unique_ptr<pcre2_match_data, Releaser<pcre2_match_data_free>> data{
      pcre2_match_data_create(1, nullptr)};
  std::unique_ptr<pcre2_match_context, Releaser<pcre2_match_context_free>> context{
      pcre2_match_context_create(nullptr)};
  std::unique_ptr<pcre2_jit_stack, Releaser<pcre2_jit_stack_free>> stack{
      pcre2_jit_stack_create(machineStackStart, machineStackEnd, nullptr)};

  bool valid() const { return data && context; }
};

Status checkTextSize(std::size_t size) {
  if (size > maximalText) {
    return {StatusCode::InvalidArgument,
            "A text of " + std::to_string(size) + " bytes is too long to encode; the most is " +
                std::to_string(maximalText) + ", so give it in parts."};
  }
  return {};
}

Result<Pattern> Pattern::compile(std::string_view text, bool isRegex) {
  if (text.empty() || text.size() > maximalLength) {
    return Status{StatusCode::Corrupt, "The tokenizer has a pattern that is empty or longer than " +
                                           std::to_string(maximalLength) + " bytes."};
  }
  Pattern pattern{std::string(text)};
  if (!isRegex) {
    return pattern;
  }
  int error = 0;
  PCRE2_SIZE place = 0;
  pcre2_code *code = pcre2_compile(
      reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &place, nullptr);
  if (!code) {
    return Status{StatusCode::Corrupt, "The tokenizer's regular expression '" + pattern.source +
                                           "' is not valid at byte " + std::to_string(place) +
                                           ": " + messageOf(error) + "."};
  }
  pattern.code.reset(
      code, [](const pcre2_code *code) { pcre2_code_free(const_cast<pcre2_code *>(code)); });
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // without it, PCRE2 interprets: slower, the same
  return pattern;
}

Result<std::string> Pattern::replaceAll(std::string_view text, std::string_view replacement) const {
  QCC_TRY_ASSIGN(std::vector<Range> matches, PatternSearch(*this).findAll(text));
  QCC_TRY(checkTextSize(text.size() + matches.size() * replacement.size()));
  std::string replaced;
  std::size_t end = 0;
  for (const Range &match : matches) {
    replaced += text.substr(end, match.begin - end);
    replaced += replacement;
    end = match.end;
  }
  replaced += text.substr(end);
  return replaced;
}

PatternSearch::PatternSearch(const Pattern &pattern) : pattern(&pattern) {
  if (!pattern.code) {
    return;
  }
  state = std::make_unique<State>();
  if (state->valid()) {
    pcre2_set_match_limit(state->context.get(), matchLimit);
    pcre2_set_heap_limit(state->context.get(), heapLimit);
    pcre2_jit_stack_assign(state->context.get(), nullptr, state->stack.get());
  }
}

PatternSearch::~PatternSearch() = default;

Result<std::vector<Range>> PatternSearch::findAll(std::string_view text) {
  if (state) {
    return findRegex(text);
  }
  const std::string &literal = pattern->source;
  std::vector<Range> matches;
  for (std::size_t at = text.find(literal); at != std::string_view::npos;
       at = text.find(literal, at + literal.size())) {
    matches.push_back({at, at + literal.size()});
  }
  return matches;
}

Result<std::vector<Range>> PatternSearch::findRegex(std::string_view text) {
  if (!state->valid()) {
    return Status{StatusCode::OutOfMemory, "There is no memory to search a text."};
  }
  std::vector<Range> matches;
  for (std::size_t start = 0; start < text.size();) {
    int result =
        pcre2_match(pattern->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                    start, PCRE2_NO_UTF_CHECK, state->data.get(), state->context.get());
    if (result == PCRE2_ERROR_NOMATCH) {
      break;
    }
    if (result < 0) {
      return Status{StatusCode::InvalidArgument,
                    "The tokenizer's regular expression '" + pattern->source +
                        "' failed on the text: " + messageOf(result) + "."};
    }
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(state->data.get());
    Range match{offsets[0], offsets[1]};
    if (match.begin < match.end) {
      matches.push_back(match);
      start = match.end;
    } else { // an empty match: look again from the next character on
      start = std::max(start, match.end);
      start += start < text.size() ? scanUtf8(text.substr(start)).length : 1;
    }
  }
  return matches;
}

} // namespace qcc::text
