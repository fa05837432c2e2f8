// Finds stop strings in streamed text, also where one is spread over several pieces of the stream.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qcc::text {

/// Text goes in by `push` as it is generated and comes out as soon as it cannot be part of a stop
/// string. The first stop string to end in the stream stops it (of several that end at the same
/// place, the longest); it and what follows never come out.
class StopMatcher {
public:
  /// Empty stop strings are ignored.
  explicit StopMatcher(std::vector<std::string> stops);

  /// Takes more text and returns the text that became safe to show. After a stop: empty.
  std::string push(std::string_view text);
  /// Whether a stop string was found.
  bool stopped() const { return found; }
  /// Ends the stream: returns what was held back as the possible start of a stop string.
  std::string finish();

private:
  std::vector<std::string> stops;
  std::string held; // the longest end of the stream that is a proper start of a stop string
  bool found = false;
};

} // namespace qcc::text
