// Integer vector instructions of 16 bits, alone and packed.
#include "emulator/isa/lane/LaneOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE u16 saturateU16(i32 v) {
  return static_cast<u16>(v < 0 ? 0 : v > 0xffff ? 0xffff : v);
}
QCC_LANE_INLINE i16 saturateI16(i32 v) {
  return static_cast<i16>(v < INT16_MIN ? INT16_MIN : v > INT16_MAX ? INT16_MAX : v);
}
QCC_LANE_INLINE u16 wrap(u32 v) {
  return static_cast<u16>(v);
}
template <typename T> QCC_LANE_INLINE T lesser(T a, T b) {
  return a < b ? a : b;
}
template <typename T> QCC_LANE_INLINE T greater(T a, T b) {
  return a > b ? a : b;
}
template <typename T> QCC_LANE_INLINE T median(T a, T b, T c) {
  return greater(lesser(a, b), lesser(greater(a, b), c));
}
QCC_LANE_INLINE u16 mad(u16 a, u16 b, u16 c) {
  return wrap(static_cast<u32>(a) * b + c);
}
QCC_LANE_INLINE u16 madSaturatedU(u16 a, u16 b, u16 c) {
  u64 v = static_cast<u64>(static_cast<u32>(a) * b) + c;
  return static_cast<u16>(v > 0xffff ? 0xffff : v);
}
QCC_LANE_INLINE i16 madSaturatedI(i16 a, i16 b, i16 c) {
  return saturateI16(a * b + c);
}

#define QCC_PACKED2(NAME, T, R, ...)                                                               \
  QCC_ROW(NAME, (Pair<T> p, Pair<T> q), [](auto f, Pair<T> x, Pair<T> y) {                         \
    return Pair<R>{f(x.lo, y.lo), f(x.hi, y.hi)};                                                  \
  }([](T a, T b) { return static_cast<R>(__VA_ARGS__); }, p, q))
#define QCC_PACKED3(NAME, T, ...)                                                                  \
  QCC_ROW(NAME, (Pair<T> p, Pair<T> q, Pair<T> r), [](auto f, Pair<T> x, Pair<T> y, Pair<T> z) {   \
    return Pair<T>{f(x.lo, y.lo, z.lo), f(x.hi, y.hi, z.hi)};                                      \
  }([](T a, T b, T c) { return static_cast<T>(__VA_ARGS__); }, p, q, r))

constexpr VectorRow rows[] = {
    QCC_ROW("v_add_u16", (u16 a, u16 b), wrap(a + b)),
    QCC_ROW("v_add_u16 clamp", (u16 a, u16 b), saturateU16(a + b)),
    QCC_ROW("v_sub_u16", (u16 a, u16 b), wrap(a - b)),
    QCC_ROW("v_sub_u16 clamp", (u16 a, u16 b), saturateU16(a - b)),
    QCC_ROW("v_subrev_u16", (u16 a, u16 b), wrap(b - a)),
    QCC_ROW("v_add_i16", (i16 a, i16 b), wrap(a + b)),
    QCC_ROW("v_add_i16 clamp", (i16 a, i16 b), saturateI16(a + b)),
    QCC_ROW("v_sub_i16", (i16 a, i16 b), wrap(a - b)),
    QCC_ROW("v_sub_i16 clamp", (i16 a, i16 b), saturateI16(a - b)),
    QCC_ROW("v_mul_lo_u16", (u16 a, u16 b), wrap(static_cast<u32>(a) * b)),
    QCC_ROW("v_mad_u16", (u16 a, u16 b, u16 c), mad(a, b, c)),
    QCC_ROW("v_mad_u16 clamp", (u16 a, u16 b, u16 c), madSaturatedU(a, b, c)),
    QCC_ROW("v_mad_i16", (u16 a, u16 b, u16 c), mad(a, b, c)),
    QCC_ROW("v_mad_i16 clamp", (i16 a, i16 b, i16 c), madSaturatedI(a, b, c)),
    QCC_ROW("v_min_u16", (u16 a, u16 b), lesser(a, b)),
    QCC_ROW("v_max_u16", (u16 a, u16 b), greater(a, b)),
    QCC_ROW("v_min_i16", (i16 a, i16 b), lesser(a, b)),
    QCC_ROW("v_max_i16", (i16 a, i16 b), greater(a, b)),
    QCC_ROW("v_min3_u16", (u16 a, u16 b, u16 c), lesser(lesser(a, b), c)),
    QCC_ROW("v_max3_u16", (u16 a, u16 b, u16 c), greater(greater(a, b), c)),
    QCC_ROW("v_med3_u16", (u16 a, u16 b, u16 c), median(a, b, c)),
    QCC_ROW("v_min3_i16", (i16 a, i16 b, i16 c), lesser(lesser(a, b), c)),
    QCC_ROW("v_max3_i16", (i16 a, i16 b, i16 c), greater(greater(a, b), c)),
    QCC_ROW("v_med3_i16", (i16 a, i16 b, i16 c), median(a, b, c)),
    QCC_ROW("v_lshlrev_b16", (u16 a, u16 b), wrap(static_cast<u32>(b) << (a & 15))),
    QCC_ROW("v_lshrrev_b16", (u16 a, u16 b), wrap(static_cast<u32>(b) >> (a & 15))),
    QCC_ROW("v_ashrrev_i16", (u16 a, i16 b), wrap(static_cast<u32>(b >> (a & 15)))),
    QCC_ROW("v_and_b16", (u16 a, u16 b), wrap(a &b)),
    QCC_ROW("v_or_b16", (u16 a, u16 b), wrap(a | b)),
    QCC_ROW("v_xor_b16", (u16 a, u16 b), wrap(a ^ b)),
    QCC_ROW("v_not_b16", (u16 a), wrap(~a)),
    QCC_ROW("v_pack_b32_f16", (Bits16 a, Bits16 b), static_cast<u32>(a.u | b.u << 16)),
    QCC_PACKED2("v_pk_add_u16", u16, u16, a + b),
    QCC_PACKED2("v_pk_add_u16 clamp", u16, u16, saturateU16(a + b)),
    QCC_PACKED2("v_pk_sub_u16", u16, u16, a - b),
    QCC_PACKED2("v_pk_sub_u16 clamp", u16, u16, saturateU16(a - b)),
    QCC_PACKED2("v_pk_add_i16", i16, i16, a + b),
    QCC_PACKED2("v_pk_add_i16 clamp", i16, i16, saturateI16(a + b)),
    QCC_PACKED2("v_pk_sub_i16", i16, i16, a - b),
    QCC_PACKED2("v_pk_sub_i16 clamp", i16, i16, saturateI16(a - b)),
    QCC_PACKED2("v_pk_mul_lo_u16", u16, u16, static_cast<u32>(a) * b),
    QCC_PACKED2("v_pk_min_u16", u16, u16, lesser(a, b)),
    QCC_PACKED2("v_pk_max_u16", u16, u16, greater(a, b)),
    QCC_PACKED2("v_pk_min_i16", i16, i16, lesser(a, b)),
    QCC_PACKED2("v_pk_max_i16", i16, i16, greater(a, b)),
    QCC_PACKED2("v_pk_lshlrev_b16", u16, u16, static_cast<u32>(b) << (a & 15)),
    QCC_PACKED2("v_pk_lshrrev_b16", u16, u16, b >> (a & 15)),
    QCC_PACKED2("v_pk_ashrrev_i16", i16, i16, b >> (a & 15)),
    QCC_PACKED3("v_pk_mad_u16", u16, static_cast<u32>(a) * b + c),
    QCC_PACKED3("v_pk_mad_u16 clamp", u16, madSaturatedU(a, b, c)),
    QCC_PACKED3("v_pk_mad_i16", i16, a *b + c),
    QCC_PACKED3("v_pk_mad_i16 clamp", i16, madSaturatedI(a, b, c)),
};

} // namespace

RowList integer16Rows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
