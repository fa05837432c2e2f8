// The alphabet of byte-level tokenizers: each byte is written as one printable character, so that
// any bytes are text. Bytes that Latin-1 prints (33-126, 161-172, 174-255) stand for themselves,
// the other 68 become U+0100 and up in order (GPT-2: Radford et al. 2019, its published encoder).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qcc::text {

/// The character that stands for a byte.
char32_t byteCharacter(unsigned char byte);

/// The byte that a character stands for, if it is of the alphabet.
std::optional<unsigned char> characterByte(char32_t character);

/// Appends the characters of `bytes`.
void appendByteCharacters(std::string_view bytes, std::string &out);

/// The bytes that well-formed `text` stands for; `text` itself if a character is not of the
/// alphabet.
std::string bytesOfCharacters(std::string_view text);

} // namespace qcc::text
