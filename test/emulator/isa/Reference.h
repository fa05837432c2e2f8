// Number formats for the formulas of tests, written without the emulator's code.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace qcc::emulator::test {

inline float singleOf(uint32_t half) {
  return static_cast<float>(std::bit_cast<_Float16>(static_cast<uint16_t>(half)));
}

/// A finite value as a multiple of its last bit's weight, rounded to nearest even with `digits`
/// bits kept and no bit below 2^`lowest`.
inline double rounded(double exact, int digits, int lowest) {
  if (exact == 0 || !std::isfinite(exact)) {
    return exact;
  }
  int exponent = 0;
  std::frexp(exact, &exponent);
  const int last = std::max(exponent - digits, lowest);
  return std::ldexp(std::nearbyint(std::ldexp(exact, -last)), last);
}

/// The nearest half of an exact value.
inline uint16_t halfOf(double exact) {
  if (std::isnan(exact)) {
    return 0x7e00;
  }
  const uint16_t sign = std::signbit(exact) ? 0x8000 : 0;
  const double magnitude = std::fabs(rounded(exact, 11, -24));
  if (magnitude > 65504.0) {
    return sign | 0x7c00;
  }
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  if (magnitude < 0x1p-14) {
    return static_cast<uint16_t>(sign | static_cast<uint16_t>(magnitude * 0x1p24));
  }
  const int mantissa = static_cast<int>(std::ldexp(magnitude, 11 - exponent)) & 0x3ff;
  return static_cast<uint16_t>(sign | (exponent + 14) << 10 | mantissa);
}

/// The nearest bfloat16 of a single.
inline uint16_t bfloatOf(float exact) {
  const uint32_t u = std::bit_cast<uint32_t>(exact);
  if (std::isnan(exact)) {
    return static_cast<uint16_t>(u >> 16 | 0x40);
  }
  return static_cast<uint16_t>((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

/// The lesser number; a number beats a NaN, and -0 is less than +0.
template <typename T> T least(T a, T b) {
  return std::isnan(a)   ? b
         : std::isnan(b) ? a
         : a == b        ? (std::signbit(a) ? a : b)
                         : std::fmin(a, b);
}
template <typename T> T most(T a, T b) {
  return std::isnan(a)   ? b
         : std::isnan(b) ? a
         : a == b        ? (std::signbit(a) ? b : a)
                         : std::fmax(a, b);
}
/// The same where a NaN wins.
template <typename T> T leastOrNan(T a, T b) {
  return std::isnan(a) || std::isnan(b) ? T(NAN) : least(a, b);
}
template <typename T> T mostOrNan(T a, T b) {
  return std::isnan(a) || std::isnan(b) ? T(NAN) : most(a, b);
}
/// The middle number; with a NaN among them, the least of the numbers.
template <typename T> T middle(T a, T b, T c) {
  if (std::isnan(a) || std::isnan(b) || std::isnan(c)) {
    return least(least(a, b), c);
  }
  return most(least(a, b), least(most(a, b), c));
}

} // namespace qcc::emulator::test
