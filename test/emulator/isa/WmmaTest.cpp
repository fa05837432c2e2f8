// WMMA and SWMMAC: every instruction of gfx1100 and gfx1201, in waves of 32 and 64 lanes, against
// the product by its definition, with the register layouts that AMD documents.
#include "test/emulator/isa/MatrixProblem.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace qcc::emulator::test {
namespace {

using F = Format;

constexpr MatrixRow rows[] = {
    {"gfx1100 gfx1201", "v_wmma_f32_16x16x16_f16", 16, 16, 16, 1, F::F16, F::F16, F::F32},
    {"gfx1100 gfx1201", "v_wmma_f32_16x16x16_bf16", 16, 16, 16, 1, F::BF16, F::BF16, F::F32},
    {"gfx1100 gfx1201", "v_wmma_f16_16x16x16_f16", 16, 16, 16, 1, F::F16, F::F16, F::F16},
    {"gfx1100 gfx1201", "v_wmma_bf16_16x16x16_bf16", 16, 16, 16, 1, F::BF16, F::BF16, F::BF16},
    {"gfx1100 gfx1201", "v_wmma_i32_16x16x16_iu8", 16, 16, 16, 1, F::U8, F::U8, F::I32},
    {"gfx1100 gfx1201", "v_wmma_i32_16x16x16_iu4", 16, 16, 16, 1, F::U4, F::U4, F::I32},
    {"gfx1201", "v_wmma_i32_16x16x32_iu4", 16, 16, 32, 1, F::U4, F::U4, F::I32},
    {"gfx1201", "v_wmma_f32_16x16x16_fp8_fp8", 16, 16, 16, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx1201", "v_wmma_f32_16x16x16_fp8_bf8", 16, 16, 16, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx1201", "v_wmma_f32_16x16x16_bf8_fp8", 16, 16, 16, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx1201", "v_wmma_f32_16x16x16_bf8_bf8", 16, 16, 16, 1, F::Bf8, F::Bf8, F::F32},
    {"gfx1201", "v_swmmac_f32_16x16x32_f16", 16, 16, 32, 1, F::F16, F::F16, F::F32},
    {"gfx1201", "v_swmmac_f32_16x16x32_bf16", 16, 16, 32, 1, F::BF16, F::BF16, F::F32},
    {"gfx1201", "v_swmmac_f16_16x16x32_f16", 16, 16, 32, 1, F::F16, F::F16, F::F16},
    {"gfx1201", "v_swmmac_bf16_16x16x32_bf16", 16, 16, 32, 1, F::BF16, F::BF16, F::BF16},
    {"gfx1201", "v_swmmac_i32_16x16x32_iu8", 16, 16, 32, 1, F::U8, F::U8, F::I32},
    {"gfx1201", "v_swmmac_i32_16x16x32_iu4", 16, 16, 32, 1, F::U4, F::U4, F::I32},
    {"gfx1201", "v_swmmac_i32_16x16x64_iu4", 16, 16, 64, 1, F::U4, F::U4, F::I32},
    {"gfx1201", "v_swmmac_f32_16x16x32_fp8_fp8", 16, 16, 32, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx1201", "v_swmmac_f32_16x16x32_fp8_bf8", 16, 16, 32, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx1201", "v_swmmac_f32_16x16x32_bf8_fp8", 16, 16, 32, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx1201", "v_swmmac_f32_16x16x32_bf8_bf8", 16, 16, 32, 1, F::Bf8, F::Bf8, F::F32},
};

/// Calls `body` with each instruction on each chip that has it, in both sizes of wave.
template <typename Body> void forAll(Body body) {
  for (const char *chip : {"gfx1100", "gfx1201"}) {
    for (const MatrixRow &row : rows) {
      for (unsigned lanes = 32; lists(row.chips, chip) && lanes <= 64; lanes += 32) {
        body(chip, row, lanes);
      }
    }
  }
}

bool isInteger(const MatrixRow &row) {
  return row.d == F::I32;
}
F withSign(F format) {
  return format == F::U8 ? F::I8 : F::I4;
}

TEST(Wmma, Products) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    MatrixProblem(chip, row, lanes, 1).check("");
  });
}

TEST(Wmma, SignsOfIntegers) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    for (unsigned signs = 1; isInteger(row) && signs < 4; ++signs) {
      MatrixRow signedRow = row;
      signedRow.a = (signs & 1) != 0 ? withSign(row.a) : row.a;
      signedRow.b = (signs & 2) != 0 ? withSign(row.b) : row.b;
      MatrixProblem(chip, signedRow, lanes, 2)
          .check("neg_lo:[" + std::to_string(signs & 1) + "," + std::to_string(signs >> 1) + ",0]");
    }
  });
}

TEST(Wmma, ClampSaturatesTheSum) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    if (!isInteger(row)) {
      return;
    }
    MatrixRow signedRow = row;
    signedRow.a = withSign(row.a);
    MatrixProblem problem(chip, signedRow, lanes, 3);
    for (unsigned i = 0; i < row.m; ++i) {
      for (unsigned j = 0; j < row.n; ++j) {
        problem.c(0, i, j) = (i + j) % 3 == 0 ? 2147483647.0 : (i + j) % 3 == 1 ? -2147483648.0 : 5;
      }
    }
    const auto got = problem.run("neg_lo:[1,0,0] clamp");
    for (unsigned i = 0; i < row.m; ++i) {
      for (unsigned j = 0; j < row.n; ++j) {
        double sum = problem.c(0, i, j);
        for (unsigned k = 0; k < row.k; ++k) {
          sum += problem.a(0, i, k) * problem.b(0, k, j);
        }
        sum = std::clamp(sum, -2147483648.0, 2147483647.0);
        ASSERT_EQ(got[i * row.n + j], encode(F::I32, sum))
            << chip << " " << row.name << " " << i << " " << j;
      }
    }
  });
}

bool isHalf(const MatrixRow &row) {
  return row.a == F::F16 || row.a == F::BF16;
}

/// neg_lo and neg_hi: even and odd elements of A and B, the sign and the absolute value of C.
TEST(Wmma, NegationOfHalves) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    MatrixProblem problem(chip, row, lanes, 4), changed = problem;
    if (!isHalf(row) || problem.sparse()) {
      return;
    }
    for (unsigned n = 0; n < row.m * row.k; ++n) {
      const unsigned i = n / row.k, k = n % row.k;
      changed.a(0, i, k) *= k % 2 == 0 ? -1 : 1;
      changed.b(0, k, i) *= k % 2 == 1 ? -1 : 1;
    }
    for (unsigned n = 0; n < row.m * row.n; ++n) {
      double &c = changed.c(0, n / row.n, n % row.n);
      c = -std::fabs(c);
    }
    EXPECT_EQ(problem.run("neg_lo:[1,0,1] neg_hi:[0,1,1]"), changed.product())
        << chip << " " << row.name << " wave" << lanes;
  });
}

TEST(Wmma, NegationOfSparseHalves) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    MatrixProblem problem(chip, row, lanes, 5), changed = problem;
    if (!isHalf(row) || !problem.sparse()) {
      return;
    }
    for (unsigned n = 0; n < row.k * row.n; ++n) {
      changed.b(0, n / row.n, n % row.n) *= n / row.n % 2 == 1 ? -1 : 1;
    }
    // All of A, and what of B has an even k.
    EXPECT_EQ(problem.run("neg_lo:[1,1,0] neg_hi:[1,0,0]"), changed.product())
        << chip << " " << row.name << " wave" << lanes;
  });
}

TEST(Wmma, SignOfTheAddendOfSmallFloats) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    MatrixProblem problem(chip, row, lanes, 6), changed = problem;
    if (isHalf(row) || isInteger(row) || problem.sparse()) {
      return;
    }
    for (unsigned n = 0; n < row.m * row.n; ++n) {
      changed.c(0, n / row.n, n % row.n) *= -1;
    }
    EXPECT_EQ(problem.run("neg_lo:[0,0,1]"), changed.product()) << chip << " " << row.name;
  });
}

/// RDNA3 keeps 16-bit results alone in a half of each register and leaves the other as it was.
TEST(Wmma, UpperHalvesOfResults) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    if (chip != std::string("gfx1100") || (row.d != F::F16 && row.d != F::BF16)) {
      return;
    }
    MatrixProblem problem(chip, row, lanes, 7);
    problem.upperHalf = true;
    problem.check("op_sel:[0,0,1]");
  });
  const auto out = runVector(
      "gfx1100", {"v_wmma_f16_16x16x16_f16 v[20:27], v[4:11], v[4:11], v[20:27] op_sel:[0,0,1]",
                  std::vector<std::vector<uint32_t>>(24, {0x3c003c00u}), 8});
  EXPECT_EQ(out[0][5], 0x4c403c00u); // 1 + 16 above the 1 that was there
}

/// index_key chooses one of the index sets that a register has room for.
TEST(Wmma, SparseIndexSets) {
  forAll([](const char *chip, const MatrixRow &row, unsigned lanes) {
    MatrixProblem problem(chip, row, lanes, 8);
    if (!problem.sparse()) {
      return;
    }
    const unsigned stored = std::max(row.k / 2 * row.m / lanes, 32 / bitsOf(row.a));
    for (unsigned set = 1; set < 32 / (2 * stored); ++set) {
      problem.indexSet = set;
      problem.check("index_key:" + std::to_string(set));
    }
  });
}

} // namespace
} // namespace qcc::emulator::test
