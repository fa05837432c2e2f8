// gfx12's scalar floating point.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"
#include "test/emulator/isa/ScalarOperations.h"

#include <gtest/gtest.h>

#include <vector>

namespace qcc::emulator::test {
namespace {

using u64 = uint64_t;
using u32 = uint32_t;
using D = double;

/// Singles, whose low halves are halves of many kinds.
constexpr u64 edges[] = {0x00000000, 0x80000000, 0x3f803c00, 0xbf80bc00, 0x40490001, 0x7f7f7bff,
                         0x7f807c00, 0xff80fc00, 0x00018400, 0x4f000400, 0xcf003555, 0x3f004248,
                         0x4effffff, 0x7fc07e00, 0x3fc0fbff, 0x477ff000, 0x33000001, 0x42f6ba00};

struct Real {
  const char *type;
  double (*value)(u64 bits);
  u32 (*bitsOf)(double v);
};
u32 singleBits(double v) {
  return std::isnan(v) ? 0x7fc00000 : std::bit_cast<u32>(float(v));
}
u32 halfBits(double v) {
  return halfOf(v);
}
const Real reals[] = {{"f32", [](u64 u) { return double(floatOf(u32(u))); }, singleBits},
                      {"f16", [](u64 u) { return double(singleOf(u32(u))); }, halfBits}};

void put(ScalarState &s, u32 v) {
  s.d = (s.d & 0xffffffff00000000) | v;
}
ScalarOperation row(const std::string &text, const Real &real, double (*f)(D a, D b, D c)) {
  return {text, "?",
          [real, f](u64 a, u64 b, ScalarState &s) {
            put(s, real.bitsOf(f(real.value(a), real.value(b), real.value(s.d))));
          },
          real.type[1] == '3' ? 32u : 16u};
}

TEST(ScalarFloat, Arithmetic) {
  std::vector<ScalarOperation> list;
  for (const Real &real : reals) {
    const std::string type = std::string("_") + real.type;
    const auto two = [&](const std::string &name, double (*f)(D, D, D)) {
      list.push_back(row("s_" + name + type + " s20, s8, s10", real, f));
    };
    const auto one = [&](const std::string &name, double (*f)(D, D, D)) {
      list.push_back(row("s_" + name + type + " s20, s8", real, f));
    };
    two("add", [](D a, D b, D) { return a + b; });
    two("sub", [](D a, D b, D) { return a - b; });
    two("mul", [](D a, D b, D) { return a * b; });
    two("min_num", [](D a, D b, D) { return least(a, b); });
    two("max_num", [](D a, D b, D) { return most(a, b); });
    two("minimum", [](D a, D b, D) { return leastOrNan(a, b); });
    two("maximum", [](D a, D b, D) { return mostOrNan(a, b); });
    one("ceil", [](D a, D, D) { return std::ceil(a); });
    one("floor", [](D a, D, D) { return std::floor(a); });
    one("trunc", [](D a, D, D) { return std::trunc(a); });
    one("rndne", [](D a, D, D) { return std::nearbyint(a); });
  }
  const auto fused = [](float a, float b, float c) { return singleBits(std::fma(a, b, c)); };
  list.push_back({"s_fmac_f32 s20, s8, s10", "?",
                  [=](u64 a, u64 b, ScalarState &s) {
                    put(s, fused(floatOf(u32(a)), floatOf(u32(b)), floatOf(u32(s.d))));
                  },
                  32});
  list.push_back(
      {"s_fmaak_f32 s20, s8, s10, 0x40400000", "?",
       [=](u64 a, u64 b, ScalarState &s) { put(s, fused(floatOf(u32(a)), floatOf(u32(b)), 3)); },
       32});
  list.push_back(
      {"s_fmamk_f32 s20, s8, 0x40400000, s10", "?",
       [=](u64 a, u64 b, ScalarState &s) { put(s, fused(floatOf(u32(a)), 3, floatOf(u32(b)))); },
       32});
  list.push_back(row("s_fmac_f16 s20, s8, s10", reals[1], [](D a, D b, D c) { return a * b + c; }));
  checkScalarOperations(list, edges);
}

u32 towardZero(double v) {
  const u32 nearest = halfOf(v);
  const bool away = std::isfinite(v) && std::fabs(singleOf(nearest)) > std::fabs(v);
  return away ? nearest - 1 : nearest;
}

TEST(ScalarFloat, Conversions) {
  const auto single = [](u64 a) { return double(floatOf(u32(a))); };
  const auto clamped = [](double v, double low, double high) {
    return std::isnan(v) ? 0 : int64_t(std::trunc(std::fmin(std::fmax(v, low), high)));
  };
  const std::vector<ScalarOperation> list = {
      {"s_cvt_f32_i32 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { put(s, singleBits(float(int32_t(a)))); }},
      {"s_cvt_f32_u32 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { put(s, singleBits(float(u32(a)))); }},
      {"s_cvt_i32_f32 s20, s8", "?",
       [=](u64 a, u64, ScalarState &s) {
         put(s, u32(clamped(single(a), -2147483648.0, 2147483647.0)));
       }},
      {"s_cvt_u32_f32 s20, s8", "?",
       [=](u64 a, u64, ScalarState &s) { put(s, u32(clamped(single(a), 0, 4294967295.0))); }},
      {"s_cvt_f16_f32 s20, s8", "?", [=](u64 a, u64, ScalarState &s) { put(s, halfOf(single(a))); },
       16},
      {"s_cvt_f32_f16 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { put(s, singleBits(singleOf(u32(a)))); }, 32},
      {"s_cvt_hi_f32_f16 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { put(s, singleBits(singleOf(u32(a) >> 16))); }, 32},
      {"s_cvt_pk_rtz_f16_f32 s20, s8, s10", "?",
       [=](u64 a, u64 b, ScalarState &s) {
         put(s, towardZero(single(a)) | towardZero(single(b)) << 16);
       },
       16},
  };
  checkScalarOperations(list, edges);
}

TEST(ScalarFloat, Comparisons) {
  struct Relation {
    const char *name;
    bool (*holds)(D a, D b);
  };
  const Relation relations[] = {{"lt", [](D a, D b) { return a < b; }},
                                {"eq", [](D a, D b) { return a == b; }},
                                {"le", [](D a, D b) { return a <= b; }},
                                {"gt", [](D a, D b) { return a > b; }},
                                {"lg", [](D a, D b) { return a < b || a > b; }},
                                {"ge", [](D a, D b) { return a >= b; }},
                                {"o", [](D a, D b) { return !std::isnan(a) && !std::isnan(b); }},
                                {"u", [](D a, D b) { return std::isnan(a) || std::isnan(b); }},
                                {"nge", [](D a, D b) { return !(a >= b); }},
                                {"nlg", [](D a, D b) { return !(a < b || a > b); }},
                                {"ngt", [](D a, D b) { return !(a > b); }},
                                {"nle", [](D a, D b) { return !(a <= b); }},
                                {"neq", [](D a, D b) { return !(a == b); }},
                                {"nlt", [](D a, D b) { return !(a < b); }}};
  std::vector<ScalarOperation> list;
  for (const Real &real : reals) {
    for (const Relation &relation : relations) {
      list.push_back({std::string("s_cmp_") + relation.name + "_" + real.type + " s8, s10", "?",
                      [real, relation](u64 a, u64 b, ScalarState &s) {
                        s.scc = relation.holds(real.value(a), real.value(b));
                      }});
    }
  }
  checkScalarOperations(list, edges);
}

TEST(ScalarFloat, Transcendental) {
  struct Function {
    const char *name;
    double (*f)(D a, D b, D c);
  };
  const Function functions[] = {{"exp", [](D a, D, D) { return std::exp2(a); }},
                                {"log", [](D a, D, D) { return std::log2(a); }},
                                {"rcp", [](D a, D, D) { return 1 / a; }},
                                {"rsq", [](D a, D, D) { return 1 / std::sqrt(a); }},
                                {"sqrt", [](D a, D, D) { return std::sqrt(a); }}};
  // Denormal singles count as zero.
  constexpr u64 normal[] = {0x00000000, 0x80000000, 0x3f803c00, 0xbf80bc00, 0x40490fdb, 0x7f7f7bff,
                            0x7f807c00, 0xff80fc00, 0x41203555, 0x3f004248, 0x7fc07e00, 0x33000001};
  std::vector<ScalarOperation> list;
  for (const Function &function : functions) {
    for (const Real &real : reals) {
      list.push_back(row(std::string("v_s_") + function.name + "_" + real.type + " s20, s8", real,
                         function.f));
      list.back().relativeError = 1.2e-7f;
    }
  }
  std::vector<u64> inputs(std::begin(normal), std::end(normal));
  std::erase(inputs, 0x7f7f7bff); // its reciprocal is denormal, which may be flushed
  checkScalarOperations(list, inputs);
}

} // namespace
} // namespace qcc::emulator::test
