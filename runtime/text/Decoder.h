// The decoder of a tokenizer: the bytes that each token stands for.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/Pattern.h"
#include "runtime/text/Vocabulary.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qcc::text {

namespace fb {
struct Tokenizer;
enum class DecoderKind : unsigned char;
} // namespace fb

class Decoder {
public:
  /// Reads the steps of a verified section, which must outlive the decoder. Error: Corrupt.
  static Result<Decoder> load(const fb::Tokenizer &section, const Vocabulary &vocabulary);

  /// Appends the bytes of one token; together, those of a text's tokens are its UTF-8, which may be
  /// ill-formed. An id beyond the vocabulary has no bytes.
  void append(std::uint32_t id, std::string &bytes) const;

  /// What is dropped from the start of a decoded text, up to `stripCount()` times.
  std::string_view stripText() const { return strip; }
  std::uint32_t stripCount() const { return stripTimes; }

private:
  struct Step {
    fb::DecoderKind kind;
    std::optional<Pattern> pattern;
    std::string content;
  };

  explicit Decoder(const Vocabulary &vocabulary) : vocabulary(vocabulary) {}

  Vocabulary vocabulary;
  std::vector<Step> steps;
  std::unordered_map<std::uint32_t, char> bytes; // of the byte pieces
  std::string strip;
  std::uint32_t stripTimes = 0;
};

} // namespace qcc::text
