#include "runtime/text/Utf8.h"

#include <algorithm>
#include <utf8proc.h>

namespace qcc::text {

namespace {

/// What a lead byte asks for: how many bytes follow, and the range of the first of them.
struct Lead {
  std::size_t following;
  unsigned char low;
  unsigned char high;
};

/// The rows of Unicode's table 3-7; `following` is 0 for a byte that starts no character.
Lead leadOf(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) {
    return {1, 0x80, 0xBF};
  }
  if (byte >= 0xE0 && byte <= 0xEF) {
    return {2, static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
  }
  if (byte >= 0xF0 && byte <= 0xF4) {
    return {3, static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
  }
  return {0, 0, 0};
}

/// The start of the character that ends well-formed, not empty `text`.
std::size_t lastCharacterStart(std::string_view text) {
  std::size_t start = text.size() - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) {
    --start;
  }
  return start;
}

} // namespace

Utf8Scan scanUtf8(std::string_view text) {
  auto byteAt = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  unsigned char first = byteAt(0);
  if (first < 0x80) {
    return {Utf8Scan::Kind::Character, 1, first};
  }
  Lead lead = leadOf(first);
  if (lead.following == 0) {
    return {Utf8Scan::Kind::IllFormed, 1, 0};
  }
  char32_t character = first & (0x3F >> lead.following);
  for (std::size_t index = 1; index <= lead.following; ++index) {
    if (index == text.size()) {
      return {Utf8Scan::Kind::Truncated, index, 0};
    }
    unsigned char low = index == 1 ? lead.low : 0x80;
    unsigned char high = index == 1 ? lead.high : 0xBF;
    if (byteAt(index) < low || byteAt(index) > high) {
      return {Utf8Scan::Kind::IllFormed, index, 0};
    }
    character = (character << 6) | (byteAt(index) & 0x3F);
  }
  return {Utf8Scan::Kind::Character, lead.following + 1, character};
}

void appendUtf8(char32_t character, std::string &out) {
  if (character < 0x80) {
    out += static_cast<char>(character);
    return;
  }
  int following = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  unsigned lead = (0xFF00u >> (following + 1)) & 0xFF; // as many leading ones as bytes
  out += static_cast<char>(lead | (character >> (6 * following)));
  for (int index = following - 1; index >= 0; --index) {
    out += static_cast<char>(0x80 | ((character >> (6 * index)) & 0x3F));
  }
}

void drainUtf8(std::string &bytes, std::string &out) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    Utf8Scan scan = scanUtf8(rest);
    if (scan.kind == Utf8Scan::Kind::Truncated) {
      break;
    }
    if (scan.kind == Utf8Scan::Kind::Character) {
      out += rest.substr(0, scan.length);
    } else {
      out += replacementCharacter;
    }
    rest.remove_prefix(scan.length);
  }
  bytes.erase(0, bytes.size() - rest.size());
}

std::string repairUtf8(std::string_view text) {
  std::string bytes(text);
  std::string repaired;
  repaired.reserve(text.size());
  drainUtf8(bytes, repaired);
  if (!bytes.empty()) {
    repaired += replacementCharacter;
  }
  return repaired;
}

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool isWhiteSpace(char32_t character) {
  return (character >= 0x09 && character <= 0x0D) || character == 0x20 || character == 0x85 ||
         character == 0xA0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200A) ||
         character == 0x2028 || character == 0x2029 || character == 0x202F || character == 0x205F ||
         character == 0x3000;
}

bool isWordCharacter(char32_t character) {
  if (character == 0x200C || character == 0x200D) { // the property Join_Control
    return true;
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_PC:
    return true;
  default:
    return false;
  }
}

std::size_t leadingWhiteSpace(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    Utf8Scan scan = scanUtf8(text.substr(length));
    if (!isWhiteSpace(scan.character)) {
      break;
    }
    length += scan.length;
  }
  return length;
}

std::size_t trailingWhiteSpace(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0) {
    std::size_t start = lastCharacterStart(text.substr(0, end));
    if (!isWhiteSpace(scanUtf8(text.substr(start)).character)) {
      break;
    }
    end = start;
  }
  return text.size() - end;
}

char32_t lastCharacter(std::string_view text) {
  return scanUtf8(text.substr(lastCharacterStart(text))).character;
}

} // namespace qcc::text
