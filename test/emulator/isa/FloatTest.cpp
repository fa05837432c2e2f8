// Floating-point vector instructions: zeros, denormals, infinities, NaNs, rounding and saturation.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace qcc::emulator::test {
namespace {

constexpr uint32_t singles[] = {
    0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x3f800000, 0xbf800000, 0x3f7fffff,
    0x40490fdb, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x3f000000, 0xbfc00000, 0x4b800001,
    0x4f000000, 0x4f800000, 0xcf000000, 0x3e22f983, 0x42f60000, 0x34000000, 0x477fe000, 0x33000001,
    0x7fc00000, 0x40200000, 0x40600000, 0xc0a00000, 0x38d1b717, 0x4effffff};

/// A row over floats; the result's NaN is the positive quiet one, or an operand's.
#define FLOAT(TEXT, CHIPS, SOURCES, ...)                                                           \
  OperationCase {                                                                                  \
    TEXT, CHIPS, SOURCES, 1, [](const uint32_t *in, uint32_t *out) {                               \
      const float a = floatOf(in[0]), b = floatOf(in[1]), c = floatOf(in[2]);                      \
      (void)b, (void)c;                                                                            \
      const float r = __VA_ARGS__;                                                                 \
      out[0] = std::isnan(r) ? 0x7fc00000 : bitsOf(r);                                             \
    }                                                                                              \
  }
#define BITS(TEXT, CHIPS, SOURCES, ...)                                                            \
  OperationCase {                                                                                  \
    TEXT, CHIPS, SOURCES, 1, [](const uint32_t *in, uint32_t *out) {                               \
      const float a = floatOf(in[0]), b = floatOf(in[1]);                                          \
      (void)a, (void)b;                                                                            \
      out[0] = uint32_t(__VA_ARGS__);                                                              \
    }                                                                                              \
  }

float unit(float v) {
  return std::isnan(v) || v <= 0 ? 0.0f : v >= 1 ? 1.0f : v;
}
uint32_t saturated(float v) {
  return std::isnan(v)        ? 0
         : v >= 2147483648.0f ? 0x7fffffffu
         : v < -2147483648.0f ? 0x80000000u
                              : uint32_t(int32_t(v));
}
uint32_t saturatedUnsigned(float v) {
  return std::isnan(v) || v <= -1.0f ? 0 : v >= 4294967296.0f ? ~0u : v < 0 ? 0 : uint32_t(v);
}
uint16_t half(float f) {
  return std::bit_cast<uint16_t>(static_cast<_Float16>(f));
}
/// A sign modifier changes a NaN's sign as well.
OperationCase anyNan(OperationCase test) {
  test.floatBits = 32;
  return test;
}

TEST(Float, Arithmetic) {
  const OperationCase cases[] = {
      FLOAT("v_add_f32 v20, v4, v5", "*", 2, a + b),
      FLOAT("v_sub_f32 v20, v4, v5", "*", 2, a - b),
      FLOAT("v_subrev_f32 v20, v4, v5", "*", 2, b - a),
      FLOAT("v_mul_f32 v20, v4, v5", "*", 2, a * b),
      anyNan(FLOAT("v_add_f32 v20, -v4, |v5|", "*", 2, -a + std::fabs(b))),
      FLOAT("v_mul_f32 v20, v4, v5 clamp", "*", 2, unit(a * b)),
      FLOAT("v_fma_f32 v20, v4, v5, v6", "*", 3, std::fma(a, b, c)),
      FLOAT("v_mov_b32 v20, v6\n>v_fmac_f32 v20, v4, v5", "*", 3, std::fma(a, b, c)),
      anyNan(FLOAT("v_fma_f32 v20, v4, 2.0, -v6", "*", 3, std::fma(a, 2.0f, -c))),
      FLOAT("v_min_f32 v20, v4, v5", "9 11", 2, least(a, b)),
      FLOAT("v_max_f32 v20, v4, v5", "9 11", 2, most(a, b)),
      FLOAT("v_min_num_f32 v20, v4, v5", "12", 2, least(a, b)),
      FLOAT("v_max_num_f32 v20, v4, v5", "12", 2, most(a, b)),
      FLOAT("v_minimum_f32 v20, v4, v5", "12", 2,
            std::isnan(a) || std::isnan(b) ? NAN : least(a, b)),
      FLOAT("v_floor_f32 v20, v4", "*", 1, std::floor(a)),
      FLOAT("v_ceil_f32 v20, v4", "*", 1, std::ceil(a)),
      FLOAT("v_trunc_f32 v20, v4", "*", 1, std::trunc(a)),
      FLOAT("v_rndne_f32 v20, v4", "*", 1, std::nearbyint(a)),
      FLOAT("v_mul_legacy_f32 v20, v4, v5", "9", 2, a == 0 || b == 0 ? 0.0f : a * b),
      FLOAT("v_dual_mul_f32 v20, v4, v5 :: v_dual_add_f32 v21, v5, v4", "11 12", 2, a * b),
  };
  checkOperations(cases, singles);
}

TEST(Float, Transcendental) {
  OperationCase cases[] = {
      FLOAT("v_rcp_f32 v20, v4", "*", 1,
            std::fpclassify(a) == FP_SUBNORMAL ? 1.0f / std::copysign(0.0f, a) : 1.0f / a),
      FLOAT("v_sqrt_f32 v20, v4", "*", 1,
            std::fpclassify(a) == FP_SUBNORMAL ? std::copysign(0.0f, a) : std::sqrt(a)),
      FLOAT("v_exp_f32 v20, v4", "*", 1, std::exp2(a) < 0x1p-126f ? 0.0f : std::exp2(a)),
      FLOAT("v_log_f32 v20, v4", "*", 1,
            std::fpclassify(a) == FP_SUBNORMAL ? -INFINITY : std::log2(a)),
  };
  for (OperationCase &test : cases) {
    test.floatBits = 32;
    test.relativeError = 1.2e-7f; // one unit in the last place: the manuals promise no more
  }
  // The reciprocal of the largest numbers is denormal, and the model flushes it.
  std::vector<uint32_t> inputs;
  for (uint32_t u : singles) {
    if ((u & 0x7fffffff) != 0x7f7fffff) {
      inputs.push_back(u);
    }
  }
  checkOperations(cases, inputs);
}

TEST(Float, Comparisons) {
  const OperationCase cases[] = {
      BITS(">v_cmp_lt_f32 vcc, v4, v5\nv_cndmask_b32 v20, 0, 1, vcc", "9", 2, a < b),
      BITS(">v_cmp_lt_f32 vcc_lo, v4, v5\nv_cndmask_b32 v20, 0, 1, vcc_lo", "11 12", 2, a < b),
      BITS(">v_cmp_nge_f32 s[10:11], v4, v5\nv_cndmask_b32 v20, 0, 1, s[10:11]", "9", 2, !(a >= b)),
      BITS(">v_cmp_neq_f32 s10, v4, v5\nv_cndmask_b32 v20, 0, 1, s10", "11 12", 2, !(a == b)),
      BITS(">v_cmp_u_f32 vcc, v4, v5\nv_cndmask_b32 v20, 0, 1, vcc", "9", 2,
           std::isnan(a) || std::isnan(b)),
      BITS(">v_cmp_lg_f32 vcc, v4, v5\nv_cndmask_b32 v20, 0, 1, vcc", "9", 2, a < b || a > b),
      BITS("v_mov_b32 v20, 0\n>v_cmpx_gt_f32 vcc, v4, v5\nv_mov_b32 v20, 1\ns_mov_b64 exec, -1",
           "9", 2, a > b),
      BITS("v_mov_b32 v20, 0\n>v_cmpx_gt_f32 v4, v5\nv_mov_b32 v20, 1\ns_mov_b32 exec_lo, -1",
           "11 12", 2, a > b),
      BITS("v_mov_b32 v6, 0x204\n>v_cmp_class_f32 vcc, v4, v6\nv_cndmask_b32 v20, 0, 1, vcc", "9",
           1, std::isinf(a)),
      BITS("v_mov_b32 v6, 0x90\n>v_cmp_class_f32 vcc_lo, v4, v6\nv_cndmask_b32 v20, 0, 1, vcc_lo",
           "11 12", 1, std::fpclassify(a) == FP_SUBNORMAL),
  };
  checkOperations(cases, singles);
}

TEST(Float, Conversions) {
  const OperationCase cases[] = {
      BITS("v_cvt_i32_f32 v20, v4", "*", 1, saturated(a)),
      BITS("v_cvt_u32_f32 v20, v4", "*", 1, saturatedUnsigned(a)),
      FLOAT("v_cvt_f32_i32 v20, v4", "*", 1, static_cast<float>(std::bit_cast<int32_t>(a))),
      FLOAT("v_cvt_f32_u32 v20, v4", "*", 1, static_cast<float>(std::bit_cast<uint32_t>(a))),
      BITS("v_cvt_f32_ubyte2 v20, v4", "*", 1,
           bitsOf(static_cast<float>((bitsOf(a) >> 16) & 0xff))),
      BITS("v_mov_b32 v20, 0\n>v_cvt_f16_f32 v20, v4", "9 12", 1, std::isnan(a) ? 0x7e00 : half(a)),
      BITS("v_cvt_pk_bf16_f32 v20, v4, v5", "gfx950", 2,
           [](uint32_t x, uint32_t y) {
             auto narrow = [](uint32_t u) {
               const bool isNan = (u & 0x7fffffff) > 0x7f800000;
               return isNan ? u >> 16 | 0x40 : (u + 0x7fff + (u >> 16 & 1)) >> 16;
             };
             return narrow(x) | narrow(y) << 16;
           }(bitsOf(a), bitsOf(b))),
  };
  checkOperations(cases, singles);
}

TEST(Float, EightBitFormats) {
  // Every value that a format has, read and written again, is itself.
  std::vector<uint32_t> bytes;
  for (uint32_t u = 0; u < 256; ++u) {
    bytes.push_back(u);
  }
  const auto same = [](const uint32_t *in, uint32_t *out) {
    const bool isNan = (in[0] & 0x7f) == 0x7f;
    out[0] = isNan ? 0x7f : in[0];
  };
  const auto sameFnuz = [](const uint32_t *in, uint32_t *out) { out[0] = in[0]; };
  const OperationCase cases[] = {
      {"v_mov_b32 v20, 0\n>v_cvt_f32_fp8 v5, v4\n>v_cvt_pk_fp8_f32 v20, v5, v20\n"
       "v_and_b32 v20, 0xff, v20",
       "gfx942", 1, 1, sameFnuz},
      {"v_mov_b32 v20, 0\n>v_cvt_f32_bf8 v5, v4\n>v_cvt_pk_bf8_f32 v20, v5, v20\n"
       "v_and_b32 v20, 0xff, v20",
       "gfx942", 1, 1, sameFnuz},
      {"v_mov_b32 v20, 0\n>v_cvt_f32_fp8 v5, v4\n>v_cvt_pk_fp8_f32 v20, v5, v20\n"
       "v_and_b32 v20, 0xff, v20",
       "gfx950 12", 1, 1, same},
  };
  checkOperations(cases, bytes);
}

constexpr uint32_t halves[] = {0x00000000, 0x80003c00, 0x3c018000, 0x00010400, 0x83ff7bff,
                               0xfbff0001, 0x7c003c00, 0xfc007c00, 0x3555b555, 0x40004248,
                               0x64006401, 0x03ff0400, 0x2e662e66, 0xbc00c000, 0x11112222};

#define PACKED(TEXT, CHIPS, SOURCES, ...)                                                          \
  OperationCase {                                                                                  \
    TEXT, CHIPS, SOURCES, 1, [](const uint32_t *in, uint32_t *out) {                               \
      out[0] = 0;                                                                                  \
      for (int n = 0; n < 2; ++n) {                                                                \
        const double a = singleOf(in[0] >> 16 * n), b = singleOf(in[1] >> 16 * n),                 \
                     c = singleOf(in[2] >> 16 * n);                                                \
        (void)c;                                                                                   \
        out[0] |= uint32_t(halfOf(__VA_ARGS__)) << 16 * n;                                         \
      }                                                                                            \
    }                                                                                              \
  }

TEST(Float, PackedHalf) {
  const OperationCase cases[] = {
      PACKED("v_pk_add_f16 v20, v4, v5", "*", 2, a + b),
      PACKED("v_pk_mul_f16 v20, v4, v5", "*", 2, a * b),
      PACKED("v_pk_fma_f16 v20, v4, v5, v6", "*", 3, a * b + c),
      PACKED("v_pk_fma_f16 v20, v4, v5, v6 neg_lo:[1,0,0] neg_hi:[1,0,0]", "*", 3, -a * b + c),
  };
  checkOperations(cases, halves);
}

TEST(Float, MixedPrecision) {
  const OperationCase cases[] = {
      {"v_fma_mix_f32 v20, v4, v5, v6 op_sel:[1,0,0] op_sel_hi:[1,1,0]", "*", 3, 1,
       [](const uint32_t *in, uint32_t *out) {
         const float r = std::fma(singleOf(in[0] >> 16), singleOf(in[1]), floatOf(in[2]));
         out[0] = std::isnan(r) ? 0x7fc00000 : bitsOf(r);
       }},
      {"v_dot2_f32_f16 v20, v4, v5, v6", "*", 3, 1,
       [](const uint32_t *in, uint32_t *out) {
         const float first = std::fma(singleOf(in[0]), singleOf(in[1]), floatOf(in[2]));
         const float r = std::fma(singleOf(in[0] >> 16), singleOf(in[1] >> 16), first);
         out[0] = bitsOf(std::isnan(r) ? NAN : r);
       },
       32, 1e-5f},
  };
  constexpr uint32_t finite[] = {0x00000000, 0x3c003c00, 0x40004248, 0x3555b555,
                                 0x2e662e66, 0xbc00c000, 0x11112222, 0x3c018000};
  checkOperations(cases, finite);
}

TEST(Float, Double) {
  using In = const uint32_t *;
  using Out = uint32_t *;
  constexpr uint32_t words[] = {0x00000000, 0x3ff00000, 0xbff00000, 0x40091eb8, 0x7fe00000,
                                0x00100000, 0x51eb851f, 0xc1d26580, 0x3cb00000};
  const OperationCase cases[] = {
      {"v_add_f64 v[20:21], v[4:5], v[6:7]", "*", 4, 2,
       [](In in, Out out) {
         putWide(out, std::bit_cast<uint64_t>(std::bit_cast<double>(wide(in)) +
                                              std::bit_cast<double>(wide(in + 2))));
       }},
      {"v_mul_f64 v[20:21], v[4:5], v[6:7]", "*", 4, 2,
       [](In in, Out out) {
         putWide(out, std::bit_cast<uint64_t>(std::bit_cast<double>(wide(in)) *
                                              std::bit_cast<double>(wide(in + 2))));
       }},
      {"v_fma_f64 v[20:21], v[4:5], -v[6:7], 1.0", "*", 4, 2,
       [](In in, Out out) {
         putWide(out, std::bit_cast<uint64_t>(std::fma(std::bit_cast<double>(wide(in)),
                                                       -std::bit_cast<double>(wide(in + 2)), 1.0)));
       }},
  };
  checkOperations(cases, words);
}

TEST(Float, PackedSingle) {
  const OperationCase cases[] = {
      {"v_pk_fma_f32 v[20:21], v[4:5], v[6:7], v[8:9]", "9", 6, 2,
       [](const uint32_t *in, uint32_t *out) {
         for (int n = 0; n < 2; ++n) {
           const float r = std::fma(floatOf(in[n]), floatOf(in[2 + n]), floatOf(in[4 + n]));
           out[n] = std::isnan(r) ? 0x7fc00000 : bitsOf(r);
         }
       }},
      {"v_pk_mul_f32 v[20:21], v[4:5], v[6:7] op_sel:[1,0] op_sel_hi:[0,1]", "9", 4, 2,
       [](const uint32_t *in, uint32_t *out) {
         for (int n = 0; n < 2; ++n) {
           const float r = floatOf(in[1 - n]) * floatOf(in[2 + n]);
           out[n] = std::isnan(r) ? 0x7fc00000 : bitsOf(r);
         }
       }},
      {"v_pk_mov_b32 v[20:21], v[4:5], v[6:7] op_sel:[0,1]", "9", 4, 2,
       [](const uint32_t *in, uint32_t *out) {
         out[0] = in[0];
         out[1] = in[3];
       }},
  };
  checkOperations(cases, singles);
}

} // namespace
} // namespace qcc::emulator::test
