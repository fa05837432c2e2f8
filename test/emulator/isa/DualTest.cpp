// Dual instructions (VOPD): both halves read before either writes.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <vector>

namespace qcc::emulator::test {
namespace {

using In = const uint32_t *;

constexpr uint32_t edges[] = {0x00000000, 0x80000000, 0x3f800000, 0xbfc00000,
                              0x40490fdb, 0x7f7fffff, 0x7f800000, 0xff800000,
                              0x3c003e00, 0x42284228, 0x00000021, 0x7fc00000};

/// One half of a dual instruction: sources are in[0] and in[1], its own result before in[2].
struct HalfCase {
  std::string name;     // behind "v_dual_"
  std::string operands; // behind the destination: A and B stand for the sources
  std::function<uint32_t(In in)> result;
};

float f(In in, unsigned n) {
  return floatOf(in[n]);
}
uint32_t dotHalves(In in) {
  return bitsOf(std::fma(singleOf(in[0] >> 16), singleOf(in[1] >> 16),
                         std::fma(singleOf(in[0]), singleOf(in[1]), f(in, 2))));
}
uint32_t dotBfloats(In in) {
  const auto low = [](uint32_t u) { return floatOf(u << 16); };
  const auto high = [](uint32_t u) { return floatOf(u & 0xffff0000); };
  return bitsOf(std::fma(high(in[0]), high(in[1]), std::fma(low(in[0]), low(in[1]), f(in, 2))));
}

std::vector<HalfCase> halvesOf() {
  const auto zeroWins = [](float a, float b) { return a == 0 || b == 0 ? 0.0f : a * b; };
  return {
      {"fmac_f32", "A, B", [](In in) { return bitsOf(std::fma(f(in, 0), f(in, 1), f(in, 2))); }},
      {"fmaak_f32", "A, B, 0x40400000",
       [](In in) { return bitsOf(std::fma(f(in, 0), f(in, 1), 3.0f)); }},
      {"fmamk_f32", "A, 0x40400000, B",
       [](In in) { return bitsOf(std::fma(f(in, 0), 3.0f, f(in, 1))); }},
      {"mul_f32", "A, B", [](In in) { return bitsOf(f(in, 0) * f(in, 1)); }},
      {"add_f32", "A, B", [](In in) { return bitsOf(f(in, 0) + f(in, 1)); }},
      {"sub_f32", "A, B", [](In in) { return bitsOf(f(in, 0) - f(in, 1)); }},
      {"subrev_f32", "A, B", [](In in) { return bitsOf(f(in, 1) - f(in, 0)); }},
      {"mul_dx9_zero_f32", "A, B", [=](In in) { return bitsOf(zeroWins(f(in, 0), f(in, 1))); }},
      {"mov_b32", "A", [](In in) { return in[0]; }},
      {"cndmask_b32", "A, B", [](In in) { return in[1]; }}, // VCC is all ones
      {"max_f32", "A, B", [](In in) { return bitsOf(most(f(in, 0), f(in, 1))); }},
      {"min_f32", "A, B", [](In in) { return bitsOf(least(f(in, 0), f(in, 1))); }},
      {"max_num_f32", "A, B", [](In in) { return bitsOf(most(f(in, 0), f(in, 1))); }},
      {"min_num_f32", "A, B", [](In in) { return bitsOf(least(f(in, 0), f(in, 1))); }},
      {"dot2acc_f32_f16", "A, B", dotHalves},
      {"dot2acc_f32_bf16", "A, B", dotBfloats},
      {"add_nc_u32", "A, B", [](In in) { return in[0] + in[1]; }},
      {"lshlrev_b32", "A, B", [](In in) { return in[1] << (in[0] & 31); }},
      {"and_b32", "A, B", [](In in) { return in[0] & in[1]; }},
  };
}

std::string spelled(const HalfCase &half, const std::string &dst, const std::string &a,
                    const std::string &b) {
  std::string operands = half.operands;
  operands.replace(operands.find('A'), 1, a);
  if (const size_t at = operands.find('B'); at != std::string::npos) {
    operands.replace(at, 1, b);
  }
  return "v_dual_" + half.name + " " + dst + ", " + operands;
}

TEST(Dual, EveryHalf) {
  const auto halves = halvesOf();
  const HalfCase partner{"mov_b32", "A", [](In in) { return in[0]; }};
  const HalfCase other{"add_f32", "A, B", [](In in) { return bitsOf(f(in, 0) + f(in, 1)); }};
  for (const std::string chip : {"gfx1100", "gfx1201"}) {
    const std::string before = "v_mov_b32 v20, v8\nv_mov_b32 v21, v9\ns_mov_b32 vcc_lo, -1\n>";
    for (const HalfCase &half : halves) {
      for (bool second : {false, true}) {
        const HalfCase &x = second ? other : half, &y = second ? half : partner;
        const std::string line =
            spelled(x, "v20", "v4", "v6") + " :: " + spelled(y, "v21", "v5", "v7");
        const bool renamed =
            chip == "gfx1201" && (half.name == "max_f32" || half.name == "min_f32");
        if (renamed || !assembles(chip, line)) {
          continue;
        }
        const OperationCase test{before + line,
                                 chip,
                                 6,
                                 2,
                                 [&](In in, uint32_t *out) {
                                   const uint32_t first[] = {in[0], in[2], in[4]};
                                   const uint32_t next[] = {in[1], in[3], in[5]};
                                   out[0] = x.result(first);
                                   out[1] = y.result(next);
                                 },
                                 32};
        checkOperations({&test, 1}, edges);
        ASSERT_FALSE(HasFailure()) << chip << " " << line;
      }
    }
  }
}

TEST(Dual, BothReadBeforeEitherWrites) {
  for (const char *chip : {"gfx1100", "gfx1201"}) {
    const auto out = runVector(chip, {"v_mov_b32 v20, v4\nv_mov_b32 v21, v5\n"
                                      ">v_dual_mov_b32 v20, v21 :: v_dual_mov_b32 v21, v20",
                                      {{11}, {22}},
                                      2});
    EXPECT_EQ(out[0][3], 22u) << chip;
    EXPECT_EQ(out[1][3], 11u) << chip;
  }
}

} // namespace
} // namespace qcc::emulator::test
