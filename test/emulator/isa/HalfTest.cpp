// Half precision vector instructions.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <vector>

namespace qcc::emulator::test {
namespace {

// Two halves a word; the upper ones are what op_sel reaches.
constexpr uint32_t halves[] = {0x00000000, 0x80003c00, 0x3c018000, 0x00010400, 0x83ff7bff,
                               0xfbff0001, 0x7c003c00, 0xfc007c00, 0x3555b555, 0x40004248,
                               0x64006401, 0x03ff0400, 0x2e662e66, 0xbc00c000, 0x11112222,
                               0x7e007d01, 0xfe550000, 0x00007bff, 0x3bff3800, 0xc600fbff};

/// A row whose sources and result are halves, computed exactly and rounded once.
template <typename F> OperationCase half(const std::string &text, unsigned sources, F f) {
  return anyChip(
      text, sources, 1,
      [f](const uint32_t *in, uint32_t *out) {
        out[0] =
            halfOf(f(double(singleOf(in[0])), double(singleOf(in[1])), double(singleOf(in[2]))));
      },
      16);
}
using D = double;

TEST(Half, Arithmetic) {
  std::vector<OperationCase> cases = {
      half("v_add_f16 v20, v4, v5", 2, [](D a, D b, D) { return a + b; }),
      half("v_sub_f16 v20, v4, v5", 2, [](D a, D b, D) { return a - b; }),
      half("v_subrev_f16 v20, v4, v5", 2, [](D a, D b, D) { return b - a; }),
      half("v_mul_f16 v20, v4, v5", 2, [](D a, D b, D) { return a * b; }),
      half("v_mul_f16 v20, -v4, |v5| clamp", 2,
           [](D a, D b, D) {
             const double r = -a * std::fabs(b);
             return r > 1 ? 1.0 : r > 0 ? r : 0.0;
           }),
      half("v_fma_f16 v20, v4, v5, v6", 3, [](D a, D b, D c) { return a * b + c; }),
      half("v_fma_legacy_f16 v20, v4, v5, v6", 3, [](D a, D b, D c) { return a * b + c; }),
      half("v_and_b32 v20, 0xffff, v6\n>v_fmac_f16 v20, v4, v5", 3,
           [](D a, D b, D c) { return a * b + c; }),
      half("v_fmaak_f16 v20, v4, v5, 0x4200", 2, [](D a, D b, D) { return a * b + 3; }),
      half("v_fmamk_f16 v20, v4, 0x4200, v5", 2, [](D a, D b, D) { return a * 3 + b; }),
      half("v_add_f16 v20, v4, 0.15915494", 1, [](D a, D, D) { return a + singleOf(0x3118); }),
  };
  const auto twice = [](D a, D b, D c) { return singleOf(halfOf(a * b)) + c; };
  for (const char *text : {"v_mad_f16 v20, v4, v5, v6", "v_mad_legacy_f16 v20, v4, v5, v6",
                           "v_and_b32 v20, 0xffff, v6\n>v_mac_f16 v20, v4, v5"}) {
    cases.push_back(half(text, 3, twice));
  }
  checkOperations(cases, halves);
}

TEST(Half, MultiplyAddWithConstants) {
  // gfx9's v_madak and v_madmk round the product and the sum.
  const OperationCase cases[] = {
      half("v_madak_f16 v20, v4, v5, 0x4200", 2,
           [](D a, D b, D) { return singleOf(halfOf(a * b)) + 3; }),
      half("v_madmk_f16 v20, v4, 0x4200, v5", 2,
           [](D a, D b, D) { return singleOf(halfOf(a * 3)) + b; }),
  };
  checkOperations(cases, halves);
}

TEST(Half, MinimumAndMaximum) {
  std::vector<OperationCase> cases;
  const auto add = [&](std::initializer_list<const char *> names, unsigned sources, auto f) {
    for (std::string name : names) {
      cases.push_back(
          half(name + (sources == 2 ? " v20, v4, v5" : " v20, v4, v5, v6"), sources, f));
    }
  };
  add({"v_min_f16", "v_min_num_f16"}, 2, [](D a, D b, D) { return least(a, b); });
  add({"v_max_f16", "v_max_num_f16"}, 2, [](D a, D b, D) { return most(a, b); });
  add({"v_minimum_f16"}, 2, [](D a, D b, D) { return leastOrNan(a, b); });
  add({"v_maximum_f16"}, 2, [](D a, D b, D) { return mostOrNan(a, b); });
  add({"v_min3_f16", "v_min3_num_f16"}, 3, [](D a, D b, D c) { return least(least(a, b), c); });
  add({"v_max3_f16", "v_max3_num_f16"}, 3, [](D a, D b, D c) { return most(most(a, b), c); });
  add({"v_med3_f16", "v_med3_num_f16"}, 3, [](D a, D b, D c) { return middle(a, b, c); });
  add({"v_minmax_f16", "v_minmax_num_f16"}, 3, [](D a, D b, D c) { return most(least(a, b), c); });
  add({"v_maxmin_f16", "v_maxmin_num_f16"}, 3, [](D a, D b, D c) { return least(most(a, b), c); });
  add({"v_minimum3_f16"}, 3, [](D a, D b, D c) { return leastOrNan(leastOrNan(a, b), c); });
  add({"v_maximum3_f16"}, 3, [](D a, D b, D c) { return mostOrNan(mostOrNan(a, b), c); });
  add({"v_minimummaximum_f16"}, 3, [](D a, D b, D c) { return mostOrNan(leastOrNan(a, b), c); });
  add({"v_maximumminimum_f16"}, 3, [](D a, D b, D c) { return leastOrNan(mostOrNan(a, b), c); });
  checkOperations(cases, halves);
}

double mantissaOf(double v) {
  int exponent = 0;
  return v == 0 || !std::isfinite(v) ? v : std::frexp(v, &exponent);
}
int exponentOf(double v) {
  int exponent = 0;
  if (v != 0 && std::isfinite(v)) {
    std::frexp(v, &exponent);
  }
  return exponent;
}

TEST(Half, RoundingAndParts) {
  const OperationCase cases[] = {
      half("v_floor_f16 v20, v4", 1, [](D a, D, D) { return std::floor(a); }),
      half("v_ceil_f16 v20, v4", 1, [](D a, D, D) { return std::ceil(a); }),
      half("v_trunc_f16 v20, v4", 1, [](D a, D, D) { return std::trunc(a); }),
      half("v_rndne_f16 v20, v4", 1, [](D a, D, D) { return std::nearbyint(a); }),
      half("v_fract_f16 v20, v4", 1,
           [](D a, D, D) {
             const double r = a - std::floor(a);
             return r > 0x1.ffcp-1 ? 0x1.ffcp-1 : r;
           }),
      half("v_frexp_mant_f16 v20, v4", 1, [](D a, D, D) { return mantissaOf(a); }),
      anyChip("v_frexp_exp_i16_f16 v20, v4", 1, 1,
              [](const uint32_t *in, uint32_t *out) {
                out[0] = uint16_t(exponentOf(singleOf(in[0])));
              }),
      anyChip(
          "v_ldexp_f16 v20, v4, v5", 2, 1,
          [](const uint32_t *in, uint32_t *out) {
            out[0] = halfOf(std::ldexp(double(singleOf(in[0])), int16_t(in[1])));
          },
          16),
      anyChip("v_pack_b32_f16 v20, v4, v5", 2, 1,
              [](const uint32_t *in, uint32_t *out) { out[0] = (in[0] & 0xffff) | in[1] << 16; }),
      anyChip("v_pack_b32_f16 v20, v4, v5 op_sel:[1,0,0]", 2, 1,
              [](const uint32_t *in, uint32_t *out) { out[0] = in[0] >> 16 | in[1] << 16; }),
      anyChip("v_mov_b16 v20.l, v4.h", 1, 1,
              [](const uint32_t *in, uint32_t *out) { out[0] = in[0] >> 16; }),
      anyChip("v_mov_b32 v20, v5\n>v_mov_b16 v20.h, v4.l", 2, 1,
              [](const uint32_t *in, uint32_t *out) { out[0] = (in[1] & 0xffff) | in[0] << 16; }),
      anyChip("v_mov_b32 v20, v5\nv_mov_b32 v21, v4\n>v_swap_b16 v20.h, v21.l", 2, 2,
              [](const uint32_t *in, uint32_t *out) {
                out[0] = (in[1] & 0xffff) | in[0] << 16;
                out[1] = (in[0] & 0xffff0000) | in[1] >> 16;
              }),
  };
  checkOperations(cases, halves);
}

TEST(Half, Transcendental) {
  const double pi = std::acos(-1.0);
  const auto inTurns = [pi](double a, auto f) { return f((a - std::trunc(a)) * 2 * pi); };
  OperationCase cases[] = {
      half("v_rcp_f16 v20, v4", 1, [](D a, D, D) { return 1 / a; }),
      half("v_sqrt_f16 v20, v4", 1, [](D a, D, D) { return std::sqrt(a); }),
      half("v_rsq_f16 v20, v4", 1, [](D a, D, D) { return 1 / std::sqrt(a); }),
      half("v_exp_f16 v20, v4", 1, [](D a, D, D) { return std::exp2(a); }),
      half("v_log_f16 v20, v4", 1, [](D a, D, D) { return std::log2(a); }),
      half("v_sin_f16 v20, v4", 1,
           [=](D a, D, D) {
             return std::fabs(a) > 256 && std::isfinite(a)
                        ? 0
                        : inTurns(a, [](D x) { return std::sin(x); });
           }),
      half("v_cos_f16 v20, v4", 1,
           [=](D a, D, D) {
             return std::fabs(a) > 256 && std::isfinite(a)
                        ? 1
                        : inTurns(a, [](D x) { return std::cos(x); });
           }),
  };
  for (OperationCase &test : cases) {
    test.relativeError = 1e-3f; // one unit in the last place: the manuals promise no more
  }
  checkOperations(cases, halves);
}

double divisionFixed(double quotient, double b, double c) {
  const bool negative = std::signbit(b) != std::signbit(c);
  const auto withSign = [negative](double v) { return negative ? -v : v; };
  if (std::isnan(c) || std::isnan(b) || (b == 0 && c == 0) || (std::isinf(b) && std::isinf(c))) {
    return NAN;
  }
  if (b == 0 || std::isinf(c)) {
    return withSign(INFINITY);
  }
  if (std::isinf(b) || c == 0) {
    return withSign(0.0);
  }
  return withSign(std::fabs(quotient));
}

TEST(Half, Division) {
  const OperationCase cases[] = {
      half("v_div_fixup_f16 v20, v4, v5, v6", 3, divisionFixed),
      half("v_div_fixup_legacy_f16 v20, v4, v5, v6", 3, divisionFixed),
  };
  checkOperations(cases, halves);
}

TEST(Half, Packed) {
  std::vector<OperationCase> cases;
  const auto add = [&](const std::string &text, unsigned sources, auto f) {
    cases.push_back(anyChip(
        text, sources, 1,
        [f](const uint32_t *in, uint32_t *out) {
          uint32_t r[2];
          for (int n = 0; n < 2; ++n) {
            const D a = singleOf(in[0] >> 16 * n), b = singleOf(in[1] >> 16 * n),
                    c = singleOf(in[2] >> 16 * n);
            r[n] = halfOf(f(a, b, c));
          }
          out[0] = r[0] | r[1] << 16;
        },
        16));
  };
  for (std::string name : {"v_pk_min_f16", "v_pk_min_num_f16"}) {
    add(name + " v20, v4, v5", 2, [](D a, D b, D) { return least(a, b); });
  }
  for (std::string name : {"v_pk_max_f16", "v_pk_max_num_f16"}) {
    add(name + " v20, v4, v5", 2, [](D a, D b, D) { return most(a, b); });
  }
  add("v_pk_minimum_f16 v20, v4, v5", 2, [](D a, D b, D) { return leastOrNan(a, b); });
  add("v_pk_maximum_f16 v20, v4, v5", 2, [](D a, D b, D) { return mostOrNan(a, b); });
  add("v_pk_minimum3_f16 v20, v4, v5, v6", 3,
      [](D a, D b, D c) { return leastOrNan(leastOrNan(a, b), c); });
  add("v_pk_maximum3_f16 v20, v4, v5, v6", 3,
      [](D a, D b, D c) { return mostOrNan(mostOrNan(a, b), c); });
  add("v_mov_b32 v20, v6\n>v_pk_fmac_f16 v20, v4, v5", 3, [](D a, D b, D c) { return a * b + c; });
  checkOperations(cases, halves);
}

} // namespace
} // namespace qcc::emulator::test
