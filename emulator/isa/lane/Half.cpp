// Half precision vector instructions of one lane value each; the packed ones are in Packed.cpp.
#include "emulator/isa/lane/HalfOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE HalfOfDouble ldexp(Half a, i16 exponent) {
  i32 e = exponent < -60 ? -60 : exponent > 60 ? 60 : exponent;
  return HalfOfDouble{static_cast<double>(a.f) *
                      std::bit_cast<double>(static_cast<u64>(e + 1023) << 52)};
}
/// Source: AMD ISA manuals, V_DIV_FIXUP_F16 (a: quotient, b: denominator, c: numerator).
QCC_LANE_INLINE Half divFixup(Half a, Half b, Half c) {
  u32 sign = (bitsOf(b.f) ^ bitsOf(c.f)) & 0x80000000u;
  float infinity = fromBits<float>(0x7f800000u | sign), zero = fromBits<float>(sign);
  float r = fromBits<float>((bitsOf(a.f) & 0x7fffffffu) | sign);
  bool infiniteB = std::fabs(b.f) == __builtin_inff();
  bool infiniteC = std::fabs(c.f) == __builtin_inff();
  r = infiniteB || c.f == 0 ? zero : r;
  r = b.f == 0 || infiniteC ? infinity : r;
  r = (b.f == 0 && c.f == 0) || (infiniteB && infiniteC) ? fromBits<float>(0xffc00000u) : r;
  return Half{c.f != c.f ? quieted(c.f) : b.f != b.f ? quieted(b.f) : r};
}
QCC_LANE_INLINE i16 exponentHalf(Half a) {
  return static_cast<i16>(binaryExponent(a.f));
}
QCC_LANE_INLINE float fractionHalf(float a) {
  return a != a ? quieted(a) : fraction(a, 0x1.ffcp-1f);
}

constexpr VectorRow rows[] = {
    QCC_ROW("v_mov_b16", (Bits16 a), a),
    QCC_ROW("v_add_f16", (Half a, Half b), addHalf(a, b)),
    QCC_ROW("v_sub_f16", (Half a, Half b), subHalf(a, b)),
    QCC_ROW("v_subrev_f16", (Half a, Half b), subHalf(b, a)),
    QCC_ROW("v_mul_f16", (Half a, Half b), mulHalf(a, b)),
    QCC_ROW("v_fma_f16", (Half a, Half b, Half c), fmaHalf(a, b, c)),
    QCC_ROW("v_mad_f16", (Half a, Half b, Half c), addHalf(roundHalf(mulHalf(a, b)), c)),
    QCC_ROW("v_mac_f16", (Half a, Half b, Accumulator<Half> c),
            addHalf(roundHalf(mulHalf(a, b)), c.v)),
    QCC_ROW("v_fmac_f16", (Half a, Half b, Accumulator<Half> c), fmaHalf(a, b, c.v)),
    QCC_ROW("v_fmaak_f16", (Half a, Half b, Half c), fmaHalf(a, b, c)),
    QCC_ROW("v_fmamk_f16", (Half a, Half b, Half c), fmaHalf(a, b, c)),
    QCC_ROW("v_min_f16", (Half a, Half b), minHalf(a, b)),
    QCC_ROW("v_max_f16", (Half a, Half b), maxHalf(a, b)),
    QCC_ROW("v_min3_f16", (Half a, Half b, Half c), minHalf(minHalf(a, b), c)),
    QCC_ROW("v_max3_f16", (Half a, Half b, Half c), maxHalf(maxHalf(a, b), c)),
    QCC_ROW("v_med3_f16", (Half a, Half b, Half c), Half{medianOf(a.f, b.f, c.f)}),
    QCC_ROW("v_minmax_f16", (Half a, Half b, Half c), maxHalf(minHalf(a, b), c)),
    QCC_ROW("v_maxmin_f16", (Half a, Half b, Half c), minHalf(maxHalf(a, b), c)),
    QCC_ROW("v_minimum_f16", (Half a, Half b), Half{minimumNan(a.f, b.f)}),
    QCC_ROW("v_maximum_f16", (Half a, Half b), Half{maximumNan(a.f, b.f)}),
    QCC_ROW("v_minimum3_f16", (Half a, Half b, Half c),
            Half{minimumNan(minimumNan(a.f, b.f), c.f)}),
    QCC_ROW("v_maximum3_f16", (Half a, Half b, Half c),
            Half{maximumNan(maximumNan(a.f, b.f), c.f)}),
    QCC_ROW("v_minimummaximum_f16", (Half a, Half b, Half c),
            Half{maximumNan(minimumNan(a.f, b.f), c.f)}),
    QCC_ROW("v_maximumminimum_f16", (Half a, Half b, Half c),
            Half{minimumNan(maximumNan(a.f, b.f), c.f)}),
    QCC_ROW("v_floor_f16", (Half a), Half{quieted(std::floor(a.f))}),
    QCC_ROW("v_ceil_f16", (Half a), Half{quieted(std::ceil(a.f))}),
    QCC_ROW("v_trunc_f16", (Half a), Half{quieted(std::trunc(a.f))}),
    QCC_ROW("v_rndne_f16", (Half a), Half{quieted(__builtin_roundevenf(a.f))}),
    QCC_ROW("v_fract_f16", (Half a), Half{fractionHalf(a.f)}),
    QCC_ROW("v_ldexp_f16", (Half a, i16 b), ldexp(a, b)),
    QCC_ROW("v_frexp_mant_f16", (Half a), Half{significand(a.f)}),
    QCC_ROW("v_frexp_exp_i16_f16", (Half a), exponentHalf(a)),
    QCC_ROW("v_div_fixup_f16", (Half a, Half b, Half c), divFixup(a, b, c)),
};

} // namespace

RowList halfRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
