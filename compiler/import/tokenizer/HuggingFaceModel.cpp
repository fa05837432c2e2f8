// The model, added tokens and post-processor of tokenizer.json.
#include "compiler/import/tokenizer/HuggingFace.h"

namespace qcc::importer {

namespace {

/// Refuses what would make this model's encoding another one.
Status checkModel(const Json &model) {
  std::string type = valueOr<std::string>(model, "type", model.contains("merges") ? "BPE" : "none");
  if (type != "BPE") {
    return unsupported("a tokenizer model of type '" + type + "' (only BPE is)");
  }
  if (valueOr(model, "dropout", 0.0) != 0.0) {
    return unsupported("BPE dropout");
  }
  for (const char *affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!valueOr<std::string>(model, affix, "").empty()) {
      return unsupported(std::string("BPE with a ") + affix);
    }
  }
  return {};
}

/// The two pieces of a merge, written as "left right" or ["left", "right"].
Result<std::pair<std::string, std::string>> piecesOfMerge(const Json &merge) {
  if (merge.is_array() && merge.size() == 2) {
    return std::pair(merge[0].get<std::string>(), merge[1].get<std::string>());
  }
  std::string text = merge.get<std::string>();
  std::size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
    return Status{StatusCode::Corrupt, "the merge '" + text + "' is not two pieces"};
  }
  return std::pair(text.substr(0, space), text.substr(space + 1));
}

Status readMerges(const Json &merges, TokenizerSource &source) {
  std::uint32_t rank = 0;
  for (const Json &merge : merges) {
    QCC_TRY_ASSIGN(auto pieces, piecesOfMerge(merge));
    auto left = source.findModelPiece(pieces.first);
    auto right = source.findModelPiece(pieces.second);
    auto result = source.findModelPiece(pieces.first + pieces.second);
    if (!left || !right || !result) {
      return {StatusCode::Corrupt, "the merge of '" + pieces.first + "' and '" + pieces.second +
                                       "' is of pieces that the vocabulary lacks"};
    }
    source.merges.push_back(fb::Merge(*left, *right, rank++, *result));
  }
  return {};
}

/// Ids before and after the text, from a template's list of special tokens and the sequence "A".
Status readTemplate(const Json &postProcessor, fb::TokenizerT &section) {
  std::vector<std::uint32_t> before;
  std::vector<std::uint32_t> after;
  bool sequenceSeen = false;
  for (const Json &part : postProcessor.at("single")) {
    if (part.contains("Sequence")) {
      sequenceSeen = true;
      continue;
    }
    std::string name = part.at("SpecialToken").at("id");
    for (const Json &id : postProcessor.at("special_tokens").at(name).at("ids")) {
      (sequenceSeen ? after : before).push_back(wholeNumber(id));
    }
  }
  section.prefix.insert(section.prefix.begin(), before.begin(), before.end());
  section.suffix.insert(section.suffix.end(), after.begin(), after.end());
  return {};
}

} // namespace

Status readModel(const Json &model, TokenizerSource &source) {
  QCC_TRY(checkModel(model));
  for (const auto &[text, id] : model.at("vocab").items()) {
    if (text.empty()) {
      continue; // a piece that no text has
    }
    QCC_TRY(source.addPiece(wholeNumber(id), text, /*ofModel=*/true));
  }
  QCC_TRY(readMerges(model.at("merges"), source));
  fb::BytePairModelT &target = *source.section.model;
  target.fuse_unknown = valueOr(model, "fuse_unk", false);
  target.whole_words = valueOr(model, "ignore_merges", false);
  target.byte_fallback = valueOr(model, "byte_fallback", false);
  if (target.byte_fallback) {
    QCC_TRY(source.findBytePieces());
  }
  if (std::string unknown = valueOr<std::string>(model, "unk_token", ""); !unknown.empty()) {
    auto id = source.findModelPiece(unknown);
    if (!id) {
      return {StatusCode::Corrupt, "the vocabulary lacks the unknown token '" + unknown + "'"};
    }
    target.unknown = static_cast<std::int32_t>(*id);
  }
  return {};
}

fb::AddedTokenT readAddedToken(const Json &token, std::uint32_t id) {
  fb::AddedTokenT added;
  added.id = id;
  added.special = valueOr(token, "special", false);
  added.normalized = valueOr(token, "normalized", !added.special);
  added.single_word = valueOr(token, "single_word", false);
  added.left_strip = valueOr(token, "lstrip", false);
  added.right_strip = valueOr(token, "rstrip", false);
  return added;
}

Status readAddedTokens(const Json &tokens, TokenizerSource &source) {
  for (const Json &token : tokens) {
    std::string text = token.at("content");
    if (!text.empty()) {
      QCC_TRY(source.addToken(readAddedToken(token, wholeNumber(token.at("id"))), text));
    }
  }
  return {};
}

Status readPostProcessor(const Json &postProcessor, fb::TokenizerT &section) {
  if (postProcessor.is_null()) {
    return {};
  }
  std::string type = postProcessor.at("type");
  if (type == "Sequence") {
    for (const Json &step : postProcessor.at("processors")) {
      QCC_TRY(readPostProcessor(step, section));
    }
    return {};
  }
  if (type == "TemplateProcessing") {
    return readTemplate(postProcessor, section);
  }
  if (type == "RobertaProcessing" || type == "BertProcessing") {
    section.prefix.insert(section.prefix.begin(),
                          wholeNumber(postProcessor.at("cls").at(1)));
    section.suffix.push_back(wholeNumber(postProcessor.at("sep").at(1)));
    return {};
  }
  // A ByteLevel post-processor changes offsets into the text only, which nobody asks for here.
  return type == "ByteLevel" ? Status{} : unsupported("the post-processor '" + type + "'");
}

} // namespace qcc::importer
