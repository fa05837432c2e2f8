#include "compiler/import/tokenizer/SentencePiece.h"

#include "compiler/import/tokenizer/HuggingFace.h"
#include "compiler/import/tokenizer/sentencepiece.pb.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace qcc::importer {

namespace {

constexpr const char *spaceMark = "\xE2\x96\x81"; // U+2581, which stands for a space in pieces

/// Refuses models whose encoding is not the BPE that the runtime does.
Status checkModel(const sentencepiece::Model &model) {
  const sentencepiece::Training &training = model.training();
  const sentencepiece::Normalization &normalization = model.normalization();
  if (training.algorithm() != sentencepiece::Training::BPE) {
    return unsupported("a SentencePiece model of type '" +
                       sentencepiece::Training::Algorithm_Name(training.algorithm()) +
                       "' (only BPE is)");
  }
  if (training.space_as_suffix()) {
    return unsupported("white space as a suffix of words");
  }
  if (!normalization.character_map().empty()) {
    return unsupported("the SentencePiece normalization '" + normalization.name() +
                       "' (only identity is; a tokenizer.json may express it)");
  }
  return {};
}

/// An added token for the pieces that are found in a text whole: control and user-defined ones.
std::optional<fb::AddedTokenT> addedTokenOf(sentencepiece::Piece::Kind kind, std::uint32_t id,
                                            bool hasDummyPrefix) {
  fb::AddedTokenT token;
  token.id = id;
  token.special = kind != sentencepiece::Piece::USER_DEFINED;
  // User-defined pieces spell spaces as the mark. A dummy prefix would be put before them, too.
  token.normalized = !token.special && !hasDummyPrefix;
  bool isAdded = kind == sentencepiece::Piece::UNKNOWN || kind == sentencepiece::Piece::CONTROL ||
                 kind == sentencepiece::Piece::USER_DEFINED;
  return isAdded ? std::optional(token) : std::nullopt;
}

Status readPieces(const sentencepiece::Model &model, TokenizerSource &source) {
  bool hasDummyPrefix = model.normalization().add_dummy_prefix();
  for (int index = 0; index < model.pieces_size(); ++index) {
    const sentencepiece::Piece &piece = model.pieces(index);
    std::uint32_t id = static_cast<std::uint32_t>(index);
    if (piece.kind() == sentencepiece::Piece::UNUSED) {
      return unsupported("the unused piece '" + piece.text() + "'");
    }
    if (std::isnan(piece.score())) {
      return {StatusCode::Corrupt, "the score of piece " + std::to_string(id) + " is not a number"};
    }
    QCC_TRY(source.addPiece(id, piece.text(), /*ofModel=*/true));
    if (auto token = addedTokenOf(piece.kind(), id, hasDummyPrefix)) {
      QCC_TRY(source.addToken(*token, piece.text()));
    }
  }
  return {};
}

/// SentencePiece joins neighbours whose concatenation is a piece, best score first. That is a merge
/// for each way to cut a piece in two pieces; merges of pieces of equal score have equal rank.
void makeMerges(const sentencepiece::Model &model, TokenizerSource &source) {
  std::map<float, std::uint32_t, std::greater<>> ranks;
  auto isNormal = [&](std::uint32_t id) {
    return model.pieces(static_cast<int>(id)).kind() == sentencepiece::Piece::NORMAL;
  };
  for (const sentencepiece::Piece &piece : model.pieces()) {
    ranks.emplace(piece.score(), 0);
  }
  std::uint32_t next = 0;
  for (auto &[score, rank] : ranks) {
    rank = next++;
  }
  for (int index = 0; index < model.pieces_size(); ++index) {
    const std::string &text = model.pieces(index).text();
    std::uint32_t id = static_cast<std::uint32_t>(index);
    for (std::size_t cut = 1; isNormal(id) && cut < text.size(); ++cut) {
      auto left = source.findModelPiece(text.substr(0, cut));
      auto right = source.findModelPiece(text.substr(cut));
      if (left && right && isNormal(*left) && isNormal(*right)) {
        source.merges.push_back(fb::Merge(*left, *right, ranks[model.pieces(index).score()], id));
      }
    }
  }
}

void addNormalization(const sentencepiece::Normalization &normalization, bool legacy,
                      fb::TokenizerT &section) {
  if (normalization.remove_extra_spaces()) {
    addNormalizer(section, fb::NormalizerKind::strip_left);
    addNormalizer(section, fb::NormalizerKind::strip_right);
    addNormalizer(section, fb::NormalizerKind::replace, " ");
    section.normalizer.back()->pattern = makePattern(" {2,}", /*regex=*/true);
  }
  std::string space = normalization.escape_spaces() ? spaceMark : " ";
  if (normalization.add_dummy_prefix() && legacy) {
    addNormalizer(section, fb::NormalizerKind::prepend, space);
  }
  if (normalization.escape_spaces()) {
    addReplace(section, " ", space);
    addDecoderReplace(section, space, " ");
  }
  if (normalization.add_dummy_prefix() && !legacy) {
    addPrefix(section, space, fb::PrependScheme::first);
  }
}

Status addTokensOfConfiguration(const Json &configuration, TokenizerSource &source) {
  for (const auto &[key, token] : childOf(configuration, "added_tokens_decoder").items()) {
    std::uint32_t id = 0;
    for (char digit : key) {
      if (digit < '0' || digit > '9' || id > 100'000'000) {
        return {StatusCode::Corrupt, "the added token id '" + key + "' is not a number"};
      }
      id = id * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    QCC_TRY(source.addToken(readAddedToken(token, id), token.at("content").get<std::string>()));
  }
  return {};
}

void addEnds(const sentencepiece::Model &model, const Json &configuration,
             fb::TokenizerT &section) {
  auto isPiece = [&](int id) { return id >= 0 && id < model.pieces_size(); };
  int bos = model.training().bos_id();
  int eos = model.training().eos_id();
  if (isPiece(bos)) {
    section.bos = bos;
    if (valueOr(configuration, "add_bos_token", true)) {
      section.prefix.push_back(static_cast<std::uint32_t>(bos));
    }
  }
  if (isPiece(eos)) {
    section.eos.push_back(static_cast<std::uint32_t>(eos));
    if (valueOr(configuration, "add_eos_token", false)) {
      section.suffix.push_back(static_cast<std::uint32_t>(eos));
    }
  }
}

Status collect(const sentencepiece::Model &model, const Json &configuration,
               TokenizerSource &source) {
  fb::TokenizerT &section = source.section;
  QCC_TRY(readPieces(model, source));
  makeMerges(model, source);
  addNormalization(model.normalization(), valueOr(configuration, "legacy", true), section);
  if (model.training().byte_fallback()) {
    QCC_TRY(source.findBytePieces());
    section.model->byte_fallback = true;
    addDecoder(section, fb::DecoderKind::byte_fallback);
  }
  if (model.normalization().add_dummy_prefix()) {
    addDecoderStrip(section, " ", 1);
  }
  int unknown = model.training().unknown_id();
  section.model->unknown = unknown >= 0 && unknown < model.pieces_size() ? unknown : -1;
  section.model->fuse_unknown = true;
  addEnds(model, configuration, section);
  return addTokensOfConfiguration(configuration, source);
}

} // namespace

Status readSentencePiece(std::string_view bytes, const Json &configuration,
                         TokenizerSource &source) {
  sentencepiece::Model model;
  if (bytes.size() > INT32_MAX ||
      !model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      model.pieces_size() == 0) {
    return {StatusCode::Corrupt, "it is not a SentencePiece model"};
  }
  QCC_TRY(checkModel(model));
  return guardJson([&] { return collect(model, configuration, source); });
}

} // namespace qcc::importer
