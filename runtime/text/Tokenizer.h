// The tokenizer of a compiled model: text to token ids and back, from the artifact's
// `.qcc.tokenizer` section (tokenizer.fbs). Immutable after loading, so threads may share one.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/ChatTemplate.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qcc::text {

using TokenId = std::uint32_t;

/// How a text is encoded.
struct EncodeOptions {
  bool addSpecial = true;   // put the model's beginning (and end) of sequence ids around the text
  bool parseSpecial = true; // control tokens written in the text become their ids; switch this off
                            // for text from people who must not be able to write control tokens
};

class Tokenizer {
public:
  /// Reads a tokenizer section, which must outlive the tokenizer and all moved-to copies of it.
  /// Every offset, id and order is checked. Errors: Corrupt, UnsupportedVersion.
  static Result<Tokenizer> load(std::span<const std::byte> section);

  Tokenizer(Tokenizer &&) noexcept;
  Tokenizer &operator=(Tokenizer &&) noexcept;
  ~Tokenizer();

  /// The ids of `text`. Ill-formed UTF-8 is read as U+FFFD, one for each maximal ill-formed part.
  /// Time is O(n log n) for natural text. Errors: InvalidArgument, a text over 256 MiB, or one on
  /// which a regular expression of the tokenizer takes too many steps; OutOfMemory.
  Result<std::vector<TokenId>> encode(std::string_view text, EncodeOptions options = {}) const;

  /// The text of `ids`, always well-formed UTF-8 (bytes that are not become U+FFFD, as in encode).
  /// Ids beyond the vocabulary are skipped: a model's logits may be padded past its tokenizer.
  std::string decode(std::span<const TokenId> ids, bool skipSpecial = true) const;

  /// One more than the largest id of the tokenizer.
  std::uint32_t vocabularySize() const;
  /// The piece of an id as the vocabulary spells it; empty beyond the vocabulary.
  std::string_view piece(TokenId id) const;
  /// The id whose piece, or added token, is exactly `piece`.
  std::optional<TokenId> find(std::string_view piece) const;
  /// Whether an id is a control token, left out of decoded text by default.
  bool isSpecial(TokenId id) const;
  /// The beginning of sequence id, if the model has one.
  std::optional<TokenId> beginOfSequence() const;
  /// The ids that end a generation, ascending.
  std::span<const TokenId> endOfSequence() const;

  /// The model's chat template. Error (Unavailable): there is none; the sentence says why.
  Result<const ChatTemplate *> chatTemplate() const;

private:
  friend class StreamDecoder;
  struct Parts;
  explicit Tokenizer(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts;
};

/// Decodes ids one at a time for streaming: the texts that `push` and `finish` return, put
/// together, are what `decode` gives for all the ids at once. A character whose bytes are spread
/// over several tokens is held back until it is whole. The tokenizer must outlive it.
class StreamDecoder {
public:
  /// `continues`: the ids continue a text, so a space at the start of the first one is kept.
  explicit StreamDecoder(const Tokenizer &tokenizer, bool continues = false,
                         bool skipSpecial = true);

  /// The text that became certain with this id; may be empty.
  std::string push(TokenId id);
  /// What was held back: U+FFFD for an unfinished character, else empty. Then starts anew, as a
  /// continuation.
  std::string finish();

private:
  const Tokenizer *tokenizer;
  bool skipSpecial;
  std::uint32_t stripsLeft;
  std::string held;
};

} // namespace qcc::text
