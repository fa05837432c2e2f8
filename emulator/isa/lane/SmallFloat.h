// Floats of at most 8 bits: E4M3 and E5M2, in the OCP encoding (gfx950, gfx12) and the FNUZ one
// (gfx942), and the OCP microscaling formats E2M3, E3M2 and E2M1.
#pragma once

#include "emulator/isa/lane/FloatOps.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// What a format has beside finite values.
enum class Specials {
  None,    // every encoding is a number; what is too large becomes the largest
  Fnuz,    // bias one higher, no -0, no infinity, the sign bit alone is NaN
  NanOnly, // all ones are NaN
  Ieee,    // an exponent of all ones is infinity or NaN
};

/// A float format of at most 8 bits.
struct SmallFormat {
  int exponentBits, mantissaBits;
  Specials specials;
  constexpr int bias() const {
    return (1 << (exponentBits - 1)) - (specials == Specials::Fnuz ? 0 : 1);
  }
  constexpr uint32_t signBit() const { return 1u << (exponentBits + mantissaBits); }
  constexpr uint32_t infinity() const { return ((1u << exponentBits) - 1) << mantissaBits; }
  /// The largest finite value's bits.
  constexpr uint32_t largest() const {
    return specials == Specials::Ieee      ? infinity() - 1
           : specials == Specials::NanOnly ? signBit() - 2
                                           : signBit() - 1;
  }
  /// A format without NaN gives the largest value for it.
  constexpr uint32_t nan(uint32_t sign) const {
    return specials == Specials::Fnuz ? signBit() : sign | (signBit() - 1);
  }
  constexpr uint32_t overflow(uint32_t sign) const {
    return specials == Specials::Ieee ? sign | infinity() : nan(sign);
  }
};

constexpr SmallFormat fp8Fnuz{4, 3, Specials::Fnuz}, bf8Fnuz{5, 2, Specials::Fnuz};
constexpr SmallFormat fp8Ocp{4, 3, Specials::NanOnly}, bf8Ocp{5, 2, Specials::Ieee};
constexpr SmallFormat fp6{2, 3, Specials::None}, bf6{3, 2, Specials::None};
constexpr SmallFormat fp4{2, 1, Specials::None};

/// Bits above the format's are ignored.
template <SmallFormat F> QCC_LANE_INLINE float smallToFloat(uint32_t bits) {
  const uint32_t magnitude = bits & (F.signBit() - 1);
  const uint32_t mantissa = magnitude & ((1u << F.mantissaBits) - 1);
  const int exponent = static_cast<int>(magnitude >> F.mantissaBits);
  const bool negative = (bits & F.signBit()) != 0;
  const bool isNan = F.specials == Specials::Fnuz      ? negative && magnitude == 0
                     : F.specials == Specials::Ieee    ? magnitude > F.infinity()
                     : F.specials == Specials::NanOnly ? magnitude == F.signBit() - 1
                                                       : false;
  const bool isInfinity = F.specials == Specials::Ieee && magnitude == F.infinity();
  const int power = (exponent == 0 ? 1 : exponent) - F.bias() - F.mantissaBits;
  const uint32_t whole = mantissa | (exponent == 0 ? 0u : 1u << F.mantissaBits);
  const float scale = std::bit_cast<float>(static_cast<uint32_t>(power + 127) << 23);
  const float value = static_cast<float>(static_cast<int32_t>(whole)) * scale;
  const uint32_t sign = negative ? 0x80000000u : 0;
  const uint32_t finite = std::bit_cast<uint32_t>(value) | sign;
  return std::bit_cast<float>(isNan ? 0x7fc00000u : isInfinity ? 0x7f800000u | sign : finite);
}

/// Rounds a float: to nearest even, or stochastically when `seed` is used (its top bits are added
/// below the last kept bit, then the value is truncated). What overflows becomes infinity where the
/// format has one, else NaN, else the largest value.
template <SmallFormat F, bool Stochastic>
QCC_LANE_INLINE uint32_t floatToSmall(float f, uint32_t seed) {
  const uint32_t u = std::bit_cast<uint32_t>(f);
  const uint32_t sign = (u >> 31) != 0 ? F.signBit() : 0, magnitude = u & 0x7fffffff;
  int exponent = static_cast<int>(magnitude >> 23) - 127 + F.bias();
  const uint64_t mantissa = (magnitude & 0x7fffff) | (magnitude >= 0x00800000 ? 0x800000u : 0);
  int drop = 23 - F.mantissaBits + (exponent < 1 ? 1 - exponent : 0);
  drop = drop > 60 ? 60 : drop;
  exponent = exponent < 1 ? 1 : exponent;
  const uint64_t half = uint64_t(1) << (drop - 1);
  const uint64_t odd = (uint64_t(mantissa) >> drop) & 1;
  const uint64_t random = (static_cast<uint64_t>(seed) << 32) >> (64 - drop);
  const uint64_t increment = Stochastic ? random : half - 1 + odd;
  const uint32_t rounded = static_cast<uint32_t>((mantissa + increment) >> drop);
  const uint32_t result = rounded + (static_cast<uint32_t>(exponent - 1) << F.mantissaBits);
  const bool overflows = result > F.largest();
  const uint32_t finite = F.specials == Specials::Fnuz && result == 0 ? 0 : sign | result;
  const uint32_t infinite = F.overflow(sign);
  return magnitude > 0x7f800000                 ? F.nan(sign)
         : magnitude == 0x7f800000 || overflows ? infinite
                                                : finite;
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
