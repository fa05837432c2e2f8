#include "runtime/text/TokenizerParts.h"

#include <algorithm>

namespace qcc::text {

namespace {

constexpr std::uint32_t newestVersion = 1;
constexpr std::size_t maximalSection = std::size_t{1} << 30; // bytes
constexpr std::size_t maximalAddedToken = 1024;              // bytes of one's text

/// The section's root, after FlatBuffers' own checks. `bytes` lies at a multiple of 4.
Result<const fb::Tokenizer *> verify(std::span<const std::byte> bytes) {
  const auto *data = reinterpret_cast<const std::uint8_t *>(bytes.data());
  if (bytes.size() < 8 || bytes.size() > maximalSection ||
      !fb::TokenizerBufferHasIdentifier(data)) {
    return corruptSection("is not in the format QCCT");
  }
  flatbuffers::Verifier verifier(data, bytes.size());
  if (!fb::VerifyTokenizerBuffer(verifier)) {
    return corruptSection("is damaged");
  }
  const fb::Tokenizer *section = fb::GetTokenizer(data);
  if (section->version() == 0 || section->version() > newestVersion) {
    return Status{StatusCode::UnsupportedVersion,
                  "The artifact's tokenizer has version " + std::to_string(section->version()) +
                      ", this runtime reads up to " + std::to_string(newestVersion) +
                      "; use a runtime as new as the compiler."};
  }
  return section;
}

} // namespace

Result<std::unique_ptr<const Tokenizer::Parts>>
Tokenizer::Parts::load(std::span<const std::byte> bytes) {
  std::vector<std::uint32_t> aligned;
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint32_t) != 0) {
    aligned.resize((bytes.size() + 3) / 4);
    std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(aligned)).begin());
    bytes = std::as_bytes(std::span(aligned)).first(bytes.size());
  }
  QCC_TRY_ASSIGN(const fb::Tokenizer *section, verify(bytes));
  QCC_TRY_ASSIGN(Vocabulary vocabulary, Vocabulary::load(*section->vocabulary()));
  QCC_TRY_ASSIGN(BytePairModel model, BytePairModel::load(*section->model(), vocabulary));
  QCC_TRY_ASSIGN(Normalizer normalizer, Normalizer::load(*section));
  QCC_TRY_ASSIGN(PreTokenizer preTokenizer, PreTokenizer::load(*section));
  QCC_TRY_ASSIGN(Decoder decoder, Decoder::load(*section, vocabulary));
  std::unique_ptr<Parts> parts(new Parts{std::move(aligned),
                                         section,
                                         vocabulary,
                                         std::move(model),
                                         std::move(normalizer),
                                         std::move(preTokenizer),
                                         std::move(decoder),
                                         {},
                                         {},
                                         {},
                                         {},
                                         {},
                                         {}});
  QCC_TRY(parts->loadAddedTokens());
  QCC_TRY(parts->loadIds());
  QCC_TRY(parts->loadChat());
  return std::unique_ptr<const Parts>(std::move(parts));
}

Status Tokenizer::Parts::loadAddedTokens() {
  special.assign(vocabulary.size(), false);
  for (const fb::AddedToken *source : *section->added_tokens()) {
    std::string content(vocabulary.piece(source->id()));
    if (content.empty() || content.size() > maximalAddedToken) {
      return corruptSection("has an added token without a text, or with one that is too long");
    }
    QCC_TRY(checkUtf8(content));
    special[source->id()] = source->special();
    AddedToken token{source->id(), source->single_word(), source->left_strip(),
                     source->right_strip(), source->special()};
    if (!source->normalized()) {
      rawTokens.add(content, token);
      continue;
    }
    QCC_TRY(normalizer.apply(content));
    if (!content.empty()) {
      normalizedTokens.add(content, token);
    }
  }
  return {};
}

Status Tokenizer::Parts::loadIds() {
  for (const auto *ids : {section->prefix(), section->suffix(), section->eos()}) {
    for (std::uint32_t id : *ids) {
      if (id >= vocabulary.size()) {
        return corruptSection("adds or ends with an id beyond its vocabulary");
      }
    }
  }
  if (section->bos() < -1 || section->bos() >= static_cast<std::int64_t>(vocabulary.size())) {
    return corruptSection("begins with an id beyond its vocabulary");
  }
  endOfSequence.assign(section->eos()->begin(), section->eos()->end());
  return {};
}

Status Tokenizer::Parts::loadChat() {
  const fb::ChatTemplate *source = section->chat();
  if (!source) {
    chatAbsent = section->chat_absent() ? section->chat_absent()->str()
                                        : "The model came without a chat template.";
    return {};
  }
  if (source->system_mode() > fb::SystemMode::MAX) {
    return corruptSection("has a chat template of an unknown form");
  }
  auto turn = [](const fb::ChatTurn *turn) {
    return turn ? ChatTemplate::Turn{turn->prefix()->str(), turn->suffix()->str()}
                : ChatTemplate::Turn{};
  };
  chat = ChatTemplate{.family = source->family()->str(),
                      .begin = source->begin()->str(),
                      .system = turn(source->system()),
                      .user = turn(source->user()),
                      .assistant = turn(source->assistant()),
                      .generationPrompt = source->generation_prompt()->str(),
                      .systemMode = static_cast<SystemMode>(source->system_mode()),
                      .defaultSystem = std::nullopt,
                      .trim = source->trim(),
                      .alternating = source->alternating()};
  if (source->has_default_system()) {
    chat->defaultSystem = stringOf(source->default_system());
  }
  return {};
}

Status Tokenizer::Parts::encodeText(std::string_view text, bool parseSpecial,
                                    std::vector<TokenId> &ids) const {
  BytePairModel::Scratch scratch;
  for (const Segment &segment : rawTokens.split(text, parseSpecial)) {
    if (segment.token) {
      ids.push_back(*segment.token);
      continue;
    }
    std::string normalized(segment.range.of(text));
    QCC_TRY(normalizer.apply(normalized));
    QCC_TRY(encodeNormalized(normalized, segment.range.begin == 0, parseSpecial, scratch, ids));
  }
  return {};
}

Status Tokenizer::Parts::encodeNormalized(std::string_view text, bool startsInput,
                                          bool parseSpecial, BytePairModel::Scratch &scratch,
                                          std::vector<TokenId> &ids) const {
  for (const Segment &segment : normalizedTokens.split(text, parseSpecial)) {
    if (segment.token) {
      ids.push_back(*segment.token);
      continue;
    }
    QCC_TRY_ASSIGN(Words words, preTokenizer.apply(std::string(segment.range.of(text)),
                                                   startsInput && segment.range.begin == 0));
    for (const Range &word : words.ranges) {
      model.encode(word.of(words.text), scratch, ids);
    }
  }
  return {};
}

} // namespace qcc::text
