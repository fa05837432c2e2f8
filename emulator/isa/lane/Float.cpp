// Single precision vector instructions, packed ones included.
#include "emulator/isa/lane/FloatOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE float add(float a, float b) {
  return madeNan(a + b, a, b);
}
QCC_LANE_INLINE float sub(float a, float b) {
  return madeNan(a - b, a, b);
}
QCC_LANE_INLINE float mul(float a, float b) {
  return madeNan(a * b, a, b);
}
QCC_LANE_INLINE float fma(float a, float b, float c) {
  return madeNan(__builtin_fmaf(a, b, c), a, b, c);
}
/// Zero times anything is +0.
QCC_LANE_INLINE float mulZero(float a, float b) {
  return a == 0 || b == 0 ? 0.0f : mul(a, b);
}
QCC_LANE_INLINE float fmaZero(float a, float b, float c) {
  return a == 0 || b == 0 ? c : fma(a, b, c);
}
/// Source: AMD ISA manuals, V_MULLIT_F32.
QCC_LANE_INLINE float multiplyLit(float a, float b, float c) {
  const float least = -__FLT_MAX__;
  const bool none = b == least || b == -__builtin_inff() || b != b || c <= 0 || c != c;
  return none ? least : mul(a, b);
}
QCC_LANE_INLINE float ldexp(float a, i32 exponent) {
  i32 e = exponent < -300 ? -300 : exponent > 300 ? 300 : exponent;
  double scale = std::bit_cast<double>(static_cast<u64>(e + 1023) << 52);
  return static_cast<float>(static_cast<double>(a) * scale);
}
QCC_LANE_INLINE float clampedFraction(float a) {
  return a != a ? quieted(a) : fraction(a, 0x1.fffffep-1f);
}

constexpr float nan = __builtin_nanf("");

/// Source: AMD ISA manuals, V_DIV_SCALE_F32 (a: the value to scale, b: denominator, c: numerator).
QCC_LANE_INLINE WithCarry<float> divScale(float a, float b, float c) {
  float up = ldexp(a, 64);
  double inverse = 1.0 / static_cast<double>(b);
  bool inverseTiny = inverse != 0 && std::fabs(inverse) < 0x1p-126;
  double quotient = static_cast<double>(c) / static_cast<double>(b);
  bool quotientTiny = quotient != 0 && std::fabs(quotient) < 0x1p-126;
  if (b == 0 || c == 0) {
    return {nan, false};
  }
  if (exponentOf(c) - exponentOf(b) >= 96) {
    return {a == b ? up : a, true};
  }
  if (isDenormal(b)) {
    return {up, false};
  }
  if (inverseTiny && quotientTiny) {
    return {a == b ? up : a, true};
  }
  if (inverseTiny) {
    return {ldexp(a, -64), false};
  }
  if (quotientTiny) {
    return {a == c ? up : a, true};
  }
  return {exponentOf(c) <= 23 ? up : a, false};
}
QCC_LANE_INLINE float divFmas(float a, float b, float c, bool scale) {
  float r = fma(a, b, c);
  return scale ? ldexp(r, exponentOf(c) > 127 ? 64 : -64) : r;
}
/// Source: AMD ISA manuals, V_DIV_FIXUP_F32 (a: quotient, b: denominator, c: numerator).
QCC_LANE_INLINE float divFixup(float a, float b, float c) {
  u32 sign = (bitsOf(b) ^ bitsOf(c)) & 0x80000000u;
  float infinity = fromBits<float>(0x7f800000u | sign), zero = fromBits<float>(sign);
  float r = fromBits<float>((bitsOf(a) & 0x7fffffffu) | sign);
  bool infiniteB = std::fabs(b) == __builtin_inff(), infiniteC = std::fabs(c) == __builtin_inff();
  r = exponentOf(c) - exponentOf(b) < -150 ? zero : r;
  r = infiniteB || c == 0 ? zero : r;
  r = b == 0 || infiniteC ? infinity : r;
  r = (b == 0 && c == 0) || (infiniteB && infiniteC) ? fromBits<float>(0xffc00000u) : r;
  return c != c ? quieted(c) : b != b ? quieted(b) : r;
}

constexpr VectorRow rows[] = {
    QCC_ROW("v_add_f32", (float a, float b), add(a, b)),
    QCC_ROW("v_sub_f32", (float a, float b), sub(a, b)),
    QCC_ROW("v_subrev_f32", (float a, float b), sub(b, a)),
    QCC_ROW("v_mul_f32", (float a, float b), mul(a, b)),
    QCC_ROW("v_mul_legacy_f32", (float a, float b), mulZero(a, b)),
    QCC_ROW("v_fma_f32", (float a, float b, float c), fma(a, b, c)),
    QCC_ROW("v_fma_legacy_f32", (float a, float b, float c), fmaZero(a, b, c)),
    QCC_ROW("v_mad_f32", (float a, float b, float c), add(mul(a, b), c)),
    QCC_ROW("v_mad_legacy_f32", (float a, float b, float c), add(mulZero(a, b), c)),
    QCC_ROW("v_mullit_f32", (float a, float b, float c), multiplyLit(a, b, c)),
    QCC_ROW("v_mac_f32", (float a, float b, Accumulator<float> c), add(mul(a, b), c.v)),
    QCC_ROW("v_fmac_f32", (float a, float b, Accumulator<float> c), fma(a, b, c.v)),
    QCC_ROW("v_fmac_legacy_f32", (float a, float b, Accumulator<float> c), fmaZero(a, b, c.v)),
    QCC_ROW("v_fmaak_f32", (float a, float b, float c), fma(a, b, c)),
    QCC_ROW("v_fmamk_f32", (float a, float b, float c), fma(a, b, c)),
    QCC_ROW("v_min_f32", (float a, float b), minimumNumber(a, b)),
    QCC_ROW("v_max_f32", (float a, float b), maximumNumber(a, b)),
    QCC_ROW("v_min3_f32", (float a, float b, float c), minimumNumber(minimumNumber(a, b), c)),
    QCC_ROW("v_max3_f32", (float a, float b, float c), maximumNumber(maximumNumber(a, b), c)),
    QCC_ROW("v_med3_f32", (float a, float b, float c), medianOf(a, b, c)),
    QCC_ROW("v_minmax_f32", (float a, float b, float c), maximumNumber(minimumNumber(a, b), c)),
    QCC_ROW("v_maxmin_f32", (float a, float b, float c), minimumNumber(maximumNumber(a, b), c)),
    QCC_ROW("v_minimum_f32", (float a, float b), minimumNan(a, b)),
    QCC_ROW("v_maximum_f32", (float a, float b), maximumNan(a, b)),
    QCC_ROW("v_minimum3_f32", (float a, float b, float c), minimumNan(minimumNan(a, b), c)),
    QCC_ROW("v_maximum3_f32", (float a, float b, float c), maximumNan(maximumNan(a, b), c)),
    QCC_ROW("v_minimummaximum_f32", (float a, float b, float c), maximumNan(minimumNan(a, b), c)),
    QCC_ROW("v_maximumminimum_f32", (float a, float b, float c), minimumNan(maximumNan(a, b), c)),
    QCC_ROW("v_floor_f32", (float a), quieted(std::floor(a))),
    QCC_ROW("v_ceil_f32", (float a), quieted(std::ceil(a))),
    QCC_ROW("v_trunc_f32", (float a), quieted(std::trunc(a))),
    QCC_ROW("v_rndne_f32", (float a), quieted(__builtin_roundevenf(a))),
    QCC_ROW("v_fract_f32", (float a), clampedFraction(a)),
    QCC_ROW("v_ldexp_f32", (float a, i32 b), ldexp(a, b)),
    QCC_ROW("v_frexp_mant_f32", (float a), significand(a)),
    QCC_ROW("v_frexp_exp_i32_f32", (float a), binaryExponent(a)),
    QCC_ROW("v_div_scale_f32", (float a, float b, float c), divScale(a, b, c)),
    QCC_ROW("v_div_fmas_f32", (float a, float b, float c, MaskBit m), divFmas(a, b, c, m.set)),
    QCC_ROW("v_div_fixup_f32", (float a, float b, float c), divFixup(a, b, c)),
    QCC_ROW("v_pk_add_f32", (Floats2 a, Floats2 b), Floats2{add(a.lo, b.lo), add(a.hi, b.hi)}),
    QCC_ROW("v_pk_mul_f32", (Floats2 a, Floats2 b), Floats2{mul(a.lo, b.lo), mul(a.hi, b.hi)}),
    QCC_ROW("v_pk_fma_f32", (Floats2 a, Floats2 b, Floats2 c),
            Floats2{fma(a.lo, b.lo, c.lo), fma(a.hi, b.hi, c.hi)}),
    // op_sel chooses for each source which dword is taken; op_sel_hi says nothing.
    QCC_ROW("v_pk_mov_b32", (Floats2 a, Floats2 b), Floats2{a.lo, b.lo}),
    QCC_ROW("v_fma_mix_f32", (MixFloat a, MixFloat b, MixFloat c), fma(a.f, b.f, c.f)),
    QCC_ROW("v_fma_mixlo_f16", (MixFloat a, MixFloat b, MixFloat c), Half{fma(a.f, b.f, c.f)}),
    QCC_ROW("v_fma_mixhi_f16", (MixFloat a, MixFloat b, MixFloat c), Half{fma(a.f, b.f, c.f)}),
};

} // namespace

RowList floatRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
