// Eight-bit floats: E4M3 and E5M2, in the OCP encoding (gfx950, gfx12) and the FNUZ one (gfx942).
#pragma once

#include "emulator/isa/lane/FloatOps.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// A float format of at most 8 bits. Fnuz: bias one higher, no -0, no infinity, 0x80 is NaN.
struct SmallFormat {
  int exponentBits, mantissaBits;
  bool fnuz;
  constexpr int bias() const { return (1 << (exponentBits - 1)) - (fnuz ? 0 : 1); }
  /// E5M2 as IEEE: an exponent of all ones is infinity or NaN. E4M3 has only the NaN of all ones.
  constexpr bool ieee() const { return !fnuz && exponentBits == 5; }
  constexpr uint32_t nan(uint32_t sign) const { return fnuz ? 0x80 : sign | 0x7f; }
  constexpr uint32_t overflow(uint32_t sign) const { return ieee() ? sign | 0x7c : nan(sign); }
  /// The largest finite value's bits.
  constexpr uint32_t largest() const { return fnuz ? 0x7f : ieee() ? 0x7b : 0x7e; }
};

constexpr SmallFormat fp8Fnuz{4, 3, true}, bf8Fnuz{5, 2, true};
constexpr SmallFormat fp8Ocp{4, 3, false}, bf8Ocp{5, 2, false};

template <SmallFormat F> QCC_LANE_INLINE float smallToFloat(uint32_t bits) {
  const uint32_t magnitude = bits & 0x7f;
  const uint32_t mantissa = magnitude & ((1u << F.mantissaBits) - 1);
  const int exponent = static_cast<int>(magnitude >> F.mantissaBits);
  const bool isNan = F.fnuz ? bits == 0x80 : F.ieee() ? magnitude > 0x7c : magnitude == 0x7f;
  const bool isInfinity = F.ieee() && magnitude == 0x7c;
  const int power = (exponent == 0 ? 1 : exponent) - F.bias() - F.mantissaBits;
  const uint32_t whole = mantissa | (exponent == 0 ? 0u : 1u << F.mantissaBits);
  const float scale = std::bit_cast<float>(static_cast<uint32_t>(power + 127) << 23);
  const float value = static_cast<float>(static_cast<int32_t>(whole)) * scale;
  const uint32_t sign = (bits & 0x80) << 24;
  const uint32_t finite = std::bit_cast<uint32_t>(value) | sign;
  return std::bit_cast<float>(isNan ? 0x7fc00000u : isInfinity ? 0x7f800000u | sign : finite);
}

/// Rounds a float: to nearest even, or stochastically when `seed` is used (its top bits are added
/// below the last kept bit, then the value is truncated). What overflows becomes infinity where the
/// format has one, else NaN.
template <SmallFormat F, bool Stochastic>
QCC_LANE_INLINE uint32_t floatToSmall(float f, uint32_t seed) {
  const uint32_t u = std::bit_cast<uint32_t>(f);
  const uint32_t sign = (u >> 24) & 0x80, magnitude = u & 0x7fffffff;
  int exponent = static_cast<int>(magnitude >> 23) - 127 + F.bias();
  uint32_t mantissa = (magnitude & 0x7fffff) | (magnitude >= 0x00800000 ? 0x800000u : 0);
  int drop = 23 - F.mantissaBits + (exponent < 1 ? 1 - exponent : 0);
  drop = drop > 31 ? 31 : drop;
  exponent = exponent < 1 ? 1 : exponent;
  const uint64_t half = uint64_t(1) << (drop - 1);
  const uint64_t odd = (mantissa >> drop) & 1;
  const uint64_t increment = Stochastic ? seed >> (32 - drop) : half - 1 + odd;
  const uint32_t rounded = static_cast<uint32_t>((mantissa + increment) >> drop);
  const uint32_t result = rounded + (static_cast<uint32_t>(exponent - 1) << F.mantissaBits);
  const bool overflows = result > F.largest();
  const uint32_t finite = F.fnuz && result == 0 ? 0 : sign | result;
  const uint32_t infinite = F.overflow(sign);
  return magnitude > 0x7f800000                 ? F.nan(sign)
         : magnitude == 0x7f800000 || overflows ? infinite
                                                : finite;
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
