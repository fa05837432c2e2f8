// Conversions between number formats.
#include "emulator/isa/lane/HalfOps.h"
#include "emulator/isa/lane/SmallFloat.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Truncates and saturates; NaN becomes 0.
QCC_LANE_INLINE i32 toI32(double v) {
  return v != v               ? 0
         : v <= -2147483648.0 ? INT32_MIN
         : v >= 2147483647.0  ? INT32_MAX
                              : static_cast<i32>(v);
}
QCC_LANE_INLINE u32 toU32(double v) {
  double inside = v > 0 ? (v >= 4294967295.0 ? 4294967295.0 : v) : 0.0;
  return static_cast<u32>(static_cast<i64>(inside));
}
QCC_LANE_INLINE i16 toI16(float v) {
  return v != v           ? i16(0)
         : v <= -32768.0f ? i16(-32768)
         : v >= 32767.0f  ? i16(32767)
                          : static_cast<i16>(static_cast<i32>(v));
}
QCC_LANE_INLINE u16 toU16(float v) {
  float inside = v > 0 ? (v >= 65535.0f ? 65535.0f : v) : 0.0f;
  return static_cast<u16>(static_cast<i32>(inside));
}
QCC_LANE_INLINE i16 normI16(float v) {
  return toI16(__builtin_roundevenf((v > 1 ? 1.0f : v < -1 ? -1.0f : v) * 32767.0f));
}
QCC_LANE_INLINE u16 normU16(float v) {
  return toU16(__builtin_roundevenf((v > 1 ? 1.0f : v > 0 ? v : 0.0f) * 65535.0f));
}
QCC_LANE_INLINE u32 pack(u16 lo, u16 hi) {
  return lo | static_cast<u32>(hi) << 16;
}
/// Rounds toward zero; what is too large becomes the largest finite half.
QCC_LANE_INLINE u16 halfTowardZero(float f) {
  const u32 u = bitsOf(f), magnitude = u & 0x7fffffffu;
  const float cut = fromBits<float>(u & 0xffffe000u); // 10 bits of mantissa stay
  const u16 nearest = floatToHalf(cut);
  const u16 sign = static_cast<u16>((u >> 16) & 0x8000u);
  const float denormal = std::fabs(f) * 0x1p24f;
  const u16 tiny =
      static_cast<u16>(sign | (magnitude < 0x38800000u ? static_cast<u32>(denormal) : 0u));
  const bool tooLarge = magnitude >= 0x47800000u && magnitude < 0x7f800000u;
  return magnitude < 0x38800000u   ? tiny
         : tooLarge                ? static_cast<u16>(sign | 0x7bff)
         : magnitude > 0x7f800000u ? floatToHalf(f)
                                   : nearest;
}
/// A half by integer arithmetic, so that no mode has a say: nearest even, or stochastic, which adds
/// the seed's upper bits to those that are dropped.
template <bool Stochastic> QCC_LANE_INLINE u16 halfRounded(float f, u32 seed) {
  const u32 u = bitsOf(f), sign = (u >> 16) & 0x8000, magnitude = u & 0x7fffffff;
  const i32 biased = static_cast<i32>(magnitude >> 23) - 112;
  const i32 exponent = biased < 1 ? 1 : biased;
  const u32 mantissa = (magnitude & 0x7fffff) | (magnitude >= 0x00800000 ? 0x800000u : 0);
  const i32 below = 13 + exponent - biased;
  const u32 drop = static_cast<u32>(below > 56 ? 56 : below); // 56: nothing is left
  const u64 wide = mantissa, nearest = (u64(1) << (drop - 1)) - 1 + ((wide >> drop) & 1);
  const u64 increment = Stochastic ? (static_cast<u64>(seed) << 24) >> (56 - drop) : nearest;
  const u32 rounded = static_cast<u32>((wide + increment) >> drop);
  const u32 result = rounded + (static_cast<u32>(exponent - 1) << 10);
  const u32 nan = 0x7e00 | ((magnitude >> 13) & 0x3ff);
  return static_cast<u16>(sign | (magnitude > 0x7f800000 ? nan
                                  : result > 0x7c00      ? 0x7c00
                                                         : result));
}
QCC_LANE_INLINE u16 bfloatStochastic(float f, u32 seed) {
  const u32 u = bitsOf(f), magnitude = u & 0x7fffffff;
  const u32 finite = (u + (seed >> 16)) >> 16;
  return static_cast<u16>(magnitude > 0x7f800000    ? (u >> 16) | 0x40
                          : magnitude == 0x7f800000 ? u >> 16
                                                    : finite);
}
QCC_LANE_INLINE u32 clampU16(u32 v) {
  return v > 0xffff ? 0xffff : v;
}
QCC_LANE_INLINE u16 clampI16(i32 v) {
  return static_cast<u16>(v < -32768 ? -32768 : v > 32767 ? 32767 : v);
}
QCC_LANE_INLINE u32 byteOf(float v) {
  return toU32(v > 255.0f ? 255.0f : v);
}
QCC_LANE_INLINE u32 clampU8(i16 v) {
  return static_cast<u32>(v < 0 ? 0 : v > 255 ? 255 : v);
}
QCC_LANE_INLINE float cvtF64(double a) {
  return static_cast<float>(a);
}
QCC_LANE_INLINE float roundedU32(u32 a) {
  return static_cast<float>(a);
}

#define QCC_SMALL_FLOAT(NAME, SUFFIX, F)                                                           \
  QCC_ROW("v_cvt_f32_" NAME SUFFIX, (u32 a), smallToFloat<F>(a & 0xff)),                           \
      QCC_ROW("v_cvt_pk_f32_" NAME SUFFIX, (u16 a),                                                \
              Floats2{smallToFloat<F>(a & 0xffu), smallToFloat<F>(a >> 8u)}),                      \
      QCC_ROW("v_cvt_pk_" NAME "_f32" SUFFIX, (float a, float b),                                  \
              static_cast<u16>(floatToSmall<F, false>(a, 0) | floatToSmall<F, false>(b, 0) << 8)), \
      QCC_ROW("v_cvt_sr_" NAME "_f32" SUFFIX, (float a, u32 b), floatToSmall<F, true>(a, b))

constexpr VectorRow rows[] = {
    QCC_ROW("v_cvt_f32_i32", (i32 a), static_cast<float>(a)),
    QCC_ROW("v_cvt_f32_u32", (u32 a), roundedU32(a)),
    QCC_ROW("v_cvt_i32_f32", (float a), toI32(a)),
    QCC_ROW("v_cvt_u32_f32", (float a), toU32(a)),
    QCC_ROW("v_cvt_rpi_i32_f32", (float a), toI32(std::floor(static_cast<double>(a) + 0.5))),
    QCC_ROW("v_cvt_flr_i32_f32", (float a), toI32(std::floor(a))),
    QCC_ROW("v_cvt_f64_i32", (i32 a), static_cast<double>(a)),
    QCC_ROW("v_cvt_f64_u32", (u32 a), static_cast<double>(a)),
    QCC_ROW("v_cvt_i32_f64", (double a), toI32(a)),
    QCC_ROW("v_cvt_u32_f64", (double a), toU32(a)),
    QCC_ROW("v_cvt_f64_f32", (float a), static_cast<double>(a)),
    QCC_ROW("v_cvt_f32_f64", (double a), cvtF64(a)),
    QCC_ROW("v_cvt_f16_f32", (float a), Half{a}),
    QCC_ROW("v_cvt_f32_f16", (Half a), a.f),
    QCC_ROW("v_cvt_f16_u16", (u16 a), Half{static_cast<float>(a)}),
    QCC_ROW("v_cvt_f16_i16", (i16 a), Half{static_cast<float>(a)}),
    QCC_ROW("v_cvt_u16_f16", (Half a), toU16(a.f)),
    QCC_ROW("v_cvt_i16_f16", (Half a), toI16(a.f)),
    QCC_ROW("v_cvt_norm_i16_f16", (Half a), normI16(a.f)),
    QCC_ROW("v_cvt_norm_u16_f16", (Half a), normU16(a.f)),
    QCC_ROW("v_cvt_i32_i16", (i16 a), static_cast<i32>(a)),
    QCC_ROW("v_cvt_u32_u16", (u16 a), static_cast<u32>(a)),
    QCC_ROW("v_cvt_f32_ubyte0", (u32 a), static_cast<float>(static_cast<i32>(a & 0xff))),
    QCC_ROW("v_cvt_f32_ubyte1", (u32 a), static_cast<float>(static_cast<i32>((a >> 8) & 0xff))),
    QCC_ROW("v_cvt_f32_ubyte2", (u32 a), static_cast<float>(static_cast<i32>((a >> 16) & 0xff))),
    QCC_ROW("v_cvt_f32_ubyte3", (u32 a), static_cast<float>(static_cast<i32>(a >> 24))),
    QCC_ROW("v_cvt_off_f32_i4", (u32 a),
            static_cast<float>(static_cast<i32>(a << 28) >> 28) * 0.0625f),
    QCC_ROW("v_cvt_pkrtz_f16_f32", (float a, float b), pack(halfTowardZero(a), halfTowardZero(b))),
    QCC_ROW("v_cvt_pknorm_i16_f32", (float a, float b),
            pack(static_cast<u16>(normI16(a)), static_cast<u16>(normI16(b)))),
    QCC_ROW("v_cvt_pknorm_u16_f32", (float a, float b), pack(normU16(a), normU16(b))),
    QCC_ROW("v_cvt_pknorm_i16_f16", (Half a, Half b),
            pack(static_cast<u16>(normI16(a.f)), static_cast<u16>(normI16(b.f)))),
    QCC_ROW("v_cvt_pknorm_u16_f16", (Half a, Half b), pack(normU16(a.f), normU16(b.f))),
    QCC_ROW("v_cvt_pk_i16_f32", (float a, float b),
            pack(static_cast<u16>(toI16(a)), static_cast<u16>(toI16(b)))),
    QCC_ROW("v_cvt_pk_u16_f32", (float a, float b), pack(toU16(a), toU16(b))),
    QCC_ROW("v_cvt_pk_u16_u32", (u32 a, u32 b), clampU16(a) | clampU16(b) << 16),
    QCC_ROW("v_cvt_pk_i16_i32", (i32 a, i32 b), pack(clampI16(a), clampI16(b))),
    QCC_ROW("v_cvt_pk_u8_f32", (float a, u32 b, u32 c),
            (c & ~(0xffu << ((b & 3) * 8))) | byteOf(a) << ((b & 3) * 8)),
    QCC_ROW("v_sat_pk_u8_i16", (Pair<i16> a), clampU8(a.lo) | clampU8(a.hi) << 8),
    QCC_ROW("v_cvt_pkaccum_u8_f32", (float a, u32 b, Accumulator<u32> c),
            (c.v & ~(0xffu << ((b & 3) * 8))) | byteOf(a) << ((b & 3) * 8)),
    QCC_ROW("v_cvt_sr_f16_f32", (float a, u32 b), halfRounded<true>(a, b)),
    QCC_ROW("v_cvt_sr_bf16_f32", (float a, u32 b), bfloatStochastic(a, b)),
    QCC_ROW("v_cvt_pk_f16_f32", (float a, float b),
            pack(halfRounded<false>(a, 0), halfRounded<false>(b, 0))),
    QCC_ROW("v_cvt_pk_bf16_f32", (float a, float b), Pair<Bf16>{Bf16{a}, Bf16{b}}),
    QCC_ROW("v_cvt_f32_bf16", (Bf16 a), a.f),
    QCC_SMALL_FLOAT("fp8", "", fp8Ocp),
    QCC_SMALL_FLOAT("bf8", "", bf8Ocp),
    QCC_SMALL_FLOAT("fp8", " fnuz", fp8Fnuz),
    QCC_SMALL_FLOAT("bf8", " fnuz", bf8Fnuz),
};

} // namespace

RowList convertRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
