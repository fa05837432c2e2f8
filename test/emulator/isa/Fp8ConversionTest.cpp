// Conversions between single precision and 8-bit floats that all chips with such formats have: FNUZ
// on gfx942, OCP on gfx950 and gfx1201; every encoding, and floats at and beside every midpoint.
#include "test/emulator/isa/Harness.h"
#include "test/emulator/isa/NumberFormats.h"
#include "test/emulator/isa/Operations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace qcc::emulator::test {
namespace {

using F = Format;

struct Chip {
  const char *name;
  F fp8, bf8;
};
constexpr Chip chips[] = {
    {"gfx942", F::Fp8Fnuz, F::Bf8Fnuz}, {"gfx950", F::Fp8, F::Bf8}, {"gfx1201", F::Fp8, F::Bf8}};

/// Calls `body` with a chip, "fp8" or "bf8", and its format there.
template <typename Body> void forAll(Body body) {
  for (const Chip &chip : chips) {
    body(std::string(chip.name), std::string("fp8"), chip.fp8);
    body(std::string(chip.name), std::string("bf8"), chip.bf8);
  }
}

bool sameFloat(uint32_t got, double want) {
  return std::isnan(want) ? std::isnan(floatOf(got)) : got == bitsOf(static_cast<float>(want));
}

std::vector<float> edgesOf(F format) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> edges = {0.0f,     -0.0f,     1e-40f,   1e30f,  -1e30f,
                              infinity, -infinity, 448.0f,   464.0f, 465.0f,
                              57344.0f, 61439.0f,  61440.0f, 240.0f, 248.0f};
  for (uint32_t code = 0; code < 0x7f; ++code) {
    const double low = decode(format, code), high = decode(format, code + 1);
    if (std::isfinite(low) && std::isfinite(high)) {
      const float middle = static_cast<float>((low + high) / 2);
      edges.insert(edges.end(), {static_cast<float>(-low), middle, -middle,
                                 std::nextafterf(middle, infinity), std::nextafterf(middle, 0)});
    }
  }
  edges.push_back(std::nanf(""));
  return edges;
}

/// Calls `body` with the edges, a wave's worth at a time.
template <typename Body> void forEdges(F format, Body body) {
  const auto edges = edgesOf(format);
  for (size_t first = 0; first < edges.size(); first += 32) {
    std::vector<uint32_t> words;
    for (size_t n = 0; n < 64; ++n) {
      words.push_back(bitsOf(edges[(first + n) % edges.size()]));
    }
    body(words);
  }
}

TEST(Fp8Conversion, EveryByteToSingle) {
  forAll([](const std::string &chip, const std::string &name, F format) {
    for (unsigned byte = 0; byte < 4; ++byte) {
      const std::string n = std::to_string(byte);
      const std::string text = chip == "gfx1201"
                                   ? "v_cvt_f32_" + name + "_e64 v20, v4 byte_sel:" + n
                                   : "v_cvt_f32_" + name + "_sdwa v20, v4 src0_sel:BYTE_" + n;
      for (uint32_t first = 0; first < 256; first += 32) {
        std::vector<uint32_t> in;
        for (uint32_t lane = 0; lane < 64; ++lane) {
          in.push_back(0x5a5a5a5a ^ ((((first + lane) ^ 0x5a) & 0xff) << 8 * byte));
        }
        const auto out = runVector(chip, {text, {in}});
        for (size_t lane = 0; lane < out[0].size(); ++lane) {
          const uint32_t code = (first + static_cast<uint32_t>(lane)) & 0xff;
          ASSERT_TRUE(sameFloat(out[0][lane], decode(format, code)))
              << chip << " " << text << " of " << code << ": " << floatOf(out[0][lane]);
        }
      }
    }
  });
}

TEST(Fp8Conversion, PairsToSingle) {
  forAll([](const std::string &chip, const std::string &name, F format) {
    for (unsigned word = 0; word < 2; ++word) {
      const std::string text =
          chip == "gfx1201"
              ? "v_cvt_pk_f32_" + name + "_e64 v[20:21], v4 op_sel:[" + std::to_string(word) + ",0]"
              : "v_cvt_pk_f32_" + name + "_sdwa v[20:21], v4 src0_sel:WORD_" + std::to_string(word);
      const uint32_t pair = 0x3cb4, other = 0x7fff; // two numbers in every format
      const auto out =
          runVector(chip, {text, {{word == 0 ? other << 16 | pair : pair << 16 | other}}, 2});
      EXPECT_TRUE(sameFloat(out[0][7], decode(format, pair & 0xff))) << chip << " " << text;
      EXPECT_TRUE(sameFloat(out[1][7], decode(format, pair >> 8))) << chip << " " << text;
    }
  });
}

TEST(Fp8Conversion, PairsFromSingle) {
  forAll([](const std::string &chip, const std::string &name, F format) {
    forEdges(format, [&](const std::vector<uint32_t> &words) {
      for (unsigned word = 0; word < 2; ++word) {
        const std::string text =
            "v_cvt_pk_" + name + "_f32 v20, v4, -v4" + (word == 0 ? "" : " op_sel:[0,0,1]");
        const auto out = runVector(chip, {text, {words}, 1, "v_mov_b32 v20, 0x5a69c3b7"});
        for (size_t lane = 0; lane < out[0].size(); ++lane) {
          const double value = floatOf(words[lane]);
          const uint32_t pair = roundTo(format, value) | roundTo(format, -value) << 8;
          const uint32_t want = word == 0 ? 0x5a690000 | pair : pair << 16 | 0xc3b7;
          ASSERT_EQ(out[0][lane], want) << chip << " " << text << " of " << value;
        }
      }
    });
  });
}

/// The bits that the format drops and as many from the top of the seed are added and may carry.
TEST(Fp8Conversion, StochasticFromSingle) {
  forAll([](const std::string &chip, const std::string &name, F format) {
    for (unsigned byte = 0; byte < 4; ++byte) {
      const std::string bits = std::to_string(byte & 1) + "," + std::to_string(byte >> 1);
      const std::string text =
          "v_cvt_sr_" + name + "_f32 v20, v4, v5" +
          (chip == "gfx1201" ? " byte_sel:" + std::to_string(byte) : " op_sel:[0,0," + bits + "]");
      // 1 + 5/16 of a step; a seed of 11/16 is the first that carries.
      const unsigned mantissaBits = name == "fp8" ? 3 : 2;
      const float value = 1.0f + std::ldexp(5.0f, -4 - static_cast<int>(mantissaBits));
      for (const auto &[seed, up] : {std::pair{0xafffffffu, 0u}, std::pair{0xb0000000u, 1u},
                                     std::pair{0u, 0u}, std::pair{~0u, 1u}}) {
        const auto out =
            runVector(chip, {text, {{bitsOf(value)}, {seed}}, 1, "v_mov_b32 v20, 0x5a69c3b7"});
        const uint32_t code = roundTo(format, 1.0) + up, mask = 0xffu << 8 * byte;
        EXPECT_EQ(out[0][3], (0x5a69c3b7 & ~mask) | code << 8 * byte) << chip << " " << text;
      }
    }
    forEdges(format, [&](const std::vector<uint32_t> &words) {
      // Without a random part the value is cut off, save where the format ends.
      const auto out =
          runVector(chip, {"v_mov_b32 v20, 0\nv_cvt_sr_" + name + "_f32 v20, v4, 0", {words}});
      for (size_t lane = 0; lane < out[0].size(); ++lane) {
        const double value = floatOf(words[lane]);
        const double cut = decode(format, out[0][lane]);
        const uint32_t nearest = roundTo(format, value);
        const bool ends = !std::isfinite(decode(format, nearest)) || value == 0;
        const bool nextIsMore = !(std::fabs(decode(format, out[0][lane] + 1)) <= std::fabs(value));
        const bool below = std::fabs(cut) <= std::fabs(value) && nextIsMore;
        EXPECT_TRUE(ends || below || cut == value) << chip << " " << name << " of " << value;
      }
    });
  });
}

/// MODE.FP16_OVFL: a finite value that is too large becomes the largest.
TEST(Fp8Conversion, ModeSaturates) {
  forAll([](const std::string &chip, const std::string &name, F format) {
    const float infinity = std::numeric_limits<float>::infinity();
    const std::string mode = "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 23, 1), 1\nv_mov_b32 v20, 0";
    const double largest =
        std::max(decode(format, 0x7b),
                 std::isnan(decode(format, 0x7f)) ? decode(format, 0x7e) : decode(format, 0x7f));
    const float values[] = {1e9f, -1e9f, 3e38f, 1.5f, 0.0f, infinity, std::nanf("")};
    for (float value : values) {
      const double limited = std::isfinite(value) ? std::clamp<double>(value, -largest, largest)
                                                  : static_cast<double>(value);
      const uint32_t want = roundTo(format, limited);
      const auto pair =
          runVector(chip, {"v_cvt_pk_" + name + "_f32 v20, v4, v4", {{bitsOf(value)}}, 1, mode});
      EXPECT_EQ(pair[0][1], want | want << 8) << chip << " " << name << " of " << value;
      const auto random =
          runVector(chip, {"v_cvt_sr_" + name + "_f32 v20, v4, 0", {{bitsOf(value)}}, 1, mode});
      EXPECT_EQ(random[0][1], want) << chip << " " << name << " of " << value;
      if (chip == "gfx950") {
        const auto scaled = runVector(
            chip,
            {"v_cvt_scalef32_pk_" + name + "_f32 v20, v4, v4, 1.0", {{bitsOf(value)}}, 1, mode});
        EXPECT_EQ(scaled[0][1], want | want << 8) << name << " of " << value;
      }
    }
  });
}

} // namespace
} // namespace qcc::emulator::test
