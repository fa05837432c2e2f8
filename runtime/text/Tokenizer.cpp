#include "runtime/text/Tokenizer.h"

#include "runtime/text/TokenizerParts.h"
#include "runtime/text/Utf8.h"

namespace qcc::text {

Result<Tokenizer> Tokenizer::load(std::span<const std::byte> section) {
  auto parts = Parts::load(section);
  if (!parts.ok()) {
    return parts.status();
  }
  return Tokenizer(*std::move(parts));
}

Tokenizer::Tokenizer(std::unique_ptr<const Parts> parts) : parts(std::move(parts)) {}
Tokenizer::Tokenizer(Tokenizer &&) noexcept = default;
Tokenizer &Tokenizer::operator=(Tokenizer &&) noexcept = default;
Tokenizer::~Tokenizer() = default;

Result<std::vector<TokenId>> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
  QCC_TRY(checkTextSize(text.size()));
  std::vector<TokenId> ids;
  if (options.addSpecial) {
    ids.assign(parts->section->prefix()->begin(), parts->section->prefix()->end());
  }
  QCC_TRY(parts->encodeText(repairUtf8(text), options.parseSpecial, ids));
  if (options.addSpecial) {
    ids.insert(ids.end(), parts->section->suffix()->begin(), parts->section->suffix()->end());
  }
  return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skipSpecial) const {
  StreamDecoder decoder(*this, /*continues=*/false, skipSpecial);
  std::string text;
  for (TokenId id : ids) {
    text += decoder.push(id);
  }
  return text + decoder.finish();
}

std::uint32_t Tokenizer::vocabularySize() const {
  return parts->vocabulary.size();
}

std::string_view Tokenizer::piece(TokenId id) const {
  return parts->vocabulary.piece(id);
}

std::optional<TokenId> Tokenizer::find(std::string_view piece) const {
  if (std::optional<TokenId> id = parts->vocabulary.find(piece)) {
    return id;
  }
  for (const fb::AddedToken *token : *parts->section->added_tokens()) {
    if (parts->vocabulary.piece(token->id()) == piece) {
      return token->id();
    }
  }
  return std::nullopt;
}

bool Tokenizer::isSpecial(TokenId id) const {
  return id < parts->special.size() && parts->special[id];
}

std::optional<TokenId> Tokenizer::beginOfSequence() const {
  std::int32_t bos = parts->section->bos();
  return bos < 0 ? std::nullopt : std::optional<TokenId>(static_cast<TokenId>(bos));
}

std::span<const TokenId> Tokenizer::endOfSequence() const {
  return parts->endOfSequence;
}

Result<const ChatTemplate *> Tokenizer::chatTemplate() const {
  if (!parts->chat) {
    return Status{StatusCode::Unavailable, parts->chatAbsent};
  }
  return &*parts->chat;
}

StreamDecoder::StreamDecoder(const Tokenizer &tokenizer, bool continues, bool skipSpecial)
    : tokenizer(&tokenizer), skipSpecial(skipSpecial),
      stripsLeft(continues ? 0 : tokenizer.parts->decoder.stripCount()) {}

std::string StreamDecoder::push(TokenId id) {
  if (skipSpecial && tokenizer->isSpecial(id)) {
    return {};
  }
  const Decoder &decoder = tokenizer->parts->decoder;
  decoder.append(id, held);
  std::string text;
  drainUtf8(held, text);
  while (stripsLeft > 0 && !text.empty()) {
    if (!text.starts_with(decoder.stripText())) {
      stripsLeft = 0;
      break;
    }
    text.erase(0, decoder.stripText().size());
    --stripsLeft;
  }
  return text;
}

std::string StreamDecoder::finish() {
  stripsLeft = 0;
  bool unfinished = !held.empty();
  held.clear();
  return unfinished ? std::string(replacementCharacter) : std::string();
}

} // namespace qcc::text
