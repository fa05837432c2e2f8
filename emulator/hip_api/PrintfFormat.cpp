#include "emulator/hip_api/PrintfFormat.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

namespace qcc::emulator {
namespace {

/// Wider fields than this are cut: a kernel decides the width, the host pays for it.
constexpr int widestField = 4096;

/// A conversion such as `%-8.3lf`, its `*` already replaced by arguments.
struct Conversion {
  std::string flags;
  int width = -1, precision = -1; // -1: none
  std::string length;             // "", "hh", "h", "l", "ll", "j", "z", "t" or "L"
  char kind = 0;                  // the letter at its end; 0: the format ends before it
};

/// A number in the format, or an argument for `*`; -1 when there is neither.
int readCount(std::string_view &format, PrintfWords &words) {
  if (!format.empty() && format.front() == '*') {
    format.remove_prefix(1);
    return std::clamp(static_cast<int>(words.number()), -1, widestField);
  }
  int count = -1;
  while (!format.empty() && format.front() >= '0' && format.front() <= '9') {
    count = std::min(std::max(count, 0) * 10 + (format.front() - '0'), widestField);
    format.remove_prefix(1);
  }
  return count;
}

std::string readAll(std::string_view &format, std::string_view letters) {
  size_t count = std::min(format.find_first_not_of(letters), format.size());
  std::string found(format.substr(0, count));
  format.remove_prefix(count);
  return found;
}

/// Reads past the `%` at the front of the format.
Conversion readConversion(std::string_view &format, PrintfWords &words) {
  Conversion conversion;
  format.remove_prefix(1);
  conversion.flags = readAll(format, "-+ #0");
  conversion.width = readCount(format, words);
  if (!format.empty() && format.front() == '.') {
    format.remove_prefix(1);
    conversion.precision = std::max(readCount(format, words), 0);
  }
  conversion.length = readAll(format, "hljztL");
  if (!format.empty()) {
    conversion.kind = format.front();
    format.remove_prefix(1);
  }
  return conversion;
}

/// The host's conversion of one value; `length` and the value's type fit each other.
template <typename Value>
std::string convert(const Conversion &conversion, const char *length, Value value) {
  std::string spec = "%" + conversion.flags;
  if (conversion.width >= 0) {
    spec += std::to_string(conversion.width);
  }
  if (conversion.precision >= 0) {
    spec += "." + std::to_string(conversion.precision);
  }
  spec += length;
  spec += conversion.kind;
  int size = std::snprintf(nullptr, 0, spec.c_str(), value);
  std::string text(static_cast<size_t>(std::max(size, 0)), '\0');
  std::snprintf(text.data(), text.size() + 1, spec.c_str(), value);
  return text;
}

/// An integer argument at the width that its length modifier gives it.
long long narrow(const std::string &length, uint64_t word) {
  if (length == "hh") {
    return static_cast<signed char>(word);
  }
  if (length == "h") {
    return static_cast<short>(word);
  }
  return length.empty() ? static_cast<int>(word) : static_cast<long long>(word);
}

unsigned long long narrowUnsigned(const std::string &length, uint64_t word) {
  if (length == "hh") {
    return static_cast<unsigned char>(word);
  }
  if (length == "h") {
    return static_cast<unsigned short>(word);
  }
  return length.empty() ? static_cast<unsigned>(word) : word;
}

std::string print(const Conversion &conversion, PrintfWords &words) {
  switch (conversion.kind) {
  case 'd':
  case 'i':
    return convert(conversion, "ll", narrow(conversion.length, words.number()));
  case 'u':
  case 'o':
  case 'x':
  case 'X':
    return convert(conversion, "ll", narrowUnsigned(conversion.length, words.number()));
  case 'c':
    return convert(conversion, "", static_cast<int>(words.number()));
  case 'p':
    return convert(conversion, "", reinterpret_cast<void *>(words.number()));
  case 's':
    return convert(conversion, "", words.text().c_str());
  case 'n':
    words.number();
    return "";
  case '%':
    return "%";
  case 0:
    return "";
  default:
    if (std::strchr("fFeEgGaA", conversion.kind)) {
      return convert(conversion, "", std::bit_cast<double>(words.number()));
    }
    return std::string("%") + conversion.kind;
  }
}

} // namespace

uint64_t PrintfWords::number() {
  if (rest.empty()) {
    return 0;
  }
  uint64_t word = rest.front();
  rest = rest.subspan(1);
  return word;
}

std::string PrintfWords::text() {
  const auto *bytes = reinterpret_cast<const char *>(rest.data());
  size_t length = strnlen(bytes, rest.size_bytes());
  std::string found(bytes, length);
  rest = rest.subspan(std::min(length / sizeof(uint64_t) + 1, rest.size()));
  return found;
}

std::string formatPrintf(std::string_view format, PrintfWords words) {
  std::string out;
  while (!format.empty()) {
    size_t plain = std::min(format.find('%'), format.size());
    out += format.substr(0, plain);
    format.remove_prefix(plain);
    if (!format.empty()) {
      out += print(readConversion(format, words), words);
    }
  }
  return out;
}

} // namespace qcc::emulator
