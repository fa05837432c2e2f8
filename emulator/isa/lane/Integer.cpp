// Integer and bitwise vector instructions of 32 and 64 bits.
#include "emulator/isa/lane/LaneOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE WithCarry<u32> addCarry(u32 a, u32 b, u32 carry) {
  u64 sum = static_cast<u64>(a) + b + carry;
  return {static_cast<u32>(sum), sum >> 32 != 0};
}
QCC_LANE_INLINE WithCarry<u32> subBorrow(u32 a, u32 b, u32 borrow) {
  u64 difference = static_cast<u64>(a) - b - borrow;
  return {static_cast<u32>(difference), difference >> 32 != 0};
}
QCC_LANE_INLINE u32 saturateUnsigned(i64 v) {
  return static_cast<u32>(v < 0 ? 0 : v > 0xffffffffll ? 0xffffffffll : v);
}
QCC_LANE_INLINE i32 saturateSigned(i64 v) {
  return static_cast<i32>(v < INT32_MIN ? INT32_MIN : v > INT32_MAX ? INT32_MAX : v);
}
QCC_LANE_INLINE i32 sign24(u32 v) {
  return static_cast<i32>(v << 8) >> 8;
}
QCC_LANE_INLINE u32 min32(u32 a, u32 b) {
  return a < b ? a : b;
}
QCC_LANE_INLINE u32 max32(u32 a, u32 b) {
  return a > b ? a : b;
}
QCC_LANE_INLINE i32 min32(i32 a, i32 b) {
  return a < b ? a : b;
}
QCC_LANE_INLINE i32 max32(i32 a, i32 b) {
  return a > b ? a : b;
}
template <typename T> QCC_LANE_INLINE T median(T a, T b, T c) {
  return max32(min32(a, b), min32(max32(a, b), c));
}
QCC_LANE_INLINE u32 bitReverse(u32 v) {
  v = ((v >> 1) & 0x55555555u) | ((v & 0x55555555u) << 1);
  v = ((v >> 2) & 0x33333333u) | ((v & 0x33333333u) << 2);
  v = ((v >> 4) & 0x0f0f0f0fu) | ((v & 0x0f0f0f0fu) << 4);
  return __builtin_bswap32(v);
}
QCC_LANE_INLINE u32 extractUnsigned(u32 v, u32 offset, u32 width) {
  width &= 31;
  return (v >> (offset & 31)) & ((1u << width) - 1);
}
QCC_LANE_INLINE i32 extractSigned(u32 v, u32 offset, u32 width) {
  offset &= 31;
  width &= 31;
  // Bits beyond the word repeat its sign.
  i64 shifted = static_cast<i64>(static_cast<i32>(v)) >> offset;
  return width == 0
             ? 0
             : static_cast<i32>(static_cast<i64>(static_cast<u64>(shifted) << (64 - width)) >>
                                (64 - width));
}

/// Any function of three bits: bit (a << 2 | b << 1 | c) of the table is the result.
QCC_LANE_INLINE u32 bitFunction(u32 a, u32 b, u32 c, u32 table) {
  u32 r = 0;
#pragma clang loop unroll(full)
  for (u32 n = 0; n < 8; ++n) {
    u32 here = ((n & 4) != 0 ? a : ~a) & ((n & 2) != 0 ? b : ~b) & ((n & 1) != 0 ? c : ~c);
    r |= here & (0u - ((table >> n) & 1));
  }
  return r;
}
/// One step of the 32-bit Galois generator of V_PRNG_B32.
QCC_LANE_INLINE u32 nextRandom(u32 a) {
  return (a << 1) ^ ((a >> 31) != 0 ? 0xc5u : 0u);
}

constexpr VectorRow rows[] = {
    QCC_ROW("v_bitop3_b32", (u32 a, u32 b, u32 c, u32 t), bitFunction(a, b, c, t)),
    QCC_ROW("v_bitop3_b16", (u16 a, u16 b, u16 c, u32 t),
            static_cast<u16>(bitFunction(a, b, c, t))),
    QCC_ROW("v_prng_b32", (u32 a), nextRandom(a)),
    QCC_ROW("v_mov_b32", (u32 a), a),
    QCC_ROW("v_mov_b64", (u64 a), a),
    QCC_ROW("v_not_b32", (u32 a), ~a),
    QCC_ROW("v_bfrev_b32", (u32 a), bitReverse(a)),
    QCC_ROW("v_ffbh_u32", (u32 a), a == 0 ? ~0u : static_cast<u32>(__builtin_clz(a))),
    QCC_ROW("v_ffbl_b32", (u32 a), a == 0 ? ~0u : static_cast<u32>(__builtin_ctz(a))),
    QCC_ROW("v_ffbh_i32", (u32 a),
            [](u32 x) {
              u32 y = static_cast<i32>(x) < 0 ? ~x : x;
              return y == 0 ? ~0u : static_cast<u32>(__builtin_clz(y));
            }(a)),
    QCC_ROW("v_cndmask_b32", (u32 a, u32 b, MaskBit m), m.set ? b : a),
    QCC_ROW("v_cndmask_b16", (u16 a, u16 b, MaskBit m), m.set ? b : a),
    QCC_ROW("v_add_u32", (u32 a, u32 b), a + b),
    QCC_ROW("v_add_u32 clamp", (u32 a, u32 b), saturateUnsigned(static_cast<i64>(a) + b)),
    QCC_ROW("v_sub_u32", (u32 a, u32 b), a - b),
    QCC_ROW("v_sub_u32 clamp", (u32 a, u32 b), saturateUnsigned(static_cast<i64>(a) - b)),
    QCC_ROW("v_subrev_u32", (u32 a, u32 b), b - a),
    QCC_ROW("v_subrev_u32 clamp", (u32 a, u32 b), saturateUnsigned(static_cast<i64>(b) - a)),
    QCC_ROW("v_add_i32", (u32 a, u32 b), a + b),
    QCC_ROW("v_add_i32 clamp", (i32 a, i32 b), saturateSigned(static_cast<i64>(a) + b)),
    QCC_ROW("v_sub_i32", (u32 a, u32 b), a - b),
    QCC_ROW("v_sub_i32 clamp", (i32 a, i32 b), saturateSigned(static_cast<i64>(a) - b)),
    QCC_ROW("v_add_co_u32", (u32 a, u32 b), addCarry(a, b, 0)),
    QCC_ROW("v_sub_co_u32", (u32 a, u32 b), subBorrow(a, b, 0)),
    QCC_ROW("v_subrev_co_u32", (u32 a, u32 b), subBorrow(b, a, 0)),
    QCC_ROW("v_addc_co_u32", (u32 a, u32 b, MaskBit c), addCarry(a, b, c.set)),
    QCC_ROW("v_subb_co_u32", (u32 a, u32 b, MaskBit c), subBorrow(a, b, c.set)),
    QCC_ROW("v_subbrev_co_u32", (u32 a, u32 b, MaskBit c), subBorrow(b, a, c.set)),
    QCC_ROW("v_mul_lo_u32", (u32 a, u32 b), a *b),
    QCC_ROW("v_mul_hi_u32", (u32 a, u32 b), static_cast<u32>(static_cast<u64>(a) * b >> 32)),
    QCC_ROW("v_mul_hi_i32", (i32 a, i32 b),
            static_cast<u32>(static_cast<u64>(static_cast<i64>(a) * b) >> 32)),
    QCC_ROW("v_mul_i32_i24", (u32 a, u32 b),
            static_cast<u32>(sign24(a)) * static_cast<u32>(sign24(b))),
    QCC_ROW("v_mul_hi_i32_i24", (u32 a, u32 b),
            static_cast<i32>(static_cast<i64>(sign24(a)) * sign24(b) >> 32)),
    QCC_ROW("v_mul_u32_u24", (u32 a, u32 b), (a & 0xffffff) * (b & 0xffffff)),
    QCC_ROW("v_mul_hi_u32_u24", (u32 a, u32 b),
            static_cast<u32>(static_cast<u64>(a & 0xffffff) * (b & 0xffffff) >> 32)),
    QCC_ROW("v_mad_i32_i24", (u32 a, u32 b, u32 c),
            static_cast<u32>(sign24(a)) * static_cast<u32>(sign24(b)) + c),
    QCC_ROW("v_mad_u32_u24", (u32 a, u32 b, u32 c), (a & 0xffffff) * (b & 0xffffff) + c),
    QCC_ROW("v_mad_u64_u32", (u32 a, u32 b, u64 c),
            [](u64 product, u64 addend) {
              u64 sum = product + addend;
              return WithCarry<u64>{sum, sum < product};
            }(static_cast<u64>(a) * b, c)),
    QCC_ROW("v_mad_i64_i32", (i32 a, i32 b, i64 c),
            [](i64 product, i64 addend) {
              i64 sum = 0;
              bool overflow = __builtin_add_overflow(product, addend, &sum);
              return WithCarry<i64>{sum, overflow};
            }(static_cast<i64>(a) * b, c)),
    QCC_ROW("v_mad_u32_u16", (u16 a, u16 b, u32 c), static_cast<u32>(a) * b + c),
    QCC_ROW("v_mad_i32_i16", (i16 a, i16 b, u32 c), static_cast<u32>(a *b) + c),
    QCC_ROW("v_min_u32", (u32 a, u32 b), min32(a, b)),
    QCC_ROW("v_max_u32", (u32 a, u32 b), max32(a, b)),
    QCC_ROW("v_min_i32", (i32 a, i32 b), min32(a, b)),
    QCC_ROW("v_max_i32", (i32 a, i32 b), max32(a, b)),
    QCC_ROW("v_min3_u32", (u32 a, u32 b, u32 c), min32(min32(a, b), c)),
    QCC_ROW("v_max3_u32", (u32 a, u32 b, u32 c), max32(max32(a, b), c)),
    QCC_ROW("v_med3_u32", (u32 a, u32 b, u32 c), median(a, b, c)),
    QCC_ROW("v_min3_i32", (i32 a, i32 b, i32 c), min32(min32(a, b), c)),
    QCC_ROW("v_max3_i32", (i32 a, i32 b, i32 c), max32(max32(a, b), c)),
    QCC_ROW("v_med3_i32", (i32 a, i32 b, i32 c), median(a, b, c)),
    QCC_ROW("v_maxmin_u32", (u32 a, u32 b, u32 c), min32(max32(a, b), c)),
    QCC_ROW("v_minmax_u32", (u32 a, u32 b, u32 c), max32(min32(a, b), c)),
    QCC_ROW("v_maxmin_i32", (i32 a, i32 b, i32 c), min32(max32(a, b), c)),
    QCC_ROW("v_minmax_i32", (i32 a, i32 b, i32 c), max32(min32(a, b), c)),
    QCC_ROW("v_and_b32", (u32 a, u32 b), a &b),
    QCC_ROW("v_or_b32", (u32 a, u32 b), a | b),
    QCC_ROW("v_xor_b32", (u32 a, u32 b), a ^ b),
    QCC_ROW("v_xnor_b32", (u32 a, u32 b), ~(a ^ b)),
    QCC_ROW("v_and_or_b32", (u32 a, u32 b, u32 c), (a & b) | c),
    QCC_ROW("v_or3_b32", (u32 a, u32 b, u32 c), a | b | c),
    QCC_ROW("v_xor3_b32", (u32 a, u32 b, u32 c), a ^ b ^ c),
    QCC_ROW("v_xad_u32", (u32 a, u32 b, u32 c), (a ^ b) + c),
    QCC_ROW("v_add3_u32", (u32 a, u32 b, u32 c), a + b + c),
    QCC_ROW("v_lshl_add_u32", (u32 a, u32 b, u32 c), (a << (b & 31)) + c),
    QCC_ROW("v_add_lshl_u32", (u32 a, u32 b, u32 c), (a + b) << (c & 31)),
    QCC_ROW("v_lshl_or_b32", (u32 a, u32 b, u32 c), (a << (b & 31)) | c),
    QCC_ROW("v_lshl_add_u64", (u64 a, u32 b, u64 c), (a << (b & 7)) + c),
    QCC_ROW("v_lshlrev_b32", (u32 a, u32 b), b << (a & 31)),
    QCC_ROW("v_lshrrev_b32", (u32 a, u32 b), b >> (a & 31)),
    QCC_ROW("v_ashrrev_i32", (u32 a, i32 b), b >> (a & 31)),
    QCC_ROW("v_lshlrev_b64", (u32 a, u64 b), b << (a & 63)),
    QCC_ROW("v_lshrrev_b64", (u32 a, u64 b), b >> (a & 63)),
    QCC_ROW("v_ashrrev_i64", (u32 a, i64 b), b >> (a & 63)),
    QCC_ROW("v_bfe_u32", (u32 a, u32 b, u32 c), extractUnsigned(a, b, c)),
    QCC_ROW("v_bfe_i32", (u32 a, u32 b, u32 c), extractSigned(a, b, c)),
    QCC_ROW("v_bfi_b32", (u32 a, u32 b, u32 c), (a & b) | (~a & c)),
    QCC_ROW("v_bfm_b32", (u32 a, u32 b), ((1u << (a & 31)) - 1) << (b & 31)),
    QCC_ROW("v_bcnt_u32_b32", (u32 a, u32 b), static_cast<u32>(__builtin_popcount(a)) + b),
    QCC_ROW(
        "v_mbcnt_lo_u32_b32", (u32 a, u32 b, LaneIndex n),
        static_cast<u32>(__builtin_popcount(n.lane < 32 ? a & ((1u << (n.lane & 31)) - 1) : a)) +
            b),
    QCC_ROW(
        "v_mbcnt_hi_u32_b32", (u32 a, u32 b, LaneIndex n),
        static_cast<u32>(__builtin_popcount(n.lane < 32 ? 0u : a & ((1u << (n.lane & 31)) - 1))) +
            b),
    QCC_ROW("v_alignbit_b32", (u32 a, u32 b, u32 c),
            static_cast<u32>((static_cast<u64>(a) << 32 | b) >> (c & 31))),
    QCC_ROW("v_alignbyte_b32", (u32 a, u32 b, u32 c),
            static_cast<u32>((static_cast<u64>(a) << 32 | b) >> ((c & 3) * 8))),
};

} // namespace

RowList integerRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
