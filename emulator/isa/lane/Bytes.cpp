// Vector instructions on the bytes of a dword.
#include "emulator/isa/lane/LaneOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Selector byte of v_perm_b32: bytes 0..3 of b, 4..7 of a, signs and constants.
QCC_LANE_INLINE u32 permuteByte(u64 data, u32 selector) {
  u32 byte = static_cast<u32>(data >> ((selector & 7) * 8)) & 0xff;
  u32 signBit = selector == 8 ? 15 : selector == 9 ? 31 : selector == 10 ? 47 : 63;
  u32 sign = ((data >> signBit) & 1) != 0 ? 0xff : 0;
  return selector <= 7 ? byte : selector <= 11 ? sign : selector == 12 ? 0u : 0xffu;
}
QCC_LANE_INLINE u32 permute(u32 a, u32 b, u32 selector) {
  u64 data = static_cast<u64>(a) << 32 | b;
  return permuteByte(data, selector & 0xff) | permuteByte(data, (selector >> 8) & 0xff) << 8 |
         permuteByte(data, (selector >> 16) & 0xff) << 16 | permuteByte(data, selector >> 24) << 24;
}
/// Sum of absolute differences of four bytes; a byte of b that is zero may not count.
QCC_LANE_INLINE u32 byteDistance(u32 a, u32 b, u32 skipZero) {
  u32 sum = 0;
  for (u32 n = 0; n < 32; n += 8) {
    u32 x = (a >> n) & 0xff, y = (b >> n) & 0xff;
    u32 distance = x > y ? x - y : y - x;
    sum += skipZero && y == 0 ? 0 : distance;
  }
  return sum;
}
QCC_LANE_INLINE u32 averageBytes(u32 a, u32 b, u32 round) {
  u32 r = 0;
  for (u32 n = 0; n < 32; n += 8) {
    u32 sum = ((a >> n) & 0xff) + ((b >> n) & 0xff) + ((round >> n) & 1);
    r |= ((sum >> 1) & 0xff) << n;
  }
  return r;
}
QCC_LANE_INLINE i32 clampTo(i32 v, i32 low, i32 high) {
  return v < low ? low : v > high ? high : v;
}
/// Four sums of distances: of b's bytes to a's from byte n on, added to a part of c each.
QCC_LANE_INLINE u32 distanceFrom(u64 a, u32 b, u32 n, u32 skipZero) {
  return byteDistance(static_cast<u32>(a >> (8 * n)), b, skipZero);
}
QCC_LANE_INLINE u64 fourDistances16(u64 a, u32 b, u64 c, u32 skipZero) {
  u64 r = 0;
#pragma clang loop unroll(full)
  for (u32 n = 0; n < 4; ++n) {
    const u64 sum = distanceFrom(a, b, n, skipZero) + (c >> (16 * n));
    r |= (sum & 0xffff) << (16 * n);
  }
  return r;
}
QCC_LANE_INLINE Words4 fourDistances32(u64 a, u32 b, Words4 c) {
#pragma clang loop unroll(full)
  for (u32 n = 0; n < 4; ++n) {
    c.w[n] += distanceFrom(a, b, n, 1);
  }
  return c;
}

constexpr VectorRow rows[] = {
    QCC_ROW("v_lerp_u8", (u32 a, u32 b, u32 c), averageBytes(a, b, c)),
    QCC_ROW("v_ashr_pk_i8_i32", (i32 a, i32 b, u32 c),
            static_cast<u16>((clampTo(a >> (c & 31), -128, 127) & 0xff) |
                             (clampTo(b >> (c & 31), -128, 127) & 0xff) << 8)),
    QCC_ROW("v_ashr_pk_u8_i32", (i32 a, i32 b, u32 c),
            static_cast<u16>(clampTo(a >> (c & 31), 0, 255) | clampTo(b >> (c & 31), 0, 255) << 8)),
    QCC_ROW("v_perm_b32", (u32 a, u32 b, u32 c), permute(a, b, c)),
    QCC_ROW("v_sad_u8", (u32 a, u32 b, u32 c), byteDistance(a, b, 0) + c),
    QCC_ROW("v_sad_hi_u8", (u32 a, u32 b, u32 c), (byteDistance(a, b, 0) << 16) + c),
    QCC_ROW("v_msad_u8", (u32 a, u32 b, u32 c), byteDistance(a, b, 1) + c),
    QCC_ROW("v_sad_u32", (u32 a, u32 b, u32 c), (a > b ? a - b : b - a) + c),
    QCC_ROW("v_sad_u16", (u32 a, u32 b, u32 c),
            [](u32 x, u32 y) {
              u32 lo = (x & 0xffff) > (y & 0xffff) ? (x & 0xffff) - (y & 0xffff)
                                                   : (y & 0xffff) - (x & 0xffff);
              u32 hi = x >> 16 > y >> 16 ? (x >> 16) - (y >> 16) : (y >> 16) - (x >> 16);
              return lo + hi;
            }(a, b) +
                c),
    QCC_ROW("v_qsad_pk_u16_u8", (u64 a, u32 b, u64 c), fourDistances16(a, b, c, 0)),
    QCC_ROW("v_mqsad_pk_u16_u8", (u64 a, u32 b, u64 c), fourDistances16(a, b, c, 1)),
    QCC_ROW("v_mqsad_u32_u8", (u64 a, u32 b, Words4 c), fourDistances32(a, b, c)),
};

} // namespace

RowList byteRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
