#include "emulator/isa/memory/DataFormat.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace qcc::emulator::isa {

namespace {

struct Layout {
  const char *name;
  uint8_t bits[4];
};
// Names list components from the highest bit down. Source: the ISA manuals, "Buffer Resource
// Descriptor", data formats in their order.
constexpr Layout layouts[] = {
    {"INVALID", {0, 0, 0, 0}},
    {"8", {8, 0, 0, 0}},
    {"16", {16, 0, 0, 0}},
    {"8_8", {8, 8, 0, 0}},
    {"32", {32, 0, 0, 0}},
    {"16_16", {16, 16, 0, 0}},
    {"10_11_11", {11, 11, 10, 0}},
    {"11_11_10", {10, 11, 11, 0}},
    {"10_10_10_2", {2, 10, 10, 10}},
    {"2_10_10_10", {10, 10, 10, 2}},
    {"8_8_8_8", {8, 8, 8, 8}},
    {"32_32", {32, 32, 0, 0}},
    {"16_16_16_16", {16, 16, 16, 16}},
    {"32_32_32", {32, 32, 32, 0}},
    {"32_32_32_32", {32, 32, 32, 32}},
};
constexpr const char *numbers[] = {"UNORM", "SNORM", "USCALED", "SSCALED",
                                   "UINT",  "SINT",  "",        "FLOAT"};

/// gfx11 and gfx12 number the pairs that exist: layouts in this order, each with the number formats
/// whose bits are set.
struct Unified {
  uint8_t layout;
  uint8_t numbers;
};
constexpr uint8_t sixKinds = 0x3f, withFloat = 0xbf, wholeAndFloat = 0xb0, onlyFloat = 0x80,
                  normAndWhole = 0x33;
constexpr Unified unified[] = {
    {1, sixKinds},       {2, withFloat},  {3, sixKinds},       {4, wholeAndFloat},  {5, withFloat},
    {6, onlyFloat},      {7, onlyFloat},  {8, normAndWhole},   {9, sixKinds},       {10, sixKinds},
    {11, wholeAndFloat}, {12, withFloat}, {13, wholeAndFloat}, {14, wholeAndFloat},
};

int32_t signExtended(uint32_t raw, unsigned bits) {
  return static_cast<int32_t>(raw << (32 - bits)) >> (32 - bits);
}
uint32_t maskOf(unsigned bits) {
  return bits == 32 ? ~0u : (1u << bits) - 1;
}
uint32_t bitsOf(float v) {
  return std::bit_cast<uint32_t>(v);
}

/// A float of five exponent bits, with a sign when it has 16 bits.
float smallToFloat(uint32_t raw, unsigned bits) {
  const unsigned mantissaBits = bits == 16 ? 10 : bits - 5;
  const int exponent = static_cast<int>(raw >> mantissaBits & 31);
  const uint32_t mantissa = raw & maskOf(mantissaBits);
  const float sign = bits == 16 && raw >> 15 != 0 ? -1.0f : 1.0f;
  if (exponent == 31) {
    return mantissa == 0 ? sign * INFINITY : NAN;
  }
  const uint32_t whole = exponent == 0 ? mantissa : mantissa | 1u << mantissaBits;
  return sign * std::ldexp(static_cast<float>(whole),
                           std::max(exponent, 1) - 15 - static_cast<int>(mantissaBits));
}
uint32_t floatToSmall(float v, unsigned bits) {
  const unsigned mantissaBits = bits == 16 ? 10 : bits - 5;
  const uint32_t infinity = 31u << mantissaBits;
  const uint32_t sign = bits == 16 && std::signbit(v) ? 0x8000 : 0;
  if (std::isnan(v)) {
    return sign | infinity | 1u << (mantissaBits - 1);
  }
  if (v == 0 || (bits != 16 && v < 0)) {
    return sign;
  }
  int exponent = 0;
  std::frexp(v, &exponent);
  const int last = std::max(exponent - 1, -14) - static_cast<int>(mantissaBits);
  if (std::isinf(v) || exponent > 17) {
    return sign | infinity;
  }
  // Steps of the last bit; a carry out of the mantissa moves into the exponent.
  const uint32_t steps = static_cast<uint32_t>(std::nearbyint(std::ldexp(std::fabs(v), -last)));
  const int biased = last + static_cast<int>(mantissaBits) + 15;
  return sign | std::min(steps + (static_cast<uint32_t>(biased - 1) << mantissaBits), infinity);
}

/// The greatest value of a normalized or scaled component, and the least.
double greatest(unsigned bits, bool isSigned) {
  return std::ldexp(1.0, static_cast<int>(bits) - (isSigned ? 1 : 0)) - 1;
}
uint32_t encodeScaled(double v, double low, double high, unsigned bits) {
  const double held = std::isnan(v) ? 0 : std::clamp(v, low, high);
  return static_cast<uint32_t>(static_cast<int64_t>(std::nearbyint(held))) & maskOf(bits);
}

std::optional<unsigned> indexOf(std::string_view name, auto &table, auto nameOf) {
  for (unsigned n = 0; n < std::size(table); ++n) {
    if (name == nameOf(table[n])) {
      return n;
    }
  }
  return std::nullopt;
}

} // namespace

unsigned DataFormat::components() const {
  return static_cast<unsigned>(std::count_if(bits, bits + 4, [](uint8_t b) { return b != 0; }));
}
unsigned DataFormat::bitOf(unsigned component) const {
  unsigned at = 0;
  for (unsigned n = 0; n < component; ++n) {
    at += bits[n];
  }
  return at;
}
unsigned DataFormat::bytes() const {
  return bitOf(4) / 8;
}

DataFormat dataFormat(unsigned layout, NumberFormat number) {
  DataFormat format;
  std::copy_n(layouts[layout < std::size(layouts) ? layout : 0].bits, 4, format.bits);
  format.number = number;
  return format;
}

DataFormat unifiedFormat(unsigned number) {
  unsigned at = 1;
  for (const Unified &row : unified) {
    for (unsigned kind = 0; kind < 8; ++kind) {
      if ((row.numbers >> kind & 1) != 0 && at++ == number) {
        return dataFormat(row.layout, static_cast<NumberFormat>(kind));
      }
    }
  }
  return {};
}

DataFormat descriptorFormat(uint32_t word, bool gfx9) {
  return gfx9 ? dataFormat(word >> 15 & 15, static_cast<NumberFormat>(word >> 12 & 7))
              : unifiedFormat(word >> 12 & 63);
}

std::optional<DataFormat> namedFormat(const AssemblyLine &line) {
  std::string_view list = line.value("format");
  unsigned layout = 1, number = 0;
  while (!list.empty()) {
    list.remove_prefix(std::min(list.find_first_not_of("[], "), list.size()));
    std::string_view name = list.substr(0, list.find_first_of("],"));
    list.remove_prefix(name.size());
    if (name.empty()) {
      break;
    }
    const bool both = name.starts_with("BUF_FMT_");
    const bool onlyLayout = name.starts_with("BUF_DATA_FORMAT_");
    if (!both && !onlyLayout && !name.starts_with("BUF_NUM_FORMAT_")) {
      return std::nullopt;
    }
    name.remove_prefix(both ? 8 : onlyLayout ? 16 : 15);
    const size_t last = both ? name.rfind('_') : 0;
    const auto layoutAt = indexOf(both ? name.substr(0, last) : name, layouts,
                                  [](const Layout &l) { return std::string_view(l.name); });
    const auto numberAt = indexOf(both ? name.substr(last + 1) : name, numbers,
                                  [](const char *n) { return std::string_view(n); });
    if (((both || onlyLayout) && !layoutAt) || (!onlyLayout && !numberAt)) {
      return std::nullopt;
    }
    layout = both || onlyLayout ? *layoutAt : layout;
    number = onlyLayout ? number : *numberAt;
  }
  return dataFormat(layout, static_cast<NumberFormat>(number));
}

uint32_t decodeComponent(uint32_t raw, unsigned bits, NumberFormat number) {
  const int32_t whole = signExtended(raw, bits);
  switch (number) {
  case NumberFormat::Unorm:
    return bitsOf(static_cast<float>(raw / greatest(bits, false)));
  case NumberFormat::Snorm:
    return bitsOf(static_cast<float>(std::max(-1.0, whole / greatest(bits, true))));
  case NumberFormat::Uscaled:
    return bitsOf(static_cast<float>(raw));
  case NumberFormat::Sscaled:
    return bitsOf(static_cast<float>(whole));
  case NumberFormat::Sint:
    return static_cast<uint32_t>(whole);
  case NumberFormat::Float:
    return bits == 32 ? raw : bitsOf(smallToFloat(raw, bits));
  default:
    return raw;
  }
}

uint32_t encodeComponent(uint32_t value, unsigned bits, NumberFormat number) {
  const double v = std::bit_cast<float>(value);
  const double high = greatest(bits, false), half = greatest(bits, true);
  switch (number) {
  case NumberFormat::Unorm:
    return encodeScaled(v * high, 0, high, bits);
  case NumberFormat::Snorm:
    return encodeScaled(v * half, -half, half, bits);
  case NumberFormat::Uscaled:
    return encodeScaled(v, 0, high, bits);
  case NumberFormat::Sscaled:
    return encodeScaled(v, -half - 1, half, bits);
  case NumberFormat::Uint:
    return encodeScaled(value, 0, high, bits);
  case NumberFormat::Sint:
    return encodeScaled(static_cast<int32_t>(value), -half - 1, half, bits);
  default:
    return bits == 32 ? value : floatToSmall(static_cast<float>(v), bits);
  }
}

} // namespace qcc::emulator::isa
