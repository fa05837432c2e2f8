// MODE's rounding and denormal fields: those for single precision apart from those for half and
// double precision.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <cfenv>

namespace qcc::emulator::test {
namespace {

constexpr const char *chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

/// Runs `text` over the words with MODE's low bits set to `mode`; v20 and v21.
std::vector<Lanes> underMode(const std::string &chip, unsigned mode, const std::string &text,
                             const std::vector<Lanes> &inputs) {
  const std::string set = "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 8), ";
  return runVector(chip,
                   {">" + set + std::to_string(mode) + "\n" + text, inputs, 2, "", set + "0xf0"});
}

/// Rounding fields' values as the host's.
constexpr int directions[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};

template <typename F> auto inDirection(unsigned field, F f) {
  std::fesetround(directions[field]);
  auto r = f();
  std::fesetround(FE_TONEAREST);
  return r;
}

TEST(Mode, RoundingOfEachPrecision) {
  const float one = 1.0f, third = 1.0f / 3;
  const volatile double big = 1.0, small = -1e-20;
  for (const char *chip : chips) {
    for (unsigned single = 0; single < 4; ++single) {
      for (unsigned wider = 0; wider < 4; ++wider) {
        const unsigned mode = 0xf0 | wider << 2 | single;
        auto out = underMode(chip, mode, "v_mul_f32 v20, v4, v5\nv_add_f32 v21, v4, v5",
                             {{bitsOf(third)}, {bitsOf(third)}});
        const volatile float x = third;
        EXPECT_EQ(out[0][0], bitsOf(inDirection(single, [&] { return x * x; }))) << chip << mode;
        out = underMode(chip, mode, "v_add_f64 v[20:21], v[4:5], v[6:7]",
                        {{0},
                         {0x3ff00000},
                         {uint32_t(std::bit_cast<uint64_t>(double(small)))},
                         {uint32_t(std::bit_cast<uint64_t>(double(small)) >> 32)}});
        const double sum = inDirection(wider, [&] { return big + small; });
        EXPECT_EQ(out[0][0] | uint64_t(out[1][0]) << 32, std::bit_cast<uint64_t>(sum))
            << chip << " " << mode;
        (void)one;
      }
    }
  }
}

TEST(Mode, RoundingOfHalves) {
  // 1 + 2^-12 and 65520 lie between halves; so does their negation.
  struct Row {
    uint32_t a, b;
    uint16_t expected[4]; // nearest, up, down, toward zero
  };
  const Row rows[] = {
      {0x3c00, 0x0c00, {0x3c00, 0x3c01, 0x3c00, 0x3c00}},
      {0xbc00, 0x8c00, {0xbc00, 0xbc00, 0xbc01, 0xbc00}},
      {0x7bff, 0x4c00, {0x7c00, 0x7c00, 0x7bff, 0x7bff}},
      {0xfbff, 0xcc00, {0xfc00, 0xfbff, 0xfc00, 0xfbff}},
      {0x7bff, 0x7bff, {0x7c00, 0x7c00, 0x7bff, 0x7bff}},
  };
  for (const char *chip : chips) {
    for (unsigned wider = 0; wider < 4; ++wider) {
      for (const Row &row : rows) {
        const auto out = underMode(chip, 0xf0 | wider << 2,
                                   "v_add_f16 v20, v4, v5\nv_mov_b32 v21, 0", {{row.a}, {row.b}});
        EXPECT_EQ(out[0][0], row.expected[wider]) << chip << " " << wider << " " << row.a;
      }
    }
  }
}

TEST(Mode, DenormalsOfEachPrecision) {
  for (const char *chip : chips) {
    for (unsigned single = 0; single < 4; ++single) {
      for (unsigned wider = 0; wider < 4; ++wider) {
        const unsigned mode = wider << 6 | single << 4;
        // A denormal times one: needs the input's bit and the result's.
        auto out = underMode(chip, mode,
                             "v_mul_f32 v20, v4, 1.0\nv_mov_b32 v21, 0\nv_mul_f16 v21, v5, 1.0",
                             {{0x80000003}, {0x8003}});
        EXPECT_EQ(out[0][0], single == 3 ? 0x80000003 : 0x80000000) << chip << mode;
        EXPECT_EQ(out[1][0], wider == 3 ? 0x8003u : 0x8000u) << chip << " " << mode;
        // Two normals whose product is denormal: the result's bit alone.
        out = underMode(chip, mode,
                        "v_mul_f32 v20, v4, 0.5\nv_mov_b32 v21, 0\nv_pk_mul_f16 v21, v5, v6",
                        {{0x00800000}, {0x04000400}, {0x38003800}});
        EXPECT_EQ(out[0][0], (single & 2) != 0 ? 0x00400000u : 0u) << chip << mode;
        EXPECT_EQ(out[1][0], (wider & 2) != 0 ? 0x02000200u : 0u) << chip << " " << mode;
        out = underMode(chip, mode, "v_mul_f64 v[20:21], v[4:5], 0.5", {{0}, {0x00100000}});
        EXPECT_EQ(out[1][0], (wider & 2) != 0 ? 0x00080000u : 0u) << chip << " " << mode;
      }
    }
  }
}

TEST(Mode, OutputModifiers) {
  // They do nothing while denormal results are allowed; without them -0 and denormals become +0.
  constexpr uint32_t minusZero = 0x80000000, one = 0x3f800000, smallest = 0x00800000;
  for (const char *chip : chips) {
    for (bool denormals : {true, false}) {
      const unsigned mode = denormals ? 0xf0 : 0x50; // results' bits of both fields
      const auto scaled = [&](const std::string &modifier, uint32_t a) {
        return underMode(chip, mode, "v_mul_f32 v20, v4, 1.0 " + modifier + "\nv_mov_b32 v21, 0",
                         {{a}})[0][0];
      };
      EXPECT_EQ(scaled("mul:2", one), denormals ? one : 0x40000000) << chip;
      EXPECT_EQ(scaled("mul:4", one), denormals ? one : 0x40800000) << chip;
      EXPECT_EQ(scaled("div:2", one), denormals ? one : 0x3f000000) << chip;
      EXPECT_EQ(scaled("mul:2", minusZero), denormals ? minusZero : 0) << chip;
      EXPECT_EQ(scaled("div:2", smallest), denormals ? smallest : 0) << chip;
      const auto half =
          underMode(chip, mode, "v_mul_f16 v20, v4, 1.0 mul:4\nv_mov_b32 v21, 0", {{0x3c00}});
      EXPECT_EQ(half[0][0], denormals ? 0x3c00u : 0x4400u) << chip;
      const auto wide =
          underMode(chip, mode, "v_mul_f64 v[20:21], v[4:5], 1.0 mul:2", {{0}, {0x3ff00000}});
      EXPECT_EQ(wide[1][0], denormals ? 0x3ff00000u : 0x40000000u) << chip;
    }
  }
}

TEST(Mode, Fields) {
  for (const char *chip : {"gfx1100", "gfx1201"}) {
    // s_round_mode and s_denorm_mode set four bits each; s_getreg reads them back.
    auto out = runVector(chip, {">s_round_mode 6\n>s_denorm_mode 9\n"
                                ">s_getreg_b32 s10, hwreg(HW_REG_MODE, 0, 8)\nv_mov_b32 v20, s10",
                                {},
                                1,
                                "",
                                "s_round_mode 0\ns_denorm_mode 15"});
    EXPECT_EQ(out[0][0], 0x96u) << chip;
  }
  for (const char *chip : chips) {
    auto out =
        runVector(chip, {"s_movk_i32 s11, 0x15\n>s_setreg_b32 hwreg(HW_REG_MODE, 2, 3), s11\n"
                         ">s_getreg_b32 s10, hwreg(HW_REG_MODE, 1, 6)\nv_mov_b32 v20, s10",
                         {},
                         1,
                         "",
                         "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 8), 0xf0"});
    // Bits 4:2 become 5 and the rest of 0xf0 stays: 0xf4, of which bits 6:1.
    EXPECT_EQ(out[0][0], 0x3au) << chip;
  }
}

} // namespace
} // namespace qcc::emulator::test
