#include "compiler/import/tokenizer/Json.h"

namespace qcc::importer {

namespace {

constexpr int deepest = 64;

/// Whether brackets outside of strings are nested more than `deepest` times.
bool isTooDeep(std::string_view text) {
  int depth = 0;
  bool inString = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    char c = text[index];
    if (inString) {
      index += c == '\\';
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > deepest) {
        return true;
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

} // namespace

Result<Json> parseJson(std::string_view text) {
  if (isTooDeep(text)) {
    return Status{StatusCode::Corrupt, "it is nested too deeply"};
  }
  Json json;
  QCC_TRY(guardJson([&]() -> Status {
    json = Json::parse(text);
    return {};
  }));
  return json;
}

} // namespace qcc::importer
