#include "runtime/text/Decoder.h"

#include "runtime/text/ByteAlphabet.h"
#include "runtime/text/SectionReader.h"

namespace qcc::text {

Result<Decoder> Decoder::load(const fb::Tokenizer &section, const Vocabulary &vocabulary) {
  Decoder decoder(vocabulary);
  for (const fb::DecoderStep *source : *section.decoder()) {
    if (source->kind() > fb::DecoderKind::MAX || decoder.stripTimes != 0) {
      return corruptSection("has a decoder step of an unknown kind, or out of place");
    }
    Step step{source->kind(), std::nullopt, stringOf(source->content())};
    QCC_TRY(checkUtf8(step.content));
    if (step.kind == fb::DecoderKind::strip_start) {
      if (step.content.empty()) {
        return corruptSection("strips nothing off decoded texts");
      }
      decoder.strip = step.content;
      decoder.stripTimes = source->count();
      continue;
    }
    if (step.kind == fb::DecoderKind::replace) {
      if (source->pattern() && source->pattern()->regex()) {
        return corruptSection("decodes by a regular expression");
      }
      QCC_TRY_ASSIGN(step.pattern, loadPattern(source->pattern()));
    }
    decoder.steps.push_back(std::move(step));
  }
  if (const auto *ids = section.model()->byte_ids()) {
    for (std::uint32_t byte = 0; byte < ids->size(); ++byte) {
      decoder.bytes.emplace(ids->Get(byte), static_cast<char>(byte));
    }
  }
  return decoder;
}

void Decoder::append(std::uint32_t id, std::string &out) const {
  std::string text(vocabulary.piece(id));
  for (const Step &step : steps) {
    if (step.kind == fb::DecoderKind::replace) {
      // A literal's replacement cannot fail.
      text = *step.pattern->replaceAll(text, step.content);
    } else if (step.kind == fb::DecoderKind::byte_level) {
      text = bytesOfCharacters(text);
    } else if (auto byte = bytes.find(id); byte != bytes.end()) {
      text.assign(1, byte->second);
    }
  }
  out += text;
}

} // namespace qcc::text
