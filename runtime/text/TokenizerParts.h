// The parts of a loaded tokenizer and the order in which they work on a text.
#pragma once

#include "runtime/text/AddedTokens.h"
#include "runtime/text/BytePairModel.h"
#include "runtime/text/Decoder.h"
#include "runtime/text/Normalizer.h"
#include "runtime/text/PreTokenizer.h"
#include "runtime/text/SectionReader.h"
#include "runtime/text/Tokenizer.h"
#include "runtime/text/Vocabulary.h"

namespace qcc::text {

struct Tokenizer::Parts {
  static Result<std::unique_ptr<const Parts>> load(std::span<const std::byte> bytes);

  /// Appends the ids of well-formed text: first the added tokens that are looked for in the text as
  /// given, then in each part between them normalization, the added tokens that are looked for in
  /// normalized text, and the words of what is left.
  Status encodeText(std::string_view text, bool parseSpecial, std::vector<TokenId> &ids) const;

  std::vector<std::uint32_t> aligned; // a copy of a section that does not lie at a multiple of 4
  const fb::Tokenizer *section;
  Vocabulary vocabulary;
  BytePairModel model;
  Normalizer normalizer;
  PreTokenizer preTokenizer;
  Decoder decoder;
  AddedTokenMatcher rawTokens;
  AddedTokenMatcher normalizedTokens;
  std::vector<bool> special; // by id
  std::vector<TokenId> endOfSequence;
  std::optional<ChatTemplate> chat;
  std::string chatAbsent;

private:
  Status loadAddedTokens();
  Status loadIds();
  Status loadChat();
  Status encodeNormalized(std::string_view text, bool startsInput, bool parseSpecial,
                          BytePairModel::Scratch &scratch, std::vector<TokenId> &ids) const;
};

} // namespace qcc::text
