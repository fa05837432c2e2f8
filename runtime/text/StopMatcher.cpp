#include "runtime/text/StopMatcher.h"

#include <algorithm>
#include <utility>

namespace qcc::text {

namespace {

/// The length of the longest end of `text` that is a proper start of `stop`.
std::size_t partialMatch(std::string_view text, std::string_view stop) {
  std::size_t length = std::min(text.size(), stop.size() - 1);
  while (length > 0 && !text.ends_with(stop.substr(0, length))) {
    --length;
  }
  return length;
}

} // namespace

StopMatcher::StopMatcher(std::vector<std::string> stopStrings) : stops(std::move(stopStrings)) {
  std::erase_if(stops, [](const std::string &stop) { return stop.empty(); });
  std::sort(stops.begin(), stops.end(),
            [](const auto &a, const auto &b) { return a.size() > b.size(); });
}

std::string StopMatcher::push(std::string_view text) {
  if (found) {
    return {};
  }
  std::size_t known = held.size(); // no stop string ends before here
  held += text;
  std::string_view stream = held;
  for (std::size_t end = known + 1; end <= stream.size(); ++end) {
    for (const std::string &stop : stops) { // longest first
      if (stream.substr(0, end).ends_with(stop)) {
        found = true;
        std::string safe(stream.substr(0, end - stop.size()));
        held.clear();
        return safe;
      }
    }
  }
  std::size_t keep = 0;
  for (const std::string &stop : stops) {
    keep = std::max(keep, partialMatch(stream, stop));
  }
  std::string safe(stream.substr(0, stream.size() - keep));
  held.erase(0, safe.size());
  return safe;
}

std::string StopMatcher::finish() {
  return std::exchange(held, {});
}

} // namespace qcc::text
