#include "runtime/text/SectionReader.h"

#include "runtime/text/Utf8.h"

namespace qcc::text {

Status corruptSection(std::string_view what) {
  return {StatusCode::Corrupt, "The artifact's tokenizer " + std::string(what) +
                                   "; compile the model again to mend it."};
}

std::string stringOf(const flatbuffers::String *string) {
  return string ? string->str() : std::string();
}

Status checkUtf8(std::string_view text) {
  while (!text.empty()) {
    Utf8Scan scan = scanUtf8(text);
    if (scan.kind != Utf8Scan::Kind::Character) {
      return corruptSection("has a string that is not UTF-8");
    }
    text.remove_prefix(scan.length);
  }
  return {};
}

Result<Pattern> loadPattern(const fb::Pattern *pattern) {
  if (!pattern) {
    return corruptSection("has a step without its pattern");
  }
  std::string_view text = pattern->text()->string_view();
  QCC_TRY(checkUtf8(text));
  return Pattern::compile(text, pattern->regex());
}

} // namespace qcc::text
