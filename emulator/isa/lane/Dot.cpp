// Dot products of packed values. Model for the floating ones, whose order AMD does not define: each
// product is exact, products are added to the accumulator from the lowest element up, in single
// precision, each addition rounded to nearest even.
#include "emulator/isa/lane/HalfOps.h"
#include "emulator/isa/lane/SmallFloat.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE i64 field(PackedWord v, unsigned n, unsigned bits, bool isSigned) {
  u32 raw = v.u << (32 - bits * (n + 1));
  return isSigned ? static_cast<i64>(static_cast<i32>(raw) >> (32 - bits))
                  : static_cast<i64>(raw >> (32 - bits));
}
/// The exact integer dot product of 32 / Bits elements and the accumulator.
template <unsigned Bits, bool SignedA, bool SignedB>
QCC_LANE_INLINE i64 dot(PackedWord a, PackedWord b, i64 sum) {
#pragma clang loop unroll(full)
  for (unsigned n = 0; n < 32 / Bits; ++n) {
    sum += field(a, n, Bits, SignedA) * field(b, n, Bits, SignedB);
  }
  return sum;
}
/// Element n, extended to 32 bits.
template <unsigned Bits, bool Signed> QCC_LANE_INLINE u32 element(PackedWord v, unsigned n) {
  const unsigned up = 32 - Bits * (n + 1), down = 32 - Bits;
  return Signed ? static_cast<u32>(static_cast<i32>(v.u << up) >> down) : (v.u << up) >> down;
}
/// The same dot product, wrapping: 32 bits are enough. Without a loop in it, it is the loop over
/// lanes that the compiler vectorizes.
template <unsigned Bits, bool SignedA, bool SignedB>
QCC_LANE_INLINE u32 dotWrapped(PackedWord a, PackedWord b, u32 sum) {
  return [&]<unsigned... N>(std::integer_sequence<unsigned, N...>) __attribute__((always_inline)) {
    return (sum + ... + (element<Bits, SignedA>(a, N) * element<Bits, SignedB>(b, N)));
  }(std::make_integer_sequence<unsigned, 32 / Bits>());
}
QCC_LANE_INLINE u32 saturatedI(i64 v) {
  return static_cast<u32>(static_cast<i32>(v < INT32_MIN   ? INT32_MIN
                                           : v > INT32_MAX ? INT32_MAX
                                                           : v));
}
QCC_LANE_INLINE u32 saturatedU(i64 v) {
  return static_cast<u32>(v < 0 ? 0 : v > 0xffffffffll ? 0xffffffffll : v);
}
QCC_LANE_INLINE float dotHalf(Pair<Half> a, Pair<Half> b, float c) {
  return __builtin_fmaf(a.hi.f, b.hi.f, __builtin_fmaf(a.lo.f, b.lo.f, c));
}
QCC_LANE_INLINE float dotBf16(Pair<Bf16> a, Pair<Bf16> b, float c) {
  return __builtin_fmaf(a.hi.f, b.hi.f, __builtin_fmaf(a.lo.f, b.lo.f, c));
}
template <SmallFormat A, SmallFormat B>
QCC_LANE_INLINE float dotSmall(PackedWord a, PackedWord b, float c) {
#pragma clang loop unroll(full)
  for (unsigned n = 0; n < 32; n += 8) {
    c = __builtin_fmaf(smallToFloat<A>((a.u >> n) & 0xff), smallToFloat<B>((b.u >> n) & 0xff), c);
  }
  return c;
}

/// An integer dot product with accumulator, with and without `clamp`, and its accumulating form.
#define QCC_DOT(NAME, SHORT, BITS, SA, SB, T, SATURATED)                                           \
  QCC_ROW(NAME, (PackedWord a, PackedWord b, T c),                                                 \
          dotWrapped<BITS, SA, SB>(a, b, static_cast<u32>(c))),                                    \
      QCC_ROW(NAME " clamp", (PackedWord a, PackedWord b, T c),                                    \
              SATURATED(dot<BITS, SA, SB>(a, b, c))),                                              \
      QCC_ROW(SHORT, (PackedWord a, PackedWord b, Accumulator<T> c),                               \
              dotWrapped<BITS, SA, SB>(a, b, static_cast<u32>(c.v))),                              \
      QCC_ROW(SHORT " clamp", (PackedWord a, PackedWord b, Accumulator<T> c),                      \
              SATURATED(dot<BITS, SA, SB>(a, b, c.v)))
/// gfx11 and later: neg_lo says which of the sources is signed.
#define QCC_DOT_MIXED(NAME, BITS)                                                                  \
  QCC_ROW(NAME " 0", (PackedWord a, PackedWord b, i32 c),                                          \
          dotWrapped<BITS, false, false>(a, b, static_cast<u32>(c))),                              \
      QCC_ROW(NAME " 1", (PackedWord a, PackedWord b, i32 c),                                      \
              dotWrapped<BITS, true, false>(a, b, static_cast<u32>(c))),                           \
      QCC_ROW(NAME " 2", (PackedWord a, PackedWord b, i32 c),                                      \
              dotWrapped<BITS, false, true>(a, b, static_cast<u32>(c))),                           \
      QCC_ROW(NAME " 3", (PackedWord a, PackedWord b, i32 c),                                      \
              dotWrapped<BITS, true, true>(a, b, static_cast<u32>(c))),                            \
      QCC_ROW(NAME " 0 clamp", (PackedWord a, PackedWord b, i32 c),                                \
              saturatedI(dot<BITS, false, false>(a, b, c))),                                       \
      QCC_ROW(NAME " 1 clamp", (PackedWord a, PackedWord b, i32 c),                                \
              saturatedI(dot<BITS, true, false>(a, b, c))),                                        \
      QCC_ROW(NAME " 2 clamp", (PackedWord a, PackedWord b, i32 c),                                \
              saturatedI(dot<BITS, false, true>(a, b, c))),                                        \
      QCC_ROW(NAME " 3 clamp", (PackedWord a, PackedWord b, i32 c),                                \
              saturatedI(dot<BITS, true, true>(a, b, c)))

constexpr VectorRow rows[] = {
    QCC_DOT("v_dot2_i32_i16", "v_dot2c_i32_i16", 16, true, true, i32, saturatedI),
    QCC_DOT("v_dot2_u32_u16", "v_dot2c_u32_u16", 16, false, false, u32, saturatedU),
    QCC_DOT("v_dot4_i32_i8", "v_dot4c_i32_i8", 8, true, true, i32, saturatedI),
    QCC_DOT("v_dot4_u32_u8", "v_dot4c_u32_u8", 8, false, false, u32, saturatedU),
    QCC_DOT("v_dot8_i32_i4", "v_dot8c_i32_i4", 4, true, true, i32, saturatedI),
    QCC_DOT("v_dot8_u32_u4", "v_dot8c_u32_u4", 4, false, false, u32, saturatedU),
    QCC_DOT_MIXED("v_dot4_i32_iu8", 8),
    QCC_DOT_MIXED("v_dot8_i32_iu4", 4),
    QCC_ROW("v_dot2_f32_f16", (Pair<Half> a, Pair<Half> b, float c), dotHalf(a, b, c)),
    QCC_ROW("v_dot2c_f32_f16", (Pair<Half> a, Pair<Half> b, Accumulator<float> c),
            dotHalf(a, b, c.v)),
    QCC_ROW("v_dot2acc_f32_f16", (Pair<Half> a, Pair<Half> b, Accumulator<float> c),
            dotHalf(a, b, c.v)),
    QCC_ROW("v_dot2_f32_bf16", (Pair<Bf16> a, Pair<Bf16> b, float c), dotBf16(a, b, c)),
    QCC_ROW("v_dot2c_f32_bf16", (Pair<Bf16> a, Pair<Bf16> b, Accumulator<float> c),
            dotBf16(a, b, c.v)),
    QCC_ROW("v_dot2acc_f32_bf16", (Pair<Bf16> a, Pair<Bf16> b, Accumulator<float> c),
            dotBf16(a, b, c.v)),
    QCC_ROW("v_dot2_f16_f16", (Pair<Half> a, Pair<Half> b, Half c), Half{dotHalf(a, b, c.f)}),
    QCC_ROW("v_dot2_bf16_bf16", (Pair<Bf16> a, Pair<Bf16> b, Bf16 c), Bf16{dotBf16(a, b, c.f)}),
    QCC_ROW("v_dot4_f32_fp8_fp8", (PackedWord a, PackedWord b, float c),
            dotSmall<fp8Ocp, fp8Ocp>(a, b, c)),
    QCC_ROW("v_dot4_f32_fp8_bf8", (PackedWord a, PackedWord b, float c),
            dotSmall<fp8Ocp, bf8Ocp>(a, b, c)),
    QCC_ROW("v_dot4_f32_bf8_fp8", (PackedWord a, PackedWord b, float c),
            dotSmall<bf8Ocp, fp8Ocp>(a, b, c)),
    QCC_ROW("v_dot4_f32_bf8_bf8", (PackedWord a, PackedWord b, float c),
            dotSmall<bf8Ocp, bf8Ocp>(a, b, c)),
};

} // namespace

RowList dotRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
