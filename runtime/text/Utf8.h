// UTF-8 at the level of code points: scanning, repair of ill-formed text, and the few character
// classes that tokenizers ask for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qcc::text {

/// U+FFFD in UTF-8: what ill-formed bytes are read as.
inline constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";

/// What stands at one place of a text.
struct Utf8Scan {
  enum class Kind { Character, IllFormed, Truncated } kind;
  std::size_t length; // bytes of the character, or of the maximal ill-formed part
  char32_t character; // only for Kind::Character
};

/// Reads the character at `text`'s start. `text` is not empty. Truncated: the text ends within what
/// so far is a well-formed character (Unicode 15, table 3-7).
Utf8Scan scanUtf8(std::string_view text);

/// Appends a Unicode scalar value in UTF-8.
void appendUtf8(char32_t character, std::string &out);

/// `text` with each maximal ill-formed part replaced by U+FFFD (Unicode 15, section 3.9, U+FFFD
/// Substitution of Maximal Subparts).
std::string repairUtf8(std::string_view text);

/// Moves what is certain from the front of `bytes` to the end of `out`, repaired; leaves an
/// unfinished character at the end of `bytes`.
void drainUtf8(std::string &bytes, std::string &out);

/// Whether every byte is below 128.
bool isAscii(std::string_view text);

/// The property White_Space.
bool isWhiteSpace(char32_t character);

/// Whether a character is part of a word: a letter, mark, decimal or letter number,
/// connector, or joiner.
bool isWordCharacter(char32_t character);

/// The byte length of the white space at the start, and at the end, of well-formed `text`.
std::size_t leadingWhiteSpace(std::string_view text);
std::size_t trailingWhiteSpace(std::string_view text);

/// The last character of well-formed `text`, which is not empty.
char32_t lastCharacter(std::string_view text);

} // namespace qcc::text
