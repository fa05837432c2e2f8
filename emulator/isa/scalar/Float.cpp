// Scalar floating point (gfx11.5, gfx12), and the scalar transcendentals that gfx12 spells v_s_*.
#include "emulator/isa/scalar/ScalarOps.h"

#include <cmath>

namespace qcc::emulator::isa::scalar {

namespace {

float minimumNumber(float a, float b) {
  return a != a ? b : b != b ? a : a == b ? (std::signbit(a) ? a : b) : a < b ? a : b;
}
float maximumNumber(float a, float b) {
  return a != a ? b : b != b ? a : a == b ? (std::signbit(a) ? b : a) : a > b ? a : b;
}
float minimumNan(float a, float b) {
  return a != a ? a : b != b ? b : minimumNumber(a, b);
}
float maximumNan(float a, float b) {
  return a != a ? a : b != b ? b : maximumNumber(a, b);
}
i32 toI32(float v) {
  return v != v               ? 0
         : v >= 2147483648.0f ? INT32_MAX
         : v < -2147483648.0f ? INT32_MIN
                              : static_cast<i32>(v);
}
u32 toU32(float v) {
  return !(v > 0) ? 0 : v >= 4294967296.0f ? UINT32_MAX : static_cast<u32>(v);
}
u32 packTowardZero(float a, float b) {
  auto half = [](float f) -> u32 {
    _Float16 h = static_cast<_Float16>(f);
    u16 bits = std::bit_cast<u16>(h);
    bool away = std::fabs(static_cast<float>(h)) > std::fabs(f);
    return away ? bits - 1u : bits;
  };
  return half(a) | half(b) << 16;
}
Half fmaHalf(Half a, Half b, Half c) {
  double exact = static_cast<double>(a.f) * b.f + c.f;
  u64 bits = std::bit_cast<u64>(exact);
  bits = (bits & ~0x1fffffffull) | ((bits & 0x1fffffffull) != 0 ? 0x20000000ull : 0);
  return {static_cast<float>(std::bit_cast<double>(bits))};
}

#define QCC_SCALAR_RELATION(NAME, EXPRESSION)                                                      \
  QCC_SCALAR("s_cmp_" NAME "_f32", (Wave &, float a, float b), EXPRESSION),                        \
      row<[](Wave &, Half x, Half y) {                                                             \
        float a = x.f, b = y.f;                                                                    \
        return EXPRESSION;                                                                         \
      }>("s_cmp_" NAME "_f16")
#define QCC_SCALAR_BOTH(NAME, EXPRESSION)                                                          \
  QCC_SCALAR("s_" NAME "_f32", (Wave &, float a, float b), EXPRESSION),                            \
      row<[](Wave &, Half x, Half y) {                                                             \
        float a = x.f, b = y.f;                                                                    \
        return Half{EXPRESSION};                                                                   \
      }>("s_" NAME "_f16")
#define QCC_SCALAR_ROUND(NAME, EXPRESSION)                                                         \
  QCC_SCALAR("s_" NAME "_f32", (Wave &, float a), EXPRESSION), row<[](Wave &, Half x) {            \
    float a = x.f;                                                                                 \
    return Half{EXPRESSION};                                                                       \
  }>("s_" NAME "_f16")
#define QCC_SCALAR_TRANSCENDENTAL(NAME, EXPRESSION)                                                \
  row<[](Wave &, float x) {                                                                        \
    double a = x;                                                                                  \
    return static_cast<float>(EXPRESSION);                                                         \
  }>("v_s_" NAME "_f32"),                                                                          \
      row<[](Wave &, Half x) {                                                                     \
        double a = x.f;                                                                            \
        return Half{static_cast<float>(EXPRESSION)};                                               \
      }>("v_s_" NAME "_f16")

constexpr ScalarRow rows[] = {
    QCC_SCALAR_BOTH("add", a + b),
    QCC_SCALAR_BOTH("sub", a - b),
    QCC_SCALAR_BOTH("mul", a *b),
    QCC_SCALAR_BOTH("min", minimumNumber(a, b)),
    QCC_SCALAR_BOTH("max", maximumNumber(a, b)),
    QCC_SCALAR_BOTH("min_num", minimumNumber(a, b)),
    QCC_SCALAR_BOTH("max_num", maximumNumber(a, b)),
    QCC_SCALAR_BOTH("minimum", minimumNan(a, b)),
    QCC_SCALAR_BOTH("maximum", maximumNan(a, b)),
    QCC_SCALAR("s_fmac_f32", (Wave &, Old<float> c, float a, float b), __builtin_fmaf(a, b, c.v)),
    QCC_SCALAR("s_fmac_f16", (Wave &, Old<Half> c, Half a, Half b), fmaHalf(a, b, c.v)),
    QCC_SCALAR("s_fmaak_f32", (Wave &, float a, float b, float c), __builtin_fmaf(a, b, c)),
    QCC_SCALAR("s_fmamk_f32", (Wave &, float a, float b, float c), __builtin_fmaf(a, b, c)),
    QCC_SCALAR_ROUND("ceil", std::ceil(a)),
    QCC_SCALAR_ROUND("floor", std::floor(a)),
    QCC_SCALAR_ROUND("trunc", std::trunc(a)),
    QCC_SCALAR_ROUND("rndne", __builtin_roundevenf(a)),
    QCC_SCALAR("s_cvt_f32_i32", (Wave &, i32 a), static_cast<float>(a)),
    QCC_SCALAR("s_cvt_f32_u32", (Wave &, u32 a), static_cast<float>(a)),
    QCC_SCALAR("s_cvt_i32_f32", (Wave &, float a), toI32(a)),
    QCC_SCALAR("s_cvt_u32_f32", (Wave &, float a), toU32(a)),
    QCC_SCALAR("s_cvt_f16_f32", (Wave &, float a), Half{a}),
    QCC_SCALAR("s_cvt_f32_f16", (Wave &, Half a), a.f),
    QCC_SCALAR("s_cvt_hi_f32_f16", (Wave &, u32 a),
               static_cast<float>(std::bit_cast<_Float16>(static_cast<u16>(a >> 16)))),
    QCC_SCALAR("s_cvt_pk_rtz_f16_f32", (Wave &, float a, float b), packTowardZero(a, b)),
    QCC_SCALAR_RELATION("lt", a < b),
    QCC_SCALAR_RELATION("eq", a == b),
    QCC_SCALAR_RELATION("le", a <= b),
    QCC_SCALAR_RELATION("gt", a > b),
    QCC_SCALAR_RELATION("lg", a<b || a> b),
    QCC_SCALAR_RELATION("ge", a >= b),
    QCC_SCALAR_RELATION("o", a == a && b == b),
    QCC_SCALAR_RELATION("u", a != a || b != b),
    QCC_SCALAR_RELATION("nge", !(a >= b)),
    QCC_SCALAR_RELATION("nlg", !(a < b || a > b)),
    QCC_SCALAR_RELATION("ngt", !(a > b)),
    QCC_SCALAR_RELATION("nle", !(a <= b)),
    QCC_SCALAR_RELATION("neq", !(a == b)),
    QCC_SCALAR_RELATION("nlt", !(a < b)),
    QCC_SCALAR_TRANSCENDENTAL("exp", std::exp2(a)),
    QCC_SCALAR_TRANSCENDENTAL("log", std::log2(a)),
    QCC_SCALAR_TRANSCENDENTAL("rcp", 1.0 / a),
    QCC_SCALAR_TRANSCENDENTAL("rsq", 1.0 / std::sqrt(a)),
    QCC_SCALAR_TRANSCENDENTAL("sqrt", std::sqrt(a)),
};

} // namespace

ScalarRows floatRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::scalar
