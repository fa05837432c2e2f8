// The tokens that are found in a text before the model sees it, such as control tokens: at each
// place the longest one, from left to right.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/Pattern.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qcc::text {

/// An added token; the fields are those of tokenizer.fbs.
struct AddedToken {
  std::uint32_t id;
  bool singleWord;
  bool leftStrip;
  bool rightStrip;
  bool special;
};

/// A part of a text: a token, or text between tokens.
struct Segment {
  Range range;
  std::optional<std::uint32_t> token;
};

class AddedTokenMatcher {
public:
  /// Looks for `content`, which is not empty, from now on. Of equal contents the last one counts.
  void add(std::string_view content, const AddedToken &token);

  /// The parts of well-formed `text`, in order; special tokens are text unless `parseSpecial`.
  std::vector<Segment> split(std::string_view text, bool parseSpecial) const;

private:
  /// The longest token at `text`'s start: its length in bytes and its index; length 0 if none.
  struct Match {
    std::size_t length;
    std::uint32_t token;
  };
  Match longestAt(std::string_view text) const;

  static bool touchesWord(std::string_view text, Range range);

  std::vector<AddedToken> tokens;
  /// A trie: the node that follows node n on byte b is at key n * 256 + b; node 0 is the root.
  std::unordered_map<std::uint64_t, std::uint32_t> children;
  std::vector<std::optional<std::uint32_t>> tokenOfNode{std::nullopt};
};

} // namespace qcc::text
