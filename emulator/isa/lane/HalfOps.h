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
/// The product is exact in float; its sum with c is exact enough in double for one rounding.
QCC_LANE_INLINE HalfOfDouble fmaHalf(Half a, Half b, Half c) {
  double product = static_cast<double>(a.f) * b.f;
  return HalfOfDouble{madeNan(product + c.f, static_cast<double>(a.f), static_cast<double>(b.f),
                              static_cast<double>(c.f))};
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
