// Integer vector instructions at the edges of their ranges.
#include "test/emulator/isa/Operations.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qcc::emulator::test {
namespace {

constexpr uint32_t edges[] = {
    0,          1,          2,          3,          5,          31,         32,
    33,         63,         0x7f,       0x80,       0xff,       0x7fff,     0x8000,
    0xffff,     0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0xfffffffe, 0x00ffffff,
    0x00800000, 0x12345678, 0xdeadbeef, 0x55aa55aa, 0xff00ff00, 0x0001ffff, 0x0003001d};

/// A row whose result is one word, from the sources as words.
#define WORD(TEXT, CHIPS, SOURCES, ...)                                                            \
  OperationCase {                                                                                  \
    TEXT, CHIPS, SOURCES, 1, [](const uint32_t *in, uint32_t *out) {                               \
      const uint32_t a = in[0], b = in[1], c = in[2];                                              \
      const int32_t sa = int32_t(a), sb = int32_t(b), sc = int32_t(c);                             \
      (void)b, (void)c, (void)sa, (void)sb, (void)sc;                                              \
      out[0] = uint32_t(__VA_ARGS__);                                                              \
    }                                                                                              \
  }

uint32_t reversed(uint32_t v) {
  uint32_t r = 0;
  for (int i = 0; i < 32; ++i) {
    r |= ((v >> i) & 1) << (31 - i);
  }
  return r;
}
int32_t signed24(uint32_t v) {
  return int32_t(v << 8) >> 8;
}
uint32_t bitField(uint32_t v, uint32_t offset, uint32_t width) {
  uint32_t r = 0;
  for (uint32_t n = 0; n < (width & 31) && n + (offset & 31) < 32; ++n) {
    r |= ((v >> (n + (offset & 31))) & 1) << n;
  }
  return r;
}
int32_t signedBitField(uint32_t v, uint32_t offset, uint32_t width) {
  width &= 31;
  offset &= 31;
  int32_t r = 0;
  for (uint32_t n = 0; n < 32 && width != 0; ++n) {
    const uint32_t at = std::min(offset + std::min(n, width - 1), 31u);
    r |= int32_t(((v >> at) & 1) << n);
  }
  return r;
}
uint32_t permuted(uint32_t a, uint32_t b, uint32_t selectors) {
  const uint8_t bytes[] = {uint8_t(b), uint8_t(b >> 8), uint8_t(b >> 16), uint8_t(b >> 24),
                           uint8_t(a), uint8_t(a >> 8), uint8_t(a >> 16), uint8_t(a >> 24)};
  uint32_t r = 0;
  for (int n = 0; n < 4; ++n) {
    const uint32_t s = (selectors >> (8 * n)) & 0xff;
    uint32_t byte = 0xff;
    if (s < 8) {
      byte = bytes[s];
    } else if (s < 12) {
      byte = bytes[(s - 8) * 2 + 1] & 0x80 ? 0xff : 0;
    } else if (s == 12) {
      byte = 0;
    }
    r |= byte << (8 * n);
  }
  return r;
}
int64_t clamp64(int64_t v, int64_t low, int64_t high) {
  return std::min(std::max(v, low), high);
}

TEST(Integer, Arithmetic) {
  const OperationCase cases[] = {
      WORD("v_add_u32 v20, v4, v5", "9", 2, a + b),
      WORD("v_add_nc_u32 v20, v4, v5", "11 12", 2, a + b),
      WORD("v_sub_u32 v20, v4, v5", "9", 2, a - b),
      WORD("v_sub_nc_u32 v20, v4, v5", "11 12", 2, a - b),
      WORD("v_subrev_u32 v20, v4, v5", "9", 2, b - a),
      WORD("v_add_u32 v20, v4, v5 clamp", "9", 2, std::min<uint64_t>(uint64_t(a) + b, UINT32_MAX)),
      WORD("v_sub_nc_u32 v20, v4, v5 clamp", "11 12", 2, a > b ? a - b : 0),
      WORD("v_add_nc_i32 v20, v4, v5 clamp", "11 12", 2,
           clamp64(int64_t(sa) + sb, INT32_MIN, INT32_MAX)),
      WORD("v_mul_lo_u32 v20, v4, v5", "*", 2, a * b),
      WORD("v_mul_hi_u32 v20, v4, v5", "*", 2, uint64_t(a) * b >> 32),
      WORD("v_mul_hi_i32 v20, v4, v5", "*", 2, int64_t(sa) * sb >> 32),
      WORD("v_mul_i32_i24 v20, v4, v5", "*", 2, int64_t(signed24(a)) * signed24(b)),
      WORD("v_mul_hi_i32_i24 v20, v4, v5", "*", 2, int64_t(signed24(a)) * signed24(b) >> 32),
      WORD("v_mul_u32_u24 v20, v4, v5", "*", 2, uint64_t(a & 0xffffff) * (b & 0xffffff)),
      WORD("v_mad_u32_u24 v20, v4, v5, v6", "*", 3, uint64_t(a & 0xffffff) * (b & 0xffffff) + c),
      WORD("v_mad_i32_i24 v20, v4, v5, v6", "*", 3,
           int64_t(signed24(a)) * signed24(b) + int64_t(sc)),
      WORD("v_add3_u32 v20, v4, v5, v6", "*", 3, a + b + c),
      WORD("v_lshl_add_u32 v20, v4, v5, v6", "*", 3, (a << (b & 31)) + c),
      WORD("v_add_lshl_u32 v20, v4, v5, v6", "*", 3, (a + b) << (c & 31)),
      WORD("v_xad_u32 v20, v4, v5, v6", "*", 3, (a ^ b) + c),
      WORD("v_sad_u32 v20, v4, v5, v6", "*", 3, (a > b ? a - b : b - a) + c),
      WORD("v_min_u32 v20, v4, v5", "*", 2, std::min(a, b)),
      WORD("v_max_i32 v20, v4, v5", "*", 2, std::max(sa, sb)),
      WORD("v_min3_i32 v20, v4, v5, v6", "*", 3, std::min({sa, sb, sc})),
      WORD("v_max3_u32 v20, v4, v5, v6", "*", 3, std::max({a, b, c})),
      WORD("v_med3_i32 v20, v4, v5, v6", "*", 3,
           std::max(std::min(sa, sb), std::min(std::max(sa, sb), sc))),
      WORD("v_med3_u32 v20, v4, v5, v6", "*", 3,
           std::max(std::min(a, b), std::min(std::max(a, b), c))),
      WORD("v_maxmin_u32 v20, v4, v5, v6", "11 12", 3, std::min(std::max(a, b), c)),
      WORD("v_minmax_i32 v20, v4, v5, v6", "11 12", 3, std::max(std::min(sa, sb), sc)),
  };
  checkOperations(cases, edges);
}

TEST(Integer, Bits) {
  const OperationCase cases[] = {
      WORD("v_not_b32 v20, v4", "*", 1, ~a),
      WORD("v_bfrev_b32 v20, v4", "*", 1, reversed(a)),
      WORD("v_ffbh_u32 v20, v4", "9", 1, a == 0 ? -1 : std::countl_zero(a)),
      WORD("v_clz_i32_u32 v20, v4", "11 12", 1, a == 0 ? -1 : std::countl_zero(a)),
      WORD("v_ffbl_b32 v20, v4", "9", 1, a == 0 ? -1 : std::countr_zero(a)),
      WORD("v_ctz_i32_b32 v20, v4", "11 12", 1, a == 0 ? -1 : std::countr_zero(a)),
      WORD("v_cls_i32 v20, v4", "11 12", 1,
           a == 0 || a == ~0u ? -1 : std::countl_zero(sa < 0 ? ~a : a)),
      WORD("v_and_b32 v20, v4, v5", "*", 2, a & b),
      WORD("v_or_b32 v20, v4, v5", "*", 2, a | b),
      WORD("v_xor_b32 v20, v4, v5", "*", 2, a ^ b),
      WORD("v_xnor_b32 v20, v4, v5", "*", 2, ~(a ^ b)),
      WORD("v_and_or_b32 v20, v4, v5, v6", "*", 3, (a & b) | c),
      WORD("v_or3_b32 v20, v4, v5, v6", "*", 3, a | b | c),
      WORD("v_xor3_b32 v20, v4, v5, v6", "11 12", 3, a ^ b ^ c),
      WORD("v_lshl_or_b32 v20, v4, v5, v6", "*", 3, (a << (b & 31)) | c),
      WORD("v_lshlrev_b32 v20, v4, v5", "*", 2, b << (a & 31)),
      WORD("v_lshrrev_b32 v20, v4, v5", "*", 2, b >> (a & 31)),
      WORD("v_ashrrev_i32 v20, v4, v5", "*", 2, sb >> (a & 31)),
      WORD("v_bfe_u32 v20, v4, v5, v6", "*", 3, bitField(a, b, c)),
      WORD("v_bfe_i32 v20, v4, v5, v6", "*", 3, signedBitField(a, b, c)),
      WORD("v_bfi_b32 v20, v4, v5, v6", "*", 3, (a & b) | (~a & c)),
      WORD("v_bfm_b32 v20, v4, v5", "*", 2, ((1u << (a & 31)) - 1) << (b & 31)),
      WORD("v_bcnt_u32_b32 v20, v4, v5", "*", 2, std::popcount(a) + b),
      WORD("v_alignbit_b32 v20, v4, v5, v6", "*", 3, (uint64_t(a) << 32 | b) >> (c & 31)),
      WORD("v_alignbyte_b32 v20, v4, v5, v6", "*", 3, (uint64_t(a) << 32 | b) >> (8 * (c & 3))),
      WORD("v_perm_b32 v20, v4, v5, v6", "*", 3, permuted(a, b, c)),
      WORD("v_bitop3_b32 v20, v4, v5, v6 bitop3:0xca", "gfx950", 3, (a & b) | (~a & c)),
      WORD("v_bitop3_b32 v20, v4, v5, v6 bitop3:0x96", "gfx950", 3, a ^ b ^ c),
  };
  checkOperations(cases, edges);
}

TEST(Integer, SixtyFourBits) {
  using In = const uint32_t *;
  using Out = uint32_t *;
  const OperationCase cases[] = {
      {"v_lshlrev_b64 v[20:21], v4, v[6:7]", "*", 4, 2,
       [](In in, Out out) { putWide(out, wide(in + 2) << (in[0] & 63)); }},
      {"v_lshrrev_b64 v[20:21], v4, v[6:7]", "*", 4, 2,
       [](In in, Out out) { putWide(out, wide(in + 2) >> (in[0] & 63)); }},
      {"v_ashrrev_i64 v[20:21], v4, v[6:7]", "*", 4, 2,
       [](In in, Out out) { putWide(out, uint64_t(int64_t(wide(in + 2)) >> (in[0] & 63))); }},
      {"v_mad_u64_u32 v[20:21], vcc, v4, v5, v[6:7]", "9", 4, 2,
       [](In in, Out out) { putWide(out, uint64_t(in[0]) * in[1] + wide(in + 2)); }},
      {"v_mad_u64_u32 v[20:21], vcc_lo, v4, v5, v[6:7]", "11", 4, 2,
       [](In in, Out out) { putWide(out, uint64_t(in[0]) * in[1] + wide(in + 2)); }},
      {"v_mad_co_u64_u32 v[20:21], vcc_lo, v4, v5, v[6:7]", "12", 4, 2,
       [](In in, Out out) { putWide(out, uint64_t(in[0]) * in[1] + wide(in + 2)); }},
      {"v_mad_i64_i32 v[20:21], vcc, v4, v5, v[6:7]", "9", 4, 2,
       [](In in, Out out) {
         putWide(out, uint64_t(int64_t(int32_t(in[0])) * int32_t(in[1])) + wide(in + 2));
       }},
      {"v_lshl_add_u64 v[20:21], v[4:5], 3, v[6:7]", "gfx942 gfx950", 4, 2,
       [](In in, Out out) { putWide(out, (wide(in) << 3) + wide(in + 2)); }},
      {">v_add_co_u32 v20, vcc, v4, v6\n>v_addc_co_u32 v21, vcc, v5, v7, vcc", "9", 4, 2,
       [](In in, Out out) { putWide(out, wide(in) + wide(in + 2)); }},
      {">v_sub_co_u32 v20, vcc, v4, v6\n>v_subb_co_u32 v21, vcc, v5, v7, vcc", "9", 4, 2,
       [](In in, Out out) { putWide(out, wide(in) - wide(in + 2)); }},
      {">v_add_co_u32 v20, vcc_lo, v4, v6\n>v_add_co_ci_u32 v21, vcc_lo, v5, v7, vcc_lo", "11 12",
       4, 2, [](In in, Out out) { putWide(out, wide(in) + wide(in + 2)); }},
  };
  checkOperations(cases, edges);
}

TEST(Integer, SixteenBits) {
  const OperationCase cases[] = {
      WORD("v_add_u16 v20, v4, v5", "9", 2, (a + b) & 0xffff),
      WORD("v_mul_lo_u16 v20, v4, v5", "9", 2, (a * b) & 0xffff),
      WORD("v_lshlrev_b16 v20, v4, v5", "9", 2, (b << (a & 15)) & 0xffff),
      WORD("v_ashrrev_i16 v20, v4, v5", "9", 2, uint16_t(int16_t(b) >> (a & 15))),
      WORD("v_max_i16 v20, v4, v5", "9", 2, uint16_t(std::max(int16_t(a), int16_t(b)))),
      WORD("v_add_u16 v20, v4, v5 clamp", "9", 2, std::min((a & 0xffff) + (b & 0xffff), 0xffffu)),
      WORD("v_pk_add_u16 v20, v4, v5", "*", 2, ((a + b) & 0xffff) | ((a >> 16) + (b >> 16)) << 16),
      WORD("v_pk_mul_lo_u16 v20, v4, v5", "*", 2,
           ((a * b) & 0xffff) | ((a >> 16) * (b >> 16)) << 16),
      WORD("v_pk_add_u16 v20, v4, v5 op_sel:[1,0] op_sel_hi:[0,1]", "*", 2,
           (((a >> 16) + b) & 0xffff) | (a + (b >> 16)) << 16),
      WORD("v_pk_min_i16 v20, v4, v5", "*", 2,
           uint16_t(std::min(int16_t(a), int16_t(b))) |
               uint32_t(uint16_t(std::min(int16_t(a >> 16), int16_t(b >> 16)))) << 16),
      WORD("v_pk_mad_i16 v20, v4, v5, v6", "*", 3,
           ((a * b + c) & 0xffff) | ((a >> 16) * (b >> 16) + (c >> 16)) << 16),
      WORD("v_pk_ashrrev_i16 v20, v4, v5", "*", 2,
           uint16_t(int16_t(b) >> (a & 15)) |
               uint32_t(uint16_t(int16_t(b >> 16) >> ((a >> 16) & 15))) << 16),
  };
  checkOperations(cases, edges);
}

int64_t dot(uint32_t a, uint32_t b, unsigned bits, bool signedA, bool signedB, int64_t sum) {
  for (unsigned n = 0; n < 32; n += bits) {
    const uint32_t x = a << (32 - bits - n), y = b << (32 - bits - n);
    const int64_t p = signedA ? int32_t(x) >> (32 - bits) : int64_t(x >> (32 - bits));
    const int64_t q = signedB ? int32_t(y) >> (32 - bits) : int64_t(y >> (32 - bits));
    sum += p * q;
  }
  return sum;
}

TEST(Integer, DotProducts) {
  const OperationCase cases[] = {
      WORD("v_dot4_i32_i8 v20, v4, v5, v6", "9", 3, dot(a, b, 8, true, true, sc)),
      WORD("v_dot4_i32_i8 v20, v4, v5, v6 clamp", "9", 3,
           clamp64(dot(a, b, 8, true, true, sc), INT32_MIN, INT32_MAX)),
      WORD("v_dot4_u32_u8 v20, v4, v5, v6", "*", 3, dot(a, b, 8, false, false, c)),
      WORD("v_dot8_i32_i4 v20, v4, v5, v6", "9", 3, dot(a, b, 4, true, true, sc)),
      WORD("v_dot8_u32_u4 v20, v4, v5, v6", "*", 3, dot(a, b, 4, false, false, c)),
      WORD("v_dot2_i32_i16 v20, v4, v5, v6", "9", 3, dot(a, b, 16, true, true, sc)),
      WORD("v_mov_b32 v20, v6\n>v_dot4c_i32_i8 v20, v4, v5", "9", 3, dot(a, b, 8, true, true, sc)),
      WORD("v_dot4_i32_iu8 v20, v4, v5, v6 neg_lo:[1,1,0]", "11 12", 3,
           dot(a, b, 8, true, true, sc)),
      WORD("v_dot4_i32_iu8 v20, v4, v5, v6 neg_lo:[0,1,0]", "11 12", 3,
           dot(a, b, 8, false, true, sc)),
      WORD("v_dot8_i32_iu4 v20, v4, v5, v6 neg_lo:[1,0,0]", "11 12", 3,
           dot(a, b, 4, true, false, sc)),
  };
  checkOperations(cases, edges);
}

TEST(Integer, Sdwa) {
  const OperationCase cases[] = {
      WORD("v_add_u32_sdwa v20, v4, v5 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_1 "
           "src1_sel:WORD_1",
           "gfx90a gfx942", 2, ((a >> 8) & 0xff) + (b >> 16)),
      WORD("v_mov_b32 v20, v6\n>v_add_u32_sdwa v20, v4, sext(v5) dst_sel:BYTE_2 "
           "dst_unused:UNUSED_PRESERVE src0_sel:DWORD src1_sel:BYTE_3",
           "gfx90a gfx942", 3,
           (c & 0xff00ffff) | ((a + uint32_t(int32_t(int8_t(b >> 24)))) & 0xff) << 16),
      WORD("v_mov_b32_sdwa v20, v4 dst_sel:WORD_0 dst_unused:UNUSED_SEXT src0_sel:WORD_1",
           "gfx90a gfx942", 1, int32_t(int16_t(a >> 16))),
  };
  checkOperations(cases, edges);
}

} // namespace
} // namespace qcc::emulator::test
