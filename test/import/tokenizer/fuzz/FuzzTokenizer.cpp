// Fuzzes everything that reads a tokenizer: the first byte chooses the form of the rest
// (tokenizer.json, tokenizer.model, a compiled section). What loads must encode and decode without
// harm, and streamed text must be the whole text.
#include "compiler/import/tokenizer/HuggingFace.h"
#include "compiler/import/tokenizer/SentencePiece.h"
#include "runtime/text/Tokenizer.h"

#include <cstdlib>

namespace {

using namespace qcc;

constexpr std::size_t sampleSize =
    64; // bytes at the end of the input that are encoded as text, too

void encodeAndDecode(const text::Tokenizer &tokenizer, std::string_view text) {
  auto ids = tokenizer.encode(text);
  if (!ids.ok()) {
    return;
  }
  text::StreamDecoder decoder(tokenizer);
  std::string streamed;
  for (text::TokenId id : *ids) {
    streamed += decoder.push(id);
  }
  if (streamed + decoder.finish() != tokenizer.decode(*ids)) {
    std::abort();
  }
}

void useSection(std::span<const std::byte> section, std::string_view input) {
  auto tokenizer = text::Tokenizer::load(section);
  if (!tokenizer.ok()) {
    return;
  }
  encodeAndDecode(*tokenizer, "The 12 cats<|end|> \xC3\xA9\xF0\x9F\x98\x80\xFF  don't\n");
  encodeAndDecode(*tokenizer, input.substr(input.size() - std::min(input.size(), sampleSize)));
  if (auto chat = tokenizer->chatTemplate(); chat.ok()) {
    const text::ChatMessage messages[] = {{"system", "s"}, {"user", " u "}, {"assistant", "a"}};
    static_cast<void>((*chat)->render(messages, /*addGenerationPrompt=*/true));
  }
}

void useSource(importer::TokenizerSource &source, std::string_view input) {
  auto bytes = source.serialize();
  if (bytes.ok()) {
    useSection(*bytes, input);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  std::string_view input(reinterpret_cast<const char *>(data) + 1, size - 1);
  importer::TokenizerSource source;
  switch (data[0]) {
  case 'J':
    if (importer::readHuggingFace(input, source).ok()) {
      useSource(source, input);
    }
    break;
  case 'M':
    if (importer::readSentencePiece(input, importer::Json(), source).ok()) {
      useSource(source, input);
    }
    break;
  default:
    useSection(std::as_bytes(std::span(input)), input);
  }
  return 0;
}
