// Half precision arithmetic on values carried as float, each operation rounded once.
#pragma once

#include "emulator/isa/lane/FloatOps.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

// Float has more than 2 * 11 + 2 bits, so rounding a sum, difference or product of halves first to
// float and then to half gives the correctly rounded half.
QCC_LANE_INLINE Half addHalf(Half a, Half b) {
  return Half{madeNan(a.f + b.f, a.f, b.f)};
}
QCC_LANE_INLINE Half subHalf(Half a, Half b) {
  return Half{madeNan(a.f - b.f, a.f, b.f)};
}
QCC_LANE_INLINE Half mulHalf(Half a, Half b) {
  return Half{madeNan(a.f * b.f, a.f, b.f)};
}
/// a + b in single precision, rounded to odd: rounding that to a half is the same as rounding the
/// exact sum once (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved
/// algorithms using rounding to odd", 2008). The error of the sum is exact (Knuth's two-sum); where
/// it is not zero and the sum is even, the odd neighbour on the error's side is the answer.
QCC_LANE_INLINE float addToOdd(float a, float b) {
  const float sum = a + b, bPart = sum - a, aPart = sum - bPart;
  const float error = (a - aPart) + (b - bPart);
  const u32 bits = std::bit_cast<u32>(sum);
  const u32 neighbour = bits + ((error > 0) == (sum > 0) ? 1u : ~0u);
  const bool inexact = error > 0 || error < 0; // neither for what is not finite
  return std::bit_cast<float>(inexact && (bits & 1) == 0 ? neighbour : bits);
}
/// The product is exact in float.
QCC_LANE_INLINE Half fmaHalf(Half a, Half b, Half c) {
  return Half{madeNan(addToOdd(a.f * b.f, c.f), a.f, b.f, c.f)};
}
QCC_LANE_INLINE Half minHalf(Half a, Half b) {
  return Half{minimumNumber(a.f, b.f)};
}
QCC_LANE_INLINE Half maxHalf(Half a, Half b) {
  return Half{maximumNumber(a.f, b.f)};
}
QCC_LANE_INLINE Half roundHalf(Half a) {
  return Half{halfToFloat(floatToHalf(a.f))};
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
