// Dot products, dual instructions and the remaining integer and mixed-precision instructions.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace qcc::emulator::test {
namespace {

using In = const uint32_t *;
using Out = uint32_t *;

constexpr uint32_t integers[] = {0,          1,          0x7f,       0x80,       0xff,
                                 0x7fff8000, 0x80008000, 0xffffffff, 0x12345678, 0x87654321,
                                 0x7f7f7f7f, 0x80808080, 0x80000000, 0x7fffffff, 0x0f1e2d3c};
// Halves of 1, 1.5, -2, 0.333, 2048 and the like: sums are exact or nearly so.
constexpr uint32_t halves[] = {0x3c003e00, 0xc0003555, 0x68003c00, 0x00003c01, 0x4248bc00,
                               0x2e66b800, 0x38003400, 0x80000001, 0x40004400, 0x12344321};
constexpr uint32_t bfloats[] = {0x3f803fc0, 0xc0003eaa, 0x45003f80, 0x00003f81, 0x4049bf80,
                                0x3dccbf00, 0x3f003e80, 0x80000000, 0x40004080, 0x3c003d00};

float bfloat(uint32_t u) {
  return floatOf(u << 16);
}
/// Products from the lowest element up, each added with one rounding.
float dotHalves(uint32_t a, uint32_t b, float c) {
  return std::fma(singleOf(a >> 16), singleOf(b >> 16), std::fma(singleOf(a), singleOf(b), c));
}
float dotBfloats(uint32_t a, uint32_t b, float c) {
  return std::fma(bfloat(a >> 16), bfloat(b >> 16), std::fma(bfloat(a), bfloat(b), c));
}
OperationCase approximate(OperationCase test, float error) {
  test.floatBits = 32;
  test.relativeError = error;
  return test;
}

TEST(Dot, Halves) {
  std::vector<OperationCase> cases;
  for (std::string name : {"v_dot2c_f32_f16", "v_dot2acc_f32_f16"}) {
    cases.push_back(approximate(
        anyChip("v_cvt_f32_f16 v20, v6\n>" + name + " v20, v4, v5", 3, 1,
                [](In in, Out out) { out[0] = bitsOf(dotHalves(in[0], in[1], singleOf(in[2]))); }),
        1e-6f));
  }
  cases.push_back(anyChip("v_dot2_f16_f16 v20, v4, v5, v6", 3, 1, [](In in, Out out) {
    out[0] = halfOf(dotHalves(in[0], in[1], singleOf(in[2])));
  }));
  checkOperations(cases, halves);
}

TEST(Dot, Bfloats) {
  const std::vector<OperationCase> cases = {
      approximate(
          anyChip("v_lshlrev_b32 v7, 16, v6\n>v_dot2_f32_bf16 v20, v4, v5, v7", 3, 1,
                  [](In in, Out out) { out[0] = bitsOf(dotBfloats(in[0], in[1], bfloat(in[2]))); }),
          1e-6f),
      approximate(
          anyChip("v_lshlrev_b32 v20, 16, v6\n>v_dot2c_f32_bf16 v20, v4, v5", 3, 1,
                  [](In in, Out out) { out[0] = bitsOf(dotBfloats(in[0], in[1], bfloat(in[2]))); }),
          1e-6f),
      anyChip("v_dot2_bf16_bf16 v20, v4, v5, v6", 3, 1,
              [](In in, Out out) { out[0] = bfloatOf(dotBfloats(in[0], in[1], bfloat(in[2]))); }),
  };
  checkOperations(cases, bfloats);
}

double byteFloat(uint32_t byte, int exponentBits) {
  const int mantissaBits = 7 - exponentBits, bias = (1 << (exponentBits - 1)) - 1;
  const int exponent = byte >> mantissaBits & ((1 << exponentBits) - 1);
  const int mantissa = byte & ((1 << mantissaBits) - 1);
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, 1 - bias - mantissaBits)
                    : std::ldexp(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
  return byte & 0x80 ? -magnitude : magnitude;
}

TEST(Dot, EightBitFloats) {
  // Finite in both formats.
  constexpr uint32_t bytes[] = {0x3830287b, 0x40b8c03c, 0x01810302, 0x00805a3f, 0x77453219};
  std::vector<OperationCase> cases;
  for (int first : {4, 5}) {
    for (int second : {4, 5}) {
      const std::string name = std::string("v_dot4_f32_") + (first == 4 ? "fp8_" : "bf8_") +
                               (second == 4 ? "fp8" : "bf8");
      cases.push_back(
          approximate(anyChip("v_cvt_f32_ubyte0 v7, v6\n>" + name + " v20, v4, v5, v7", 3, 1,
                              [=](In in, Out out) {
                                double sum = in[2] & 0xff;
                                for (int n = 0; n < 32; n += 8) {
                                  sum += byteFloat(in[0] >> n & 0xff, first) *
                                         byteFloat(in[1] >> n & 0xff, second);
                                }
                                out[0] = bitsOf(float(sum));
                              }),
                      1e-4f));
    }
  }
  checkOperations(cases, bytes);
}

int64_t dot(uint32_t a, uint32_t b, unsigned bits, bool isSigned, int64_t sum) {
  for (unsigned n = 0; n < 32; n += bits) {
    const uint32_t x = a << (32 - bits - n), y = b << (32 - bits - n);
    sum += isSigned ? int64_t(int32_t(x) >> (32 - bits)) * (int32_t(y) >> (32 - bits))
                    : int64_t(x >> (32 - bits)) * int64_t(y >> (32 - bits));
  }
  return sum;
}

template <typename F> OperationCase word(const std::string &text, unsigned sources, F f) {
  return anyChip(text, sources, 1, [f](In in, Out out) { out[0] = uint32_t(f(in)); });
}

TEST(Dot, Integers) {
  std::vector<OperationCase> cases = {
      word("v_dot2_u32_u16 v20, v4, v5, v6", 3,
           [](In in) { return dot(in[0], in[1], 16, false, in[2]); }),
      word("v_dot2_u32_u16 v20, v4, v5, v6 clamp", 3,
           [](In in) {
             return uint64_t(
                 std::min<uint64_t>(uint64_t(dot(in[0], in[1], 16, false, 0)) + in[2], UINT32_MAX));
           }),
  };
  struct Row {
    const char *name;
    unsigned bits;
  };
  for (const Row &row :
       {Row{"v_dot2c_i32_i16", 16}, Row{"v_dot4c_i32_i8", 8}, Row{"v_dot8c_i32_i4", 4}}) {
    cases.push_back(
        word(std::string("v_mov_b32 v20, v6\n>") + row.name + " v20, v4, v5", 3,
             [bits = row.bits](In in) { return dot(in[0], in[1], bits, true, int32_t(in[2])); }));
  }
  checkOperations(cases, integers);
}

TEST(Dot, OtherIntegers) {
  const std::vector<OperationCase> cases = {
      word("v_min_i32 v20, v4, v5", 2,
           [](In in) { return std::min(int32_t(in[0]), int32_t(in[1])); }),
      word("v_max_u32 v20, v4, v5", 2, [](In in) { return std::max(in[0], in[1]); }),
      word("v_min3_u32 v20, v4, v5, v6", 3, [](In in) { return std::min({in[0], in[1], in[2]}); }),
      word("v_max3_i32 v20, v4, v5, v6", 3,
           [](In in) { return std::max({int32_t(in[0]), int32_t(in[1]), int32_t(in[2])}); }),
      word("v_minmax_u32 v20, v4, v5, v6", 3,
           [](In in) { return std::max(std::min(in[0], in[1]), in[2]); }),
      word(
          "v_maxmin_i32 v20, v4, v5, v6", 3,
          [](In in) { return std::min(std::max(int32_t(in[0]), int32_t(in[1])), int32_t(in[2])); }),
      word("v_mul_hi_u32_u24 v20, v4, v5", 2,
           [](In in) { return uint64_t(in[0] & 0xffffff) * (in[1] & 0xffffff) >> 32; }),
      word("v_mad_u32_u16 v20, v4, v5, v6", 3,
           [](In in) { return (in[0] & 0xffff) * (in[1] & 0xffff) + in[2]; }),
      word("v_mad_i32_i16 v20, v4, v5, v6", 3,
           [](In in) { return uint32_t(int16_t(in[0]) * int16_t(in[1])) + in[2]; }),
      word("v_ffbh_i32 v20, v4", 1,
           [](In in) {
             const uint32_t v = in[0] >> 31 ? ~in[0] : in[0];
             return v == 0 ? -1 : std::countl_zero(v);
           }),
      word("v_add_i32 v20, v4, v5", 2, [](In in) { return in[0] + in[1]; }),
      word("v_sub_i32 v20, v4, v5", 2, [](In in) { return in[0] - in[1]; }),
      word("v_sub_nc_i32 v20, v4, v5", 2, [](In in) { return in[0] - in[1]; }),
      word("v_sub_nc_i32 v20, v4, v5 clamp", 2,
           [](In in) {
             return std::clamp<int64_t>(int64_t(int32_t(in[0])) - int32_t(in[1]), INT32_MIN,
                                        INT32_MAX);
           }),
      word("v_subrev_nc_u32 v20, v4, v5", 2, [](In in) { return in[1] - in[0]; }),
      word("v_mov_b32 v20, v5\n>v_accvgpr_write_b32 a3, v4\n>v_accvgpr_mov_b32 a4, a3\n"
           ">v_accvgpr_read_b32 v20, a4",
           2, [](In in) { return in[0]; }),
  };
  checkOperations(cases, integers);
}

TEST(Dot, Carries) {
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    const bool later = isWave32(chip);
    const std::string vcc = later ? "vcc_lo" : "vcc", pair = later ? "s10" : "s[10:11]";
    const std::string carry = "\nv_cndmask_b32 v21, 0, 1, ";
    // The carry that comes in is whether v6 is odd.
    const std::string in = "v_and_b32 v7, 1, v6\nv_cmp_eq_u32 " + vcc + ", 1, v7\n>";
    const auto three = [&](const char *nine, const char *others) {
      return in + (later ? others : nine) + " v20, " + vcc + ", v4, v5, " + vcc + carry + vcc;
    };
    const auto two = [&](const std::string &name) {
      return ">" + name + " v20, " + pair + ", v4, v5" + carry + pair;
    };
    const auto result = [](Out out, int64_t v, bool overflow) {
      out[0] = uint32_t(v);
      out[1] = overflow;
    };
    const std::vector<OperationCase> cases = {
        {two("v_add_co_u32"), chip, 2, 2,
         [=](In a, Out out) { result(out, int64_t(a[0]) + a[1], (uint64_t(a[0]) + a[1]) >> 32); }},
        {two("v_sub_co_u32"), chip, 2, 2,
         [=](In a, Out out) { result(out, int64_t(a[0]) - a[1], a[1] > a[0]); }},
        {two("v_subrev_co_u32"), chip, 2, 2,
         [=](In a, Out out) { result(out, int64_t(a[1]) - a[0], a[0] > a[1]); }},
        {three("v_addc_co_u32", "v_add_co_ci_u32"), chip, 3, 2,
         [=](In a, Out out) {
           const uint64_t sum = uint64_t(a[0]) + a[1] + (a[2] & 1);
           result(out, int64_t(sum), sum >> 32);
         }},
        {three("v_subb_co_u32", "v_sub_co_ci_u32"), chip, 3, 2,
         [=](In a, Out out) {
           const int64_t rest = int64_t(a[0]) - a[1] - (a[2] & 1);
           result(out, rest, rest < 0);
         }},
        {three("v_subbrev_co_u32", "v_subrev_co_ci_u32"), chip, 3, 2,
         [=](In a, Out out) {
           const int64_t rest = int64_t(a[1]) - a[0] - (a[2] & 1);
           result(out, rest, rest < 0);
         }},
        {in + "v_cndmask_b32 v20, v4, v5, " + vcc, chip, 3, 1,
         [](In a, Out out) { out[0] = a[2] & 1 ? a[1] : a[0]; }},
        {std::string(">") + (chip == "gfx1201" ? "v_mad_co_i64_i32" : "v_mad_i64_i32") +
             " v[20:21], " + pair + ", v4, v5, v[6:7]\nv_cndmask_b32 v22, 0, 1, " + pair,
         chip, 4, 3,
         [](In a, Out out) {
           const __int128 sum =
               __int128(int64_t(int32_t(a[0])) * int32_t(a[1])) + int64_t(wide(a + 2));
           putWide(out, uint64_t(sum));
           out[2] = sum != int64_t(sum);
         }},
    };
    checkOperations(cases, integers);
    if (later) {
      const OperationCase narrow{in + "v_cndmask_b16 v20, v4, v5, vcc_lo", chip, 3, 1,
                                 [](In a, Out out) { out[0] = (a[2] & 1 ? a[1] : a[0]) & 0xffff; }};
      checkOperations({&narrow, 1}, integers);
    }
    ASSERT_FALSE(HasFailure()) << chip;
  }
}

TEST(Dot, MixedPrecision) {
  // Sources 0 and 1 are halves (the upper one of source 0), source 2 a single.
  const auto mixed = [](In in) {
    return std::fma(singleOf(in[0] >> 16), singleOf(in[1]), bfloat(in[2]));
  };
  const std::string sources = " v20, v4, v5, v7 op_sel:[1,0,0] op_sel_hi:[1,1,0]";
  const std::string before = "v_lshlrev_b32 v7, 16, v6\nv_mov_b32 v20, v8\n>";
  const OperationCase cases[] = {
      anyChip(before + "v_fma_mixlo_f16" + sources, 5, 1,
              [=](In in, Out out) { out[0] = (in[4] & 0xffff0000) | halfOf(mixed(in)); }),
      anyChip(before + "v_fma_mixhi_f16" + sources, 5, 1,
              [=](In in, Out out) { out[0] = (in[4] & 0xffff) | halfOf(mixed(in)) << 16; }),
  };
  checkOperations(cases, halves);
}

} // namespace
} // namespace qcc::emulator::test
