#include "runtime/text/AddedTokens.h"

#include "runtime/text/Utf8.h"

#include <algorithm>

namespace qcc::text {

void AddedTokenMatcher::add(std::string_view content, const AddedToken &token) {
  std::uint32_t node = 0;
  for (char byte : content) {
    std::uint64_t key = std::uint64_t{node} * 256 + static_cast<unsigned char>(byte);
    auto [child, isNew] = children.try_emplace(key, static_cast<std::uint32_t>(tokenOfNode.size()));
    if (isNew) {
      tokenOfNode.push_back(std::nullopt);
    }
    node = child->second;
  }
  tokenOfNode[node] = static_cast<std::uint32_t>(tokens.size());
  tokens.push_back(token);
}

AddedTokenMatcher::Match AddedTokenMatcher::longestAt(std::string_view text) const {
  Match longest{0, 0};
  std::uint32_t node = 0;
  for (std::size_t length = 0; length < text.size(); ++length) {
    auto child =
        children.find(std::uint64_t{node} * 256 + static_cast<unsigned char>(text[length]));
    if (child == children.end()) {
      break;
    }
    node = child->second;
    if (tokenOfNode[node]) {
      longest = {length + 1, *tokenOfNode[node]};
    }
  }
  return longest;
}

bool AddedTokenMatcher::touchesWord(std::string_view text, Range range) {
  bool before = range.begin > 0 && isWordCharacter(lastCharacter(text.substr(0, range.begin)));
  bool after =
      range.end < text.size() && isWordCharacter(scanUtf8(text.substr(range.end)).character);
  return before || after;
}

std::vector<Segment> AddedTokenMatcher::split(std::string_view text, bool parseSpecial) const {
  std::vector<Segment> segments;
  std::size_t done = 0; // everything before it is in a segment
  for (std::size_t at = 0; at < text.size() && !tokens.empty();) {
    Match match = longestAt(text.substr(at));
    if (match.length == 0) {
      ++at;
      continue;
    }
    const AddedToken &token = tokens[match.token];
    Range range{at, at + match.length};
    at = range.end;
    if ((token.special && !parseSpecial) || (token.singleWord && touchesWord(text, range))) {
      continue;
    }
    if (token.leftStrip) {
      range.begin -= trailingWhiteSpace(text.substr(done, range.begin - done));
    }
    if (token.rightStrip) {
      range.end += leadingWhiteSpace(text.substr(range.end));
      at = range.end;
    }
    if (done < range.begin) {
      segments.push_back({{done, range.begin}, std::nullopt});
    }
    segments.push_back({range, token.id});
    done = range.end;
  }
  if (done < text.size()) {
    segments.push_back({{done, text.size()}, std::nullopt});
  }
  return segments;
}

} // namespace qcc::text
