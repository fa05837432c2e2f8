#include "test/emulator/isa/NumberFormats.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace qcc::emulator::test {

namespace {

struct FloatFormat {
  unsigned exponentBits, mantissaBits;
  int bias;
  bool infinity; // an exponent of all ones is infinity or NaN
  bool allOnes;  // all ones are NaN, the rest are numbers
  bool fnuz;     // no -0: the sign bit alone is NaN
};

FloatFormat floatFormat(Format format) {
  switch (format) {
  case Format::F16:
    return {5, 10, 15, true, false, false};
  case Format::BF16:
    return {8, 7, 127, true, false, false};
  case Format::Fp8:
    return {4, 3, 7, false, true, false};
  case Format::Bf8:
    return {5, 2, 15, true, false, false};
  case Format::Fp8Fnuz:
    return {4, 3, 8, false, false, true};
  case Format::Bf8Fnuz:
    return {5, 2, 16, false, false, true};
  case Format::Fp6:
    return {2, 3, 1, false, false, false};
  case Format::Bf6:
    return {3, 2, 3, false, false, false};
  default:
    return {2, 1, 1, false, false, false}; // Fp4
  }
}

bool isInteger(Format format) {
  return format == Format::I8 || format == Format::U8 || format == Format::I4 ||
         format == Format::U4 || format == Format::I32;
}

} // namespace

unsigned bitsOf(Format format) {
  switch (format) {
  case Format::F64:
    return 64;
  case Format::F32:
  case Format::Xf32:
  case Format::I32:
    return 32;
  case Format::F16:
  case Format::BF16:
    return 16;
  case Format::Fp6:
  case Format::Bf6:
    return 6;
  case Format::Fp4:
  case Format::I4:
  case Format::U4:
    return 4;
  default:
    return 8;
  }
}

double decode(Format format, uint32_t code) {
  const FloatFormat f = floatFormat(format);
  const uint32_t mantissa = code & ((1u << f.mantissaBits) - 1);
  const uint32_t exponent = (code >> f.mantissaBits) & ((1u << f.exponentBits) - 1);
  const bool negative = (code >> (f.exponentBits + f.mantissaBits) & 1) != 0;
  const bool topExponent = exponent == (1u << f.exponentBits) - 1;
  const bool topMantissa = mantissa == (1u << f.mantissaBits) - 1;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if ((f.fnuz && negative && exponent == 0 && mantissa == 0) ||
      (f.allOnes && topExponent && topMantissa) || (f.infinity && topExponent && mantissa != 0)) {
    return nan;
  }
  double magnitude = std::ldexp(mantissa + (exponent != 0 ? 1u << f.mantissaBits : 0),
                                static_cast<int>(exponent == 0 ? 1 : exponent) - f.bias -
                                    static_cast<int>(f.mantissaBits));
  if (f.infinity && topExponent) {
    magnitude = std::numeric_limits<double>::infinity();
  }
  return negative ? -magnitude : magnitude;
}

uint64_t encode(Format format, double value) {
  if (format == Format::F64) {
    return std::bit_cast<uint64_t>(value);
  }
  if (format == Format::F32 || format == Format::Xf32) {
    return std::bit_cast<uint32_t>(static_cast<float>(value));
  }
  if (isInteger(format)) {
    const uint64_t mask = (uint64_t(1) << bitsOf(format)) - 1;
    return static_cast<uint64_t>(static_cast<int64_t>(value)) & mask;
  }
  if (format == Format::F16) {
    return std::bit_cast<uint16_t>(static_cast<_Float16>(value));
  }
  if (format == Format::BF16) {
    return std::bit_cast<uint32_t>(static_cast<float>(value)) >> 16;
  }
  for (uint32_t code = 0; code < 1u << bitsOf(format); ++code) {
    const double candidate = decode(format, code);
    if (candidate == value && (value != 0 || std::signbit(candidate) == std::signbit(value) ||
                               floatFormat(format).fnuz)) {
      return code;
    }
  }
  ADD_FAILURE() << "the format has no " << value;
  return 0;
}

uint32_t roundTo(Format format, double value) {
  const FloatFormat f = floatFormat(format);
  const uint32_t half = 1u << (bitsOf(format) - 1); // positive encodings lie below
  const bool negative = std::signbit(value);
  const uint32_t sign = negative ? half : 0;
  uint32_t largest = half - 1;
  while (!std::isfinite(decode(format, largest))) {
    --largest;
  }
  const uint32_t nan = f.fnuz ? half : sign | (half - 1);
  const uint32_t overflow = f.infinity ? sign | (largest + 1) : nan;
  if (std::isnan(value)) {
    return nan;
  }
  const double magnitude = std::fabs(value), top = decode(format, largest);
  // The value that would follow the largest decides, like any other, where rounding goes up.
  const double next = top + (top - decode(format, largest - 1));
  const double limit = (top + next) / 2;
  if (magnitude > limit || (magnitude == limit && largest % 2 != 0)) {
    return overflow;
  }
  uint32_t below = 0, above = largest + 1; // encodings rise with their values
  while (above - below > 1) {
    const uint32_t middle = (below + above) / 2;
    (decode(format, middle) <= magnitude ? below : above) = middle;
  }
  uint32_t code = below;
  if (below < largest) {
    const double low = decode(format, below), high = decode(format, below + 1);
    const double toLow = magnitude - low, toHigh = high - magnitude;
    code = toHigh < toLow || (toHigh == toLow && below % 2 != 0) ? below + 1 : below;
  }
  return f.fnuz && code == 0 ? 0 : sign | code;
}

} // namespace qcc::emulator::test
