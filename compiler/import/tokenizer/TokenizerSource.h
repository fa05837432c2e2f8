// A tokenizer as an importer collects it, and its last step into section bytes.
#pragma once

#include "compiler/import/tokenizer/ImportTokenizer.h"
#include "runtime/text/tokenizer_generated.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qcc::importer {

namespace fb = qcc::text::fb;

/// The section's tables, but for the vocabulary and the merges, which are collected beside it in a
/// form that is easy to add to.
class TokenizerSource {
public:
  TokenizerSource();

  fb::TokenizerT section;        // `vocabulary` and `model->merges` are filled by `serialize`
  std::vector<fb::Merge> merges; // in any order; of merges of one pair, the last one counts

  /// Gives `id` its piece; `ofModel`: the model itself may produce it. Error (Corrupt): the id is
  /// too large, or it or the model's piece was given already to something else.
  Status addPiece(std::uint32_t id, const std::string &text, bool ofModel);
  /// Adds a token that is looked for in texts, and its piece. Of two for an id, the last one
  /// counts.
  Status addToken(const fb::AddedTokenT &token, const std::string &text);

  /// The id of a piece of the model, or of any piece.
  std::optional<std::uint32_t> findModelPiece(const std::string &text) const;
  std::optional<std::uint32_t> findPiece(const std::string &text) const;
  /// The piece of an id; empty if it has none.
  const std::string &piece(std::uint32_t id) const;

  /// Finds the pieces "<0x00>" to "<0xFF>". Error (Corrupt): one of them is missing.
  Status findBytePieces();

  /// The section's bytes, as the runtime's own reader accepts them. Errors: the reader's.
  Result<TokenizerBytes> serialize();

private:
  void fillVocabulary();
  void fillMerges();

  std::vector<std::string> pieces; // by id
  std::unordered_map<std::string, std::uint32_t> modelIds;
  std::unordered_map<std::string, std::uint32_t> addedIds;
};

/// Steps of the section, made in one line each.
std::unique_ptr<fb::PatternT> makePattern(std::string text, bool regex);
void addReplace(fb::TokenizerT &section, std::string literal, std::string content);
void addNormalizer(fb::TokenizerT &section, fb::NormalizerKind kind, std::string content = {});
void addSplit(fb::TokenizerT &section, std::string regex, fb::SplitBehavior behavior,
              bool isRegex = true, bool invert = false);
void addPrefix(fb::TokenizerT &section, std::string content, fb::PrependScheme scheme);
void addSpaceReplacement(fb::TokenizerT &section, std::string content);
void addDecoder(fb::TokenizerT &section, fb::DecoderKind kind);
void addDecoderReplace(fb::TokenizerT &section, std::string literal, std::string content);
void addDecoderStrip(fb::TokenizerT &section, std::string content, std::uint32_t count);

} // namespace qcc::importer
