// Double precision vector instructions.
#include "emulator/isa/lane/FloatOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE double add(double a, double b) {
  return madeNan(a + b, a, b);
}
QCC_LANE_INLINE double mul(double a, double b) {
  return madeNan(a * b, a, b);
}
QCC_LANE_INLINE double fma(double a, double b, double c) {
  return madeNan(__builtin_fma(a, b, c), a, b, c);
}
QCC_LANE_INLINE double clampedFraction(double a) {
  return a != a ? quieted(a) : fraction(a, 0x1.fffffffffffffp-1);
}

/// Source: AMD ISA manuals, V_DIV_SCALE_F64 (a: the value to scale, b: denominator, c: numerator).
QCC_LANE_INLINE WithCarry<double> divScale(double a, double b, double c) {
  double up = std::ldexp(a, 128);
  double inverse = 1.0 / b, quotient = c / b;
  if (b == 0 || c == 0) {
    return {__builtin_nan(""), false};
  }
  if (exponentOf(c) - exponentOf(b) >= 768) {
    return {a == b ? up : a, true};
  }
  if (isDenormal(b)) {
    return {up, false};
  }
  if (isDenormal(inverse) && isDenormal(quotient)) {
    return {a == b ? up : a, true};
  }
  if (isDenormal(inverse)) {
    return {std::ldexp(a, -128), false};
  }
  if (isDenormal(quotient)) {
    return {a == c ? up : a, true};
  }
  return {exponentOf(c) <= 53 ? up : a, false};
}
QCC_LANE_INLINE double divFmas(double a, double b, double c, bool scale) {
  double r = fma(a, b, c);
  return scale ? std::ldexp(r, exponentOf(c) > 1023 ? 128 : -128) : r;
}
/// Source: AMD ISA manuals, V_DIV_FIXUP_F64 (a: quotient, b: denominator, c: numerator).
QCC_LANE_INLINE double divFixup(double a, double b, double c) {
  u64 sign = (bitsOf(b) ^ bitsOf(c)) & FloatBits<double>::sign;
  double infinity = fromBits<double>(FloatBits<double>::infinity | sign);
  double zero = fromBits<double>(sign);
  double r = fromBits<double>((bitsOf(a) & ~FloatBits<double>::sign) | sign);
  bool infiniteB = std::fabs(b) == __builtin_inf(), infiniteC = std::fabs(c) == __builtin_inf();
  r = exponentOf(c) - exponentOf(b) < -1075 ? zero : r;
  r = infiniteB || c == 0 ? zero : r;
  r = b == 0 || infiniteC ? infinity : r;
  r = (b == 0 && c == 0) || (infiniteB && infiniteC) ? fromBits<double>(0xfff8000000000000ull) : r;
  return c != c ? quieted(c) : b != b ? quieted(b) : r;
}
/// V_TRIG_PREOP_F64: 53 bits of 2/pi from bit position `b` segments of 53, scaled for the exponent.
QCC_LANE_INLINE double trigPreop(double a, u32 b) {
  // 2/pi, most significant word first; the instruction knows 1201 bits of it.
  constexpr u32 knownBits = 1201;
  static constexpr u32 twoOverPi[] = {
      0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
      0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e,
      0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b,
      0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7,
      0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1,
      0x1f8d5d08, 0x56033046, 0xfc7b6bab, 0xf0cfbc21, 0,          0,          0,
      0};
  int exponent = exponentOf(a);
  u32 shift = (b & 31) * 53;
  if (exponent > 1077) {
    shift += static_cast<u32>(exponent - 1077);
  }
  u64 bits = 0;
  for (u32 n = 0; n < 53; ++n) {
    u32 at = shift + n;
    u32 word = at < knownBits ? twoOverPi[at / 32] : 0;
    bits = bits << 1 | ((word >> (31 - at % 32)) & 1);
  }
  int scale = -53 - static_cast<int>(shift) + (exponent >= 1968 ? 128 : 0);
  return std::ldexp(static_cast<double>(bits), scale);
}

constexpr VectorRow rows[] = {
    QCC_ROW("v_add_f64", (double a, double b), add(a, b)),
    QCC_ROW("v_mul_f64", (double a, double b), mul(a, b)),
    QCC_ROW("v_fma_f64", (double a, double b, double c), fma(a, b, c)),
    QCC_ROW("v_fmac_f64", (double a, double b, Accumulator<double> c), fma(a, b, c.v)),
    QCC_ROW("v_min_f64", (double a, double b), minimumNumber(a, b)),
    QCC_ROW("v_max_f64", (double a, double b), maximumNumber(a, b)),
    QCC_ROW("v_minimum_f64", (double a, double b), minimumNan(a, b)),
    QCC_ROW("v_maximum_f64", (double a, double b), maximumNan(a, b)),
    QCC_ROW("v_floor_f64", (double a), quieted(std::floor(a))),
    QCC_ROW("v_ceil_f64", (double a), quieted(std::ceil(a))),
    QCC_ROW("v_trunc_f64", (double a), quieted(std::trunc(a))),
    QCC_ROW("v_rndne_f64", (double a), quieted(__builtin_roundeven(a))),
    QCC_ROW("v_fract_f64", (double a), clampedFraction(a)),
    QCC_ROW("v_ldexp_f64", (double a, i32 b), std::ldexp(a, b)),
    QCC_ROW("v_frexp_mant_f64", (double a), significand(a)),
    QCC_ROW("v_frexp_exp_i32_f64", (double a), binaryExponent(a)),
    QCC_ROW("v_rcp_f64", (double a), 1.0 / a),
    QCC_ROW("v_rsq_f64", (double a), madeNan(1.0 / std::sqrt(a), a, a)),
    QCC_ROW("v_sqrt_f64", (double a), madeNan(std::sqrt(a), a, a)),
    QCC_ROW("v_div_scale_f64", (double a, double b, double c), divScale(a, b, c)),
    QCC_ROW("v_div_fmas_f64", (double a, double b, double c, MaskBit m), divFmas(a, b, c, m.set)),
    QCC_ROW("v_div_fixup_f64", (double a, double b, double c), divFixup(a, b, c)),
    QCC_ROW("v_trig_preop_f64", (double a, u32 b), trigPreop(a, b)),
};

} // namespace

RowList doubleRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
