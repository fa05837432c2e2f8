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

} // namespace
} // namespace qcc::emulator::test
