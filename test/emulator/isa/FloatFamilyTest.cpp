// The remaining single and double precision instructions: minima, parts of numbers, roots,
// division.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <vector>

namespace qcc::emulator::test {
namespace {

constexpr uint32_t singles[] = {
    0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x80800001, 0x3f800000, 0xbf800000,
    0x3f7fffff, 0x40490fdb, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x3f000000, 0xbfc00000,
    0x4b800001, 0x4f000000, 0xcf000000, 0x3e22f983, 0x34000000, 0x33000001, 0x7fc00000, 0xffc12345,
    0x7fa00000, 0x40200000, 0x40600000, 0xc0a00000, 0x437f8000, 0x43808000, 0x00000020, 0xffffffb0};

/// Upper words of doubles, and lower ones.
constexpr uint32_t doubles[] = {0x00000000, 0x80000000, 0x00000001, 0x3ff00000, 0xbff00000,
                                0x40091eb8, 0x7fe00000, 0x00100000, 0x000fffff, 0x51eb851f,
                                0xc1d26580, 0x3cb00000, 0x7ff00000, 0xfff00000, 0x7ff80000,
                                0x7ff40001, 0x3fe00000, 0x43380000, 0xc0040000, 0x0000001f};

template <typename F> OperationCase single(const std::string &text, unsigned sources, F f) {
  return anyChip(
      text, sources, 1,
      [f](const uint32_t *in, uint32_t *out) {
        out[0] = bitsOf(f(floatOf(in[0]), floatOf(in[1]), floatOf(in[2])));
      },
      32);
}
double doubleOf(const uint32_t *in) {
  return std::bit_cast<double>(wide(in));
}
template <typename F> OperationCase twoWords(const std::string &text, unsigned sources, F f) {
  return anyChip(
      text, sources * 2, 2,
      [f](const uint32_t *in, uint32_t *out) {
        putWide(out, std::bit_cast<uint64_t>(
                         double(f(doubleOf(in), doubleOf(in + 2), doubleOf(in + 4)))));
      },
      64);
}
template <typename F> OperationCase word(const std::string &text, unsigned sources, F f) {
  return anyChip(text, sources, 1,
                 [f](const uint32_t *in, uint32_t *out) { out[0] = uint32_t(f(in)); });
}
using S = float;
using D = double;

TEST(FloatFamily, MinimumAndMaximum) {
  std::vector<OperationCase> cases;
  const auto add = [&](std::initializer_list<const char *> names, unsigned sources, auto f) {
    for (std::string name : names) {
      cases.push_back(
          single(name + (sources == 2 ? "_f32 v20, v4, v5" : "_f32 v20, v4, v5, v6"), sources, f));
    }
  };
  add({"v_min", "v_min_num"}, 2, [](S a, S b, S) { return least(a, b); });
  add({"v_max", "v_max_num"}, 2, [](S a, S b, S) { return most(a, b); });
  add({"v_minimum"}, 2, [](S a, S b, S) { return leastOrNan(a, b); });
  add({"v_maximum"}, 2, [](S a, S b, S) { return mostOrNan(a, b); });
  add({"v_min3", "v_min3_num"}, 3, [](S a, S b, S c) { return least(least(a, b), c); });
  add({"v_max3", "v_max3_num"}, 3, [](S a, S b, S c) { return most(most(a, b), c); });
  add({"v_med3", "v_med3_num"}, 3, [](S a, S b, S c) { return middle(a, b, c); });
  add({"v_minmax", "v_minmax_num"}, 3, [](S a, S b, S c) { return most(least(a, b), c); });
  add({"v_maxmin", "v_maxmin_num"}, 3, [](S a, S b, S c) { return least(most(a, b), c); });
  add({"v_minimum3"}, 3, [](S a, S b, S c) { return leastOrNan(leastOrNan(a, b), c); });
  add({"v_maximum3"}, 3, [](S a, S b, S c) { return mostOrNan(mostOrNan(a, b), c); });
  add({"v_minimummaximum"}, 3, [](S a, S b, S c) { return mostOrNan(leastOrNan(a, b), c); });
  add({"v_maximumminimum"}, 3, [](S a, S b, S c) { return leastOrNan(mostOrNan(a, b), c); });
  checkOperations(cases, singles);
}

TEST(FloatFamily, Arithmetic) {
  const auto thenAdd = [](S product, S c) {
    const volatile S rounded = product; // no fused multiplication
    return rounded + c;
  };
  const auto zeroWins = [](S a, S b) { return a == 0 || b == 0 ? 0.0f : a * b; };
  const auto mullit = [](S a, S b, S c) {
    const bool no =
        b == -3.40282347e38f || b == -INFINITY || std::isnan(b) || std::isnan(c) || c <= 0;
    return no ? -3.40282347e38f : a * b;
  };
  const std::vector<OperationCase> cases = {
      single("v_mul_dx9_zero_f32 v20, v4, v5", 2, [=](S a, S b, S) { return zeroWins(a, b); }),
      single("v_fma_dx9_zero_f32 v20, v4, v5, v6", 3,
             [](S a, S b, S c) { return a == 0 || b == 0 ? c : std::fma(a, b, c); }),
      single("v_mov_b32 v20, v6\n>v_fmac_dx9_zero_f32 v20, v4, v5", 3,
             [](S a, S b, S c) { return a == 0 || b == 0 ? c : std::fma(a, b, c); }),
      single("v_fmaak_f32 v20, v4, v5, 0x40400000", 2,
             [](S a, S b, S) { return std::fma(a, b, 3.0f); }),
      single("v_fmamk_f32 v20, v4, 0x40400000, v5", 2,
             [](S a, S b, S) { return std::fma(a, 3.0f, b); }),
      single("v_mullit_f32 v20, v4, v5, v6", 3, mullit),
      // Products that are rounded before the addition.
      single("v_mad_f32 v20, v4, v5, v6", 3, [=](S a, S b, S c) { return thenAdd(a * b, c); }),
      single("v_mad_legacy_f32 v20, v4, v5, v6", 3,
             [=](S a, S b, S c) { return thenAdd(zeroWins(a, b), c); }),
      single("v_mov_b32 v20, v6\n>v_mac_f32 v20, v4, v5", 3,
             [=](S a, S b, S c) { return thenAdd(a * b, c); }),
      single("v_madak_f32 v20, v4, v5, 0x40400000", 2,
             [=](S a, S b, S) { return thenAdd(a * b, 3); }),
      single("v_madmk_f32 v20, v4, 0x40400000, v5", 2,
             [=](S a, S b, S) { return thenAdd(a * 3, b); }),
      single("v_fract_f32 v20, v4", 1,
             [](S a, S, S) {
               const S r = a - std::floor(a);
               return r > 0x1.fffffep-1f ? 0x1.fffffep-1f : r;
             }),
      anyChip(
          "v_pk_add_f32 v[20:21], v[4:5], v[6:7] neg_lo:[0,1] neg_hi:[1,0]", 4, 2,
          [](const uint32_t *in, uint32_t *out) {
            out[0] = bitsOf(floatOf(in[0]) - floatOf(in[2]));
            out[1] = bitsOf(floatOf(in[3]) - floatOf(in[1]));
          },
          32),
  };
  checkOperations(cases, singles);
}

template <typename T> T significandOf(T v) {
  int e = 0;
  return v == 0 || !std::isfinite(v) ? v : std::frexp(v, &e);
}
template <typename T> int exponentOf(T v) {
  int e = 0;
  if (v != 0 && std::isfinite(v)) {
    std::frexp(v, &e);
  }
  return e;
}

TEST(FloatFamily, Parts) {
  checkOperations(
      std::vector<OperationCase>{
          single("v_frexp_mant_f32 v20, v4", 1, [](S a, S, S) { return significandOf(a); }),
          word("v_frexp_exp_i32_f32 v20, v4", 1,
               [](const uint32_t *in) { return exponentOf(floatOf(in[0])); }),
          single("v_ldexp_f32 v20, v4, v5", 2,
                 [](S a, S b, S) {
                   return std::ldexp(a, std::max(std::bit_cast<int32_t>(b), -100000));
                 }),
      },
      singles);
  checkOperations(
      std::vector<OperationCase>{
          twoWords("v_frexp_mant_f64 v[20:21], v[4:5]", 1,
                   [](D a, D, D) { return significandOf(a); }),
          word("v_frexp_exp_i32_f64 v20, v[4:5]", 2,
               [](const uint32_t *in) { return exponentOf(doubleOf(in)); }),
          twoWords("v_fract_f64 v[20:21], v[4:5]", 1,
                   [](D a, D, D) {
                     const D r = a - std::floor(a);
                     return r > 0x1.fffffffffffffp-1 ? 0x1.fffffffffffffp-1 : r;
                   }),
          twoWords("v_floor_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return std::floor(a); }),
          twoWords("v_ceil_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return std::ceil(a); }),
          twoWords("v_trunc_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return std::trunc(a); }),
          twoWords("v_rndne_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return std::nearbyint(a); }),
          anyChip(
              "v_ldexp_f64 v[20:21], v[4:5], v6", 3, 2,
              [](const uint32_t *in, uint32_t *out) {
                const int e = std::max(int32_t(in[2]), -100000);
                putWide(out, std::bit_cast<uint64_t>(std::ldexp(doubleOf(in), e)));
              },
              64),
          twoWords("v_min_f64 v[20:21], v[4:5], v[6:7]", 2,
                   [](D a, D b, D) { return least(a, b); }),
          twoWords("v_max_f64 v[20:21], v[4:5], v[6:7]", 2, [](D a, D b, D) { return most(a, b); }),
          twoWords("v_minimum_f64 v[20:21], v[4:5], v[6:7]", 2,
                   [](D a, D b, D) { return leastOrNan(a, b); }),
          twoWords("v_maximum_f64 v[20:21], v[4:5], v[6:7]", 2,
                   [](D a, D b, D) { return mostOrNan(a, b); }),
          twoWords("v_mov_b32 v20, v8\nv_mov_b32 v21, v9\n>v_fmac_f64 v[20:21], v[4:5], v[6:7]", 3,
                   [](D a, D b, D c) { return std::fma(a, b, c); }),
          anyChip("v_mov_b64 v[20:21], v[4:5]", 2, 2,
                  [](const uint32_t *in, uint32_t *out) { putWide(out, wide(in)); }),
      },
      doubles);
}

S flushed(S v) {
  return std::fpclassify(v) == FP_SUBNORMAL ? std::copysign(0.0f, v) : v;
}

TEST(FloatFamily, Transcendental) {
  const double pi = std::acos(-1.0);
  const auto turns = [pi](D a) { return (a - std::trunc(a)) * 2 * pi; };
  std::vector<OperationCase> cases = {
      single("v_rsq_f32 v20, v4", 1, [](S a, S, S) { return 1 / std::sqrt(flushed(a)); }),
      single("v_rcp_iflag_f32 v20, v4", 1, [](S a, S, S) { return flushed(1 / flushed(a)); }),
      single("v_sin_f32 v20, v4", 1,
             [=](S a, S, S) {
               return std::fabs(a) > 256 && std::isfinite(a)
                          ? 0
                          : flushed(S(std::sin(turns(flushed(a)))));
             }),
      single("v_cos_f32 v20, v4", 1,
             [=](S a, S, S) {
               return std::fabs(a) > 256 && std::isfinite(a) ? 1 : flushed(S(std::cos(turns(a))));
             }),
      single("v_exp_legacy_f32 v20, v4", 1,
             [](S a, S, S) { return flushed(std::exp2(flushed(a))); }),
      single("v_log_legacy_f32 v20, v4", 1, [](S a, S, S) { return std::log2(flushed(a)); }),
  };
  for (OperationCase &test : cases) {
    test.relativeError = 1.2e-7f; // one unit in the last place
  }
  checkOperations(cases, singles);
  std::vector<OperationCase> wideCases = {
      twoWords("v_rcp_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return 1 / a; }),
      twoWords("v_rsq_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return 1 / std::sqrt(a); }),
      twoWords("v_sqrt_f64 v[20:21], v[4:5]", 1, [](D a, D, D) { return std::sqrt(a); }),
  };
  for (OperationCase &test : wideCases) {
    test.relativeError = 1e-7f; // the manuals promise single precision at most
  }
  checkOperations(wideCases, doubles);
}

} // namespace
} // namespace qcc::emulator::test
