#include "runtime/text/Normalizer.h"

#include "runtime/text/SectionReader.h"
#include "runtime/text/Utf8.h"

#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace qcc::text {

namespace {

/// The forms of Unicode Standard Annex #15, as utf8proc's options.
utf8proc_option_t formOptions(fb::NormalizerKind kind) {
  unsigned options = UTF8PROC_STABLE;
  switch (kind) {
  case fb::NormalizerKind::nfc:
    options |= UTF8PROC_COMPOSE;
    break;
  case fb::NormalizerKind::nfkc:
    options |= UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    break;
  case fb::NormalizerKind::nfkd:
    options |= UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
    break;
  default:
    options |= UTF8PROC_DECOMPOSE;
    break;
  }
  return static_cast<utf8proc_option_t>(options);
}

Status applyForm(fb::NormalizerKind kind, std::string &text) {
  if (isAscii(text)) {
    return {}; // all forms of ASCII are itself
  }
  utf8proc_uint8_t *mapped = nullptr;
  utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t *>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &mapped, formOptions(kind));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) {
    return {length == UTF8PROC_ERROR_NOMEM ? StatusCode::OutOfMemory : StatusCode::InvalidArgument,
            std::string("The text cannot be normalized: ") + utf8proc_errmsg(length) + "."};
  }
  text.assign(reinterpret_cast<const char *>(mapped), static_cast<std::size_t>(length));
  return {};
}

void appendLower(char32_t character, std::string &out) {
  if (character == 0x130) { // the one character whose lower case is two: i and a dot above
    out += "i\xCC\x87";
    return;
  }
  appendUtf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character))),
             out);
}

std::string lowercase(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  while (!text.empty()) {
    Utf8Scan scan = scanUtf8(text);
    appendLower(scan.character, lower);
    text.remove_prefix(scan.length);
  }
  return lower;
}

} // namespace

Result<Normalizer> Normalizer::load(const fb::Tokenizer &section) {
  Normalizer normalizer;
  for (const fb::NormalizerStep *source : *section.normalizer()) {
    if (source->kind() > fb::NormalizerKind::MAX) {
      return corruptSection("has a normalizer step of an unknown kind");
    }
    Step step{source->kind(), std::nullopt, stringOf(source->content())};
    if (step.kind == fb::NormalizerKind::replace) {
      QCC_TRY_ASSIGN(step.pattern, loadPattern(source->pattern()));
    }
    QCC_TRY(checkUtf8(step.content));
    normalizer.steps.push_back(std::move(step));
  }
  return normalizer;
}

Status Normalizer::applyStep(const Step &step, std::string &text) {
  switch (step.kind) {
  case fb::NormalizerKind::prepend:
    if (!text.empty()) {
      text.insert(0, step.content);
    }
    return {};
  case fb::NormalizerKind::replace: {
    QCC_TRY_ASSIGN(text, step.pattern->replaceAll(text, step.content));
    return {};
  }
  case fb::NormalizerKind::lowercase:
    text = lowercase(text);
    return {};
  case fb::NormalizerKind::strip_left:
    text.erase(0, leadingWhiteSpace(text));
    return {};
  case fb::NormalizerKind::strip_right:
    text.erase(text.size() - trailingWhiteSpace(text));
    return {};
  default:
    return applyForm(step.kind, text);
  }
}

Status Normalizer::apply(std::string &text) const {
  for (const Step &step : steps) {
    QCC_TRY(applyStep(step, text));
    QCC_TRY(checkTextSize(text.size()));
  }
  return {};
}

} // namespace qcc::text
