// MFMA of gfx950 on elements of 8, 6 and 4 bits in any mixture, with and without E8M0 scales.
#include "test/emulator/isa/MatrixProblem.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace qcc::emulator::test {
namespace {

using F = Format;

constexpr F formats[] = {F::Fp8, F::Bf8, F::Fp6, F::Bf6, F::Fp4}; // as CBSZ and BLGP number them

struct Shape {
  const char *plain, *scaled;
  unsigned size, depth;
};
constexpr Shape shapes[] = {
    {"v_mfma_f32_16x16x128_f8f6f4", "v_mfma_scale_f32_16x16x128_f8f6f4", 16, 128},
    {"v_mfma_f32_32x32x64_f8f6f4", "v_mfma_scale_f32_32x32x64_f8f6f4", 32, 64},
};

MatrixProblem makeProblem(const Shape &shape, bool scaled, unsigned a, unsigned b) {
  const MatrixRow row = {"gfx950",    scaled ? shape.scaled : shape.plain,
                         shape.size,  shape.size,
                         shape.depth, 1,
                         formats[a],  formats[b],
                         F::F32};
  MatrixProblem problem("gfx950", row, 64, 1 + 5 * a + b);
  if (scaled) {
    problem.scaleA.assign(64, 0);
    problem.scaleB.assign(64, 0);
  }
  return problem;
}

std::string formatText(unsigned a, unsigned b) {
  return " cbsz:" + std::to_string(a) + " blgp:" + std::to_string(b);
}

TEST(ScaledMfma, MixedFormats) {
  for (const Shape &shape : shapes) {
    for (unsigned a = 0; a < 5; ++a) {
      for (unsigned b = 0; b < 5; ++b) {
        makeProblem(shape, false, a, b).check(formatText(a, b));
      }
    }
  }
}

unsigned byteOf(uint32_t word, unsigned byte) {
  return word >> 8 * byte & 0xff;
}

/// Lane l has the scale of row or column l % size for the 32 k from 32 * (l / size) on.
float scaledSum(const MatrixProblem &p, unsigned byteA, unsigned byteB, unsigned i, unsigned j) {
  float sum = static_cast<float>(p.c(0, i, j));
  for (unsigned k = 0; k < p.row.k; ++k) {
    const unsigned ofA = byteOf(p.scaleA[k / 32 * p.row.m + i], byteA);
    const unsigned ofB = byteOf(p.scaleB[k / 32 * p.row.n + j], byteB);
    const double product =
        std::ldexp(p.a(0, i, k) * p.b(0, k, j), static_cast<int>(ofA + ofB) - 254);
    sum = static_cast<float>(sum + product); // exact in double
  }
  return sum;
}

TEST(ScaledMfma, ScalesByLaneAndByte) {
  for (const Shape &shape : shapes) {
    for (unsigned n = 0; n < 20; ++n) {
      const unsigned a = n % 5, b = n / 4, byteA = n % 4, byteB = (n + n / 4) % 4;
      MatrixProblem problem = makeProblem(shape, true, a, b);
      for (unsigned lane = 0; lane < 64; ++lane) {
        for (unsigned byte = 0; byte < 4; ++byte) {
          problem.scaleA[lane] |= (122 + (lane * 7 + byte * 5) % 11) << 8 * byte;
          problem.scaleB[lane] |= (121 + (lane * 3 + byte * 4) % 13) << 8 * byte;
        }
      }
      const std::string text = "op_sel:[" + std::to_string(byteA & 1) + "," +
                               std::to_string(byteB & 1) + ",0] op_sel_hi:[" +
                               std::to_string(byteA >> 1) + "," + std::to_string(byteB >> 1) +
                               ",0]" + formatText(a, b);
      const auto got = problem.run(text);
      for (unsigned i = 0; i < shape.size * shape.size; ++i) {
        const float want = scaledSum(problem, byteA, byteB, i / shape.size, i % shape.size);
        ASSERT_EQ(got[i], std::bit_cast<uint32_t>(want)) << shape.scaled << " " << text << " " << i;
      }
    }
  }
}

/// One product a row and column: 2 * 1.5 times both scales.
TEST(ScaledMfma, ExtremeScales) {
  struct Extreme {
    uint8_t a, b;
    uint32_t want;
  };
  const Extreme cases[] = {
      {254, 0, std::bit_cast<uint32_t>(3.0f)},      // 2^127 * 2^-127
      {0, 254, std::bit_cast<uint32_t>(3.0f)},      //
      {254, 254, 0x7f800000},                       // 2^254
      {0, 0, 0},                                    // 2^-254
      {127, 0, std::bit_cast<uint32_t>(0x3p-127f)}, // denormal
      {60, 45, std::bit_cast<uint32_t>(0x3p-149f)}, // the last denormals
      {60, 43, std::bit_cast<uint32_t>(0x2p-150f)}, // 1.5 of half of the last: up to one
      {255, 127, 0x7fc00000},                       // NaN
      {127, 255, 0x7fc00000},
  };
  for (const Extreme &test : cases) {
    MatrixProblem problem = makeProblem(shapes[0], true, 4, 0);
    for (unsigned i = 0; i < 16; ++i) {
      for (unsigned k = 0; k < 128; ++k) {
        problem.a(0, i, k) = k == 40 ? 2 : 0;
        problem.b(0, k, i) = k == 40 ? 1.5 : 0;
      }
      for (unsigned j = 0; j < 16; ++j) {
        problem.c(0, i, j) = 0;
      }
    }
    problem.scaleA.assign(64, test.a * 0x01010101u);
    problem.scaleB.assign(64, test.b * 0x01010101u);
    for (const uint64_t got : problem.run(formatText(4, 0))) {
      ASSERT_EQ(got, test.want) << int{test.a} << " and " << int{test.b};
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
