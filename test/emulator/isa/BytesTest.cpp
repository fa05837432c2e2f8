// Vector integer instructions on bytes and 16-bit values, and carries.
#include "test/emulator/isa/Operations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace qcc::emulator::test {
namespace {

constexpr uint32_t edges[] = {
    0,          1,          2,          7,          15,         16,         31,
    0x7f,       0x80,       0xff,       0x7fff,     0x8000,     0xffff,     0x7fffffff,
    0x80000000, 0x80007fff, 0xffffffff, 0xfffffffe, 0x00ffffff, 0x00800000, 0x12345678,
    0xdeadbeef, 0x55aa55aa, 0xff00ff00, 0x0001ffff, 0x0003001d, 0x7fff8000, 0x00100011};

using In = const uint32_t *;
using Out = uint32_t *;

unsigned byteOf(uint64_t v, unsigned n) {
  return unsigned(v >> (8 * n)) & 0xff;
}
uint32_t distance(uint64_t a, uint64_t b, bool skipZero) {
  uint32_t sum = 0;
  for (unsigned n = 0; n < 4; ++n) {
    const int d = int(byteOf(a, n)) - int(byteOf(b, n));
    sum += skipZero && byteOf(b, n) == 0 ? 0 : unsigned(std::abs(d));
  }
  return sum;
}
uint32_t halfDistance(uint32_t a, uint32_t b) {
  return unsigned(std::abs(int(a & 0xffff) - int(b & 0xffff)) +
                  std::abs(int(a >> 16) - int(b >> 16)));
}
uint64_t four16(In in, bool skipZero) {
  uint64_t r = 0;
  for (unsigned n = 0; n < 4; ++n) {
    const uint64_t sum =
        distance(wide(in) >> (8 * n), in[2], skipZero) + (wide(in + 4) >> (16 * n));
    r |= (sum & 0xffff) << (16 * n);
  }
  return r;
}

TEST(Bytes, Distances) {
  const OperationCase cases[] = {
      anyChip("v_sad_u8 v20, v4, v5, v6", 3, 1,
              [](In in, Out out) { out[0] = distance(in[0], in[1], false) + in[2]; }),
      anyChip("v_sad_hi_u8 v20, v4, v5, v6", 3, 1,
              [](In in, Out out) { out[0] = (distance(in[0], in[1], false) << 16) + in[2]; }),
      anyChip("v_msad_u8 v20, v4, v5, v6", 3, 1,
              [](In in, Out out) { out[0] = distance(in[0], in[1], true) + in[2]; }),
      anyChip("v_sad_u16 v20, v4, v5, v6", 3, 1,
              [](In in, Out out) { out[0] = halfDistance(in[0], in[1]) + in[2]; }),
      anyChip("v_qsad_pk_u16_u8 v[20:21], v[4:5], v6, v[8:9]", 6, 2,
              [](In in, Out out) { putWide(out, four16(in, false)); }),
      anyChip("v_mqsad_pk_u16_u8 v[20:21], v[4:5], v6, v[8:9]", 6, 2,
              [](In in, Out out) { putWide(out, four16(in, true)); }),
      anyChip("v_mqsad_u32_u8 v[20:23], v[4:5], v6, v[8:11]", 8, 4,
              [](In in, Out out) {
                for (unsigned n = 0; n < 4; ++n) {
                  out[n] = distance(wide(in) >> (8 * n), in[2], true) + in[4 + n];
                }
              }),
      anyChip("v_lerp_u8 v20, v4, v5, v6", 3, 1,
              [](In in, Out out) {
                for (unsigned n = 0; n < 4; ++n) {
                  out[0] |= (byteOf(in[0], n) + byteOf(in[1], n) + (byteOf(in[2], n) & 1)) >>
                            1 << (8 * n);
                }
              }),
  };
  checkOperations(cases, edges);
}

TEST(Bytes, ShiftAndPack) {
  const auto clamped = [](int32_t v, uint32_t shift, int low, int high) {
    return uint32_t(std::clamp(v >> (shift & 31), low, high)) & 0xff;
  };
  const OperationCase cases[] = {
      // What the result does not write stays: v20 starts as source 3.
      anyChip("v_mov_b32 v20, v7\n>v_ashr_pk_i8_i32 v20, v4, v5, v6", 4, 1,
              [=](In in, Out out) {
                out[0] = (in[3] & 0xffff0000) | clamped(int32_t(in[0]), in[2], -128, 127) |
                         clamped(int32_t(in[1]), in[2], -128, 127) << 8;
              }),
      anyChip("v_mov_b32 v20, v7\n>v_ashr_pk_u8_i32 v20, v4, v5, v6", 4, 1,
              [=](In in, Out out) {
                out[0] = (in[3] & 0xffff0000) | clamped(int32_t(in[0]), in[2], 0, 255) |
                         clamped(int32_t(in[1]), in[2], 0, 255) << 8;
              }),
      anyChip("v_sat_pk_u8_i16 v20, v4", 1, 1,
              [](In in, Out out) {
                out[0] = uint32_t(std::clamp<int>(int16_t(in[0]), 0, 255)) |
                         uint32_t(std::clamp<int>(int16_t(in[0] >> 16), 0, 255)) << 8;
              }),
      anyChip("v_prng_b32 v20, v4", 1, 1,
              [](In in, Out out) { out[0] = (in[0] << 1) ^ (in[0] & 0x80000000 ? 0xc5 : 0); }),
  };
  checkOperations(cases, edges);
}

TEST(Bytes, TruthTables) {
  for (unsigned table : {0x00u, 0x01u, 0x1bu, 0x96u, 0xcau, 0xe8u, 0xffu}) {
    const auto expect = [table](In in, Out out) {
      for (unsigned n = 0; n < 32; ++n) {
        const unsigned index = (in[0] >> n & 1) << 2 | (in[1] >> n & 1) << 1 | (in[2] >> n & 1);
        out[0] |= (table >> index & 1) << n;
      }
    };
    const std::string suffix = " v20, v4, v5, v6 bitop3:" + std::to_string(table);
    const OperationCase cases[] = {
        anyChip("v_bitop3_b32" + suffix, 3, 1, expect),
        anyChip("v_bitop3_b16" + suffix, 3, 1,
                [=](In in, Out out) {
                  expect(in, out);
                  out[0] &= 0xffff;
                }),
    };
    checkOperations(cases, edges);
  }
}

/// A row over the low halves of the sources; the upper half of v20 is 0 before.
template <typename F> OperationCase narrow(const std::string &text, unsigned sources, F f) {
  return anyChip(text, sources, 1, [f](In in, Out out) {
    out[0] = uint16_t(f(uint16_t(in[0]), uint16_t(in[1]), uint16_t(in[2])));
  });
}
using U = uint16_t;
int16_t sign(uint16_t v) {
  return int16_t(v);
}

TEST(Integer16, Arithmetic) {
  std::vector<OperationCase> cases;
  const auto two = [&](std::initializer_list<const char *> names, auto f) {
    for (std::string name : names) {
      cases.push_back(narrow(name + " v20, v4, v5", 2, f));
    }
  };
  const auto three = [&](std::initializer_list<const char *> names, auto f) {
    for (std::string name : names) {
      cases.push_back(narrow(name + " v20, v4, v5, v6", 3, f));
    }
  };
  two({"v_add_u16", "v_add_nc_u16", "v_add_i16", "v_add_nc_i16"},
      [](U a, U b, U) { return a + b; });
  two({"v_sub_u16", "v_sub_nc_u16", "v_sub_i16", "v_sub_nc_i16"},
      [](U a, U b, U) { return a - b; });
  two({"v_subrev_u16"}, [](U a, U b, U) { return b - a; });
  two({"v_mul_lo_u16"}, [](U a, U b, U) { return unsigned(a) * b; });
  two({"v_min_u16"}, [](U a, U b, U) { return std::min(a, b); });
  two({"v_max_u16"}, [](U a, U b, U) { return std::max(a, b); });
  two({"v_min_i16"}, [](U a, U b, U) { return std::min(sign(a), sign(b)); });
  two({"v_max_i16"}, [](U a, U b, U) { return std::max(sign(a), sign(b)); });
  two({"v_lshlrev_b16"}, [](U a, U b, U) { return b << (a & 15); });
  two({"v_lshrrev_b16"}, [](U a, U b, U) { return b >> (a & 15); });
  two({"v_ashrrev_i16"}, [](U a, U b, U) { return sign(b) >> (a & 15); });
  two({"v_and_b16"}, [](U a, U b, U) { return a & b; });
  two({"v_or_b16"}, [](U a, U b, U) { return a | b; });
  two({"v_xor_b16"}, [](U a, U b, U) { return a ^ b; });
  three({"v_mad_u16", "v_mad_i16", "v_mad_legacy_u16", "v_mad_legacy_i16"},
        [](U a, U b, U c) { return unsigned(a) * b + c; });
  three({"v_min3_u16"}, [](U a, U b, U c) { return std::min({a, b, c}); });
  three({"v_max3_u16"}, [](U a, U b, U c) { return std::max({a, b, c}); });
  three({"v_min3_i16"}, [](U a, U b, U c) { return std::min({sign(a), sign(b), sign(c)}); });
  three({"v_max3_i16"}, [](U a, U b, U c) { return std::max({sign(a), sign(b), sign(c)}); });
  three({"v_med3_u16"},
        [](U a, U b, U c) { return std::max(std::min(a, b), std::min(std::max(a, b), c)); });
  three({"v_med3_i16"}, [](U a, U b, U c) {
    const int16_t x = sign(a), y = sign(b), z = sign(c);
    return std::max(std::min(x, y), std::min(std::max(x, y), z));
  });
  cases.push_back(narrow("v_not_b16 v20, v4", 1, [](U a, U, U) { return ~a; }));
  checkOperations(cases, edges);
}

TEST(Integer16, UpperHalf) {
  // Most of gfx9's clear the upper half of their result; later chips' keep it.
  const auto sum = [](In in) { return (in[0] + in[1]) & 0xffff; };
  const auto product = [](In in) { return (in[0] * in[1] + in[2]) & 0xffff; };
  const auto kept = [](In in) { return in[3] & 0xffff0000; };
  const std::string old = "v_mov_b32 v20, v7\n>";
  const OperationCase cases[] = {
      {old + "v_add_u16 v20, v4, v5", "9", 4, 1, [=](In in, Out out) { out[0] = sum(in); }},
      {old + "v_add_nc_u16 v20, v4, v5", "11 12", 4, 1,
       [=](In in, Out out) { out[0] = sum(in) | kept(in); }},
      {old + "v_mad_u16 v20, v4, v5, v6", "*", 4, 1,
       [=](In in, Out out) { out[0] = product(in) | kept(in); }},
      {old + "v_mad_legacy_u16 v20, v4, v5, v6", "9", 4, 1,
       [=](In in, Out out) { out[0] = product(in); }},
      {old + "v_mad_u16 v20, v4, v5, v6 op_sel:[0,0,0,1]", "*", 4, 1,
       [=](In in, Out out) { out[0] = product(in) << 16 | (in[3] & 0xffff); }},
      {old + "v_mad_u16 v20, v4, v5, v6 op_sel:[1,0,1,0]", "*", 4, 1,
       [=](In in, Out out) {
         const uint32_t upper[] = {in[0] >> 16, in[1], in[2] >> 16};
         out[0] = product(upper) | kept(in);
       }},
  };
  checkOperations(cases, edges);
}

TEST(Integer16, Packed) {
  std::vector<OperationCase> cases;
  const auto add = [&](const std::string &text, unsigned sources, auto f) {
    cases.push_back(anyChip(text, sources, 1, [f](In in, Out out) {
      for (unsigned n = 0; n < 32; n += 16) {
        out[0] |= uint32_t(uint16_t(f(U(in[0] >> n), U(in[1] >> n), U(in[2] >> n)))) << n;
      }
    }));
  };
  const auto saturated = [](int v) { return std::clamp(v, -32768, 32767); };
  add("v_pk_add_i16 v20, v4, v5", 2, [](U a, U b, U) { return a + b; });
  add("v_pk_sub_i16 v20, v4, v5", 2, [](U a, U b, U) { return a - b; });
  add("v_pk_sub_u16 v20, v4, v5", 2, [](U a, U b, U) { return a - b; });
  add("v_pk_sub_u16 v20, v4, v5 clamp", 2, [](U a, U b, U) { return a > b ? a - b : 0; });
  add("v_pk_add_i16 v20, v4, v5 clamp", 2,
      [=](U a, U b, U) { return saturated(sign(a) + sign(b)); });
  add("v_pk_mad_i16 v20, v4, v5, v6 clamp", 3,
      [=](U a, U b, U c) { return saturated(sign(a) * sign(b) + sign(c)); });
  add("v_pk_mad_u16 v20, v4, v5, v6", 3, [](U a, U b, U c) { return unsigned(a) * b + c; });
  add("v_pk_max_i16 v20, v4, v5", 2, [](U a, U b, U) { return std::max(sign(a), sign(b)); });
  add("v_pk_min_u16 v20, v4, v5", 2, [](U a, U b, U) { return std::min(a, b); });
  add("v_pk_max_u16 v20, v4, v5", 2, [](U a, U b, U) { return std::max(a, b); });
  add("v_pk_lshlrev_b16 v20, v4, v5", 2, [](U a, U b, U) { return b << (a & 15); });
  add("v_pk_lshrrev_b16 v20, v4, v5", 2, [](U a, U b, U) { return b >> (a & 15); });
  checkOperations(cases, edges);
}

} // namespace
} // namespace qcc::emulator::test
