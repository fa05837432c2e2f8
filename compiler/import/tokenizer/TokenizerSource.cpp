#include "compiler/import/tokenizer/TokenizerSource.h"

#include "runtime/text/Tokenizer.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <span>

namespace qcc::importer {

namespace {

constexpr std::uint32_t formatVersion = 1;
constexpr std::uint32_t largestId = (1u << 24) - 1; // far above any vocabulary known

Status corrupt(std::string sentence) {
  return {StatusCode::Corrupt, std::move(sentence)};
}

std::uint64_t pairOf(const fb::Merge &merge) {
  return (std::uint64_t{merge.left()} << 32) | merge.right();
}

template <typename Step> Step &append(std::vector<std::unique_ptr<Step>> &steps) {
  steps.push_back(std::make_unique<Step>());
  return *steps.back();
}

} // namespace

TokenizerSource::TokenizerSource() {
  section.version = formatVersion;
  section.vocabulary = std::make_unique<fb::VocabularyT>();
  section.model = std::make_unique<fb::BytePairModelT>();
}

Status TokenizerSource::addPiece(std::uint32_t id, const std::string &text, bool ofModel) {
  if (id > largestId) {
    return corrupt("the token id " + std::to_string(id) + " is too large");
  }
  if (text.empty()) {
    return corrupt("token " + std::to_string(id) + " has no text");
  }
  if (id >= pieces.size()) {
    pieces.resize(id + std::size_t{1});
  }
  if (!pieces[id].empty() && pieces[id] != text) {
    return corrupt("the id " + std::to_string(id) + " belongs to '" + pieces[id] + "' and to '" +
                   text + "'");
  }
  pieces[id] = text;
  auto &ids = ofModel ? modelIds : addedIds;
  if (auto [known, isNew] = ids.try_emplace(text, id); !isNew && known->second != id) {
    return corrupt("the token '" + text + "' has two ids");
  }
  return {};
}

Status TokenizerSource::addToken(const fb::AddedTokenT &token, const std::string &text) {
  if (auto id = findModelPiece(text); id && *id != token.id) {
    return corrupt("the added token '" + text + "' has another id than its piece");
  }
  QCC_TRY(addPiece(token.id, text, /*ofModel=*/false));
  std::erase_if(section.added_tokens, [&](const auto &other) { return other->id == token.id; });
  section.added_tokens.push_back(std::make_unique<fb::AddedTokenT>(token));
  return {};
}

std::optional<std::uint32_t> TokenizerSource::findModelPiece(const std::string &text) const {
  auto known = modelIds.find(text);
  return known == modelIds.end() ? std::nullopt : std::optional(known->second);
}

std::optional<std::uint32_t> TokenizerSource::findPiece(const std::string &text) const {
  auto added = addedIds.find(text);
  return added == addedIds.end() ? findModelPiece(text) : std::optional(added->second);
}

const std::string &TokenizerSource::piece(std::uint32_t id) const {
  static const std::string none;
  return id < pieces.size() ? pieces[id] : none;
}

Status TokenizerSource::findBytePieces() {
  section.model->byte_ids.clear();
  for (unsigned byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof(name), "<0x%02X>", byte);
    std::optional<std::uint32_t> id = findModelPiece(name);
    if (!id) {
      return corrupt(std::string("it falls back to bytes, but has no piece '") + name + "'");
    }
    section.model->byte_ids.push_back(*id);
  }
  return {};
}

void TokenizerSource::fillVocabulary() {
  fb::VocabularyT &vocabulary = *section.vocabulary;
  for (const std::string &piece : pieces) {
    vocabulary.text.insert(vocabulary.text.end(), piece.begin(), piece.end());
    vocabulary.ends.push_back(static_cast<std::uint32_t>(vocabulary.text.size()));
  }
  for (const auto &[text, id] : modelIds) {
    vocabulary.by_text.push_back(id);
  }
  std::sort(vocabulary.by_text.begin(), vocabulary.by_text.end(),
            [&](std::uint32_t a, std::uint32_t b) { return pieces[a] < pieces[b]; });
}

void TokenizerSource::fillMerges() {
  // The last merge of a pair counts: turned around, it is the first one that `unique` keeps.
  std::reverse(merges.begin(), merges.end());
  std::vector<std::uint32_t> order(merges.size());
  for (std::uint32_t index = 0; index < order.size(); ++index) {
    order[index] = index;
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(pairOf(merges[a]), a) < std::pair(pairOf(merges[b]), b);
  });
  std::vector<fb::Merge> &sorted = section.model->merges;
  for (std::uint32_t index : order) {
    if (sorted.empty() || pairOf(sorted.back()) != pairOf(merges[index])) {
      sorted.push_back(merges[index]);
    }
  }
}

Result<TokenizerBytes> TokenizerSource::serialize() {
  fillVocabulary();
  fillMerges();
  std::sort(section.added_tokens.begin(), section.added_tokens.end(),
            [](const auto &a, const auto &b) { return a->id < b->id; });
  std::sort(section.eos.begin(), section.eos.end());
  section.eos.erase(std::unique(section.eos.begin(), section.eos.end()), section.eos.end());

  flatbuffers::FlatBufferBuilder builder;
  fb::FinishTokenizerBuffer(builder, fb::Tokenizer::Pack(builder, &section));
  TokenizerBytes bytes(builder.GetSize());
  std::memcpy(bytes.data(), builder.GetBufferPointer(), bytes.size());
  if (auto loaded = text::Tokenizer::load(bytes); !loaded.ok()) {
    return loaded.status();
  }
  return bytes;
}

std::unique_ptr<fb::PatternT> makePattern(std::string text, bool regex) {
  auto pattern = std::make_unique<fb::PatternT>();
  pattern->text = std::move(text);
  pattern->regex = regex;
  return pattern;
}

void addReplace(fb::TokenizerT &section, std::string literal, std::string content) {
  fb::NormalizerStepT &step = append(section.normalizer);
  step.kind = fb::NormalizerKind::replace;
  step.pattern = makePattern(std::move(literal), /*regex=*/false);
  step.content = std::move(content);
}

void addNormalizer(fb::TokenizerT &section, fb::NormalizerKind kind, std::string content) {
  fb::NormalizerStepT &step = append(section.normalizer);
  step.kind = kind;
  step.content = std::move(content);
}

void addSplit(fb::TokenizerT &section, std::string regex, fb::SplitBehavior behavior, bool isRegex,
              bool invert) {
  fb::PreTokenizerStepT &step = append(section.pre_tokenizer);
  step.kind = fb::PreTokenizerKind::split;
  step.pattern = makePattern(std::move(regex), isRegex);
  step.behavior = behavior;
  step.invert = invert;
}

void addPrefix(fb::TokenizerT &section, std::string content, fb::PrependScheme scheme) {
  fb::PreTokenizerStepT &step = append(section.pre_tokenizer);
  step.kind = fb::PreTokenizerKind::prepend;
  step.content = std::move(content);
  step.scheme = scheme;
}

void addSpaceReplacement(fb::TokenizerT &section, std::string content) {
  fb::PreTokenizerStepT &step = append(section.pre_tokenizer);
  step.kind = fb::PreTokenizerKind::replace;
  step.pattern = makePattern(" ", /*regex=*/false);
  step.content = std::move(content);
}

void addDecoder(fb::TokenizerT &section, fb::DecoderKind kind) {
  append(section.decoder).kind = kind;
}

void addDecoderReplace(fb::TokenizerT &section, std::string literal, std::string content) {
  fb::DecoderStepT &step = append(section.decoder);
  step.kind = fb::DecoderKind::replace;
  step.pattern = makePattern(std::move(literal), /*regex=*/false);
  step.content = std::move(content);
}

void addDecoderStrip(fb::TokenizerT &section, std::string content, std::uint32_t count) {
  if (count == 0) {
    return;
  }
  fb::DecoderStepT &step = append(section.decoder);
  step.kind = fb::DecoderKind::strip_start;
  step.content = std::move(content);
  step.count = count;
}

} // namespace qcc::importer
