#include "runtime/text/ByteAlphabet.h"

#include "runtime/text/Utf8.h"

#include <array>

namespace qcc::text {

namespace {

constexpr bool standsForItself(unsigned byte) {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

constexpr char32_t firstOther = 0x100; // the first of the characters of the other bytes
constexpr unsigned otherBytes = 68;

struct Alphabet {
  std::array<char32_t, 256> characters{};
  std::array<unsigned char, otherBytes> others{};
};

constexpr Alphabet makeAlphabet() {
  Alphabet alphabet;
  unsigned other = 0;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (standsForItself(byte)) {
      alphabet.characters[byte] = byte;
    } else {
      alphabet.others[other] = static_cast<unsigned char>(byte);
      alphabet.characters[byte] = firstOther + other++;
    }
  }
  return alphabet;
}

constexpr Alphabet alphabet = makeAlphabet();

} // namespace

char32_t byteCharacter(unsigned char byte) {
  return alphabet.characters[byte];
}

std::optional<unsigned char> characterByte(char32_t character) {
  if (character < 256) {
    return standsForItself(character) ? std::optional<unsigned char>(character) : std::nullopt;
  }
  if (character >= firstOther && character - firstOther < otherBytes) {
    return alphabet.others[character - firstOther];
  }
  return std::nullopt;
}

void appendByteCharacters(std::string_view bytes, std::string &out) {
  for (char byte : bytes) {
    appendUtf8(byteCharacter(static_cast<unsigned char>(byte)), out);
  }
}

std::string bytesOfCharacters(std::string_view text) {
  std::string bytes;
  for (std::string_view rest = text; !rest.empty();) {
    Utf8Scan scan = scanUtf8(rest);
    std::optional<unsigned char> byte =
        scan.kind == Utf8Scan::Kind::Character ? characterByte(scan.character) : std::nullopt;
    if (!byte) {
      return std::string(text);
    }
    bytes += static_cast<char>(*byte);
    rest.remove_prefix(scan.length);
  }
  return bytes;
}

} // namespace qcc::text
