// MFMA and SMFMAC: every instruction of gfx90a, gfx942 and gfx950 against the product by its
// definition, with the register layouts that AMD documents.
#include "test/emulator/isa/MatrixProblem.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {
namespace {

using F = Format;

constexpr const char *chips[] = {"gfx90a", "gfx942", "gfx950"};

constexpr MatrixRow dense[] = {
    {"gfx90a", "v_mfma_f32_32x32x1f32", 32, 32, 1, 2, F::F32, F::F32, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_32x32x1_2b_f32", 32, 32, 1, 2, F::F32, F::F32, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x1f32", 16, 16, 1, 4, F::F32, F::F32, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_16x16x1_4b_f32", 16, 16, 1, 4, F::F32, F::F32, F::F32},
    {"gfx90a", "v_mfma_f32_4x4x1f32", 4, 4, 1, 16, F::F32, F::F32, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_4x4x1_16b_f32", 4, 4, 1, 16, F::F32, F::F32, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x2f32", 32, 32, 2, 1, F::F32, F::F32, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_32x32x2_f32", 32, 32, 2, 1, F::F32, F::F32, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x4f32", 16, 16, 4, 1, F::F32, F::F32, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_16x16x4_f32", 16, 16, 4, 1, F::F32, F::F32, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x4f16", 32, 32, 4, 2, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_32x32x4_2b_f16", 32, 32, 4, 2, F::F16, F::F16, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x4f16", 16, 16, 4, 4, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_16x16x4_4b_f16", 16, 16, 4, 4, F::F16, F::F16, F::F32},
    {"gfx90a", "v_mfma_f32_4x4x4f16", 4, 4, 4, 16, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_4x4x4_16b_f16", 4, 4, 4, 16, F::F16, F::F16, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x8f16", 32, 32, 8, 1, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_32x32x8_f16", 32, 32, 8, 1, F::F16, F::F16, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x16f16", 16, 16, 16, 1, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_16x16x16_f16", 16, 16, 16, 1, F::F16, F::F16, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x4bf16_1k", 32, 32, 4, 2, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_32x32x4_2b_bf16", 32, 32, 4, 2, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x4bf16_1k", 16, 16, 4, 4, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_16x16x4_4b_bf16", 16, 16, 4, 4, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_4x4x4bf16_1k", 4, 4, 4, 16, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_4x4x4_16b_bf16", 4, 4, 4, 16, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x8bf16_1k", 32, 32, 8, 1, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_32x32x8_bf16", 32, 32, 8, 1, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x16bf16_1k", 16, 16, 16, 1, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_mfma_f32_16x16x16_bf16", 16, 16, 16, 1, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x2bf16", 32, 32, 2, 2, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x2bf16", 16, 16, 2, 4, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_4x4x2bf16", 4, 4, 2, 16, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_32x32x4bf16", 32, 32, 4, 1, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_f32_16x16x8bf16", 16, 16, 8, 1, F::BF16, F::BF16, F::F32},
    {"gfx90a", "v_mfma_i32_32x32x4i8", 32, 32, 4, 2, F::I8, F::I8, F::I32},
    {"gfx942 gfx950", "v_mfma_i32_32x32x4_2b_i8", 32, 32, 4, 2, F::I8, F::I8, F::I32},
    {"gfx90a", "v_mfma_i32_16x16x4i8", 16, 16, 4, 4, F::I8, F::I8, F::I32},
    {"gfx942 gfx950", "v_mfma_i32_16x16x4_4b_i8", 16, 16, 4, 4, F::I8, F::I8, F::I32},
    {"gfx90a", "v_mfma_i32_4x4x4i8", 4, 4, 4, 16, F::I8, F::I8, F::I32},
    {"gfx942 gfx950", "v_mfma_i32_4x4x4_16b_i8", 4, 4, 4, 16, F::I8, F::I8, F::I32},
    {"gfx90a", "v_mfma_i32_32x32x8i8", 32, 32, 8, 1, F::I8, F::I8, F::I32},
    {"gfx90a", "v_mfma_i32_16x16x16i8", 16, 16, 16, 1, F::I8, F::I8, F::I32},
    {"gfx942 gfx950", "v_mfma_i32_32x32x16_i8", 32, 32, 16, 1, F::I8, F::I8, F::I32},
    {"gfx942 gfx950", "v_mfma_i32_16x16x32_i8", 16, 16, 32, 1, F::I8, F::I8, F::I32},
    {"gfx90a", "v_mfma_f64_16x16x4f64", 16, 16, 4, 1, F::F64, F::F64, F::F64},
    {"gfx90a", "v_mfma_f64_4x4x4f64", 4, 4, 4, 4, F::F64, F::F64, F::F64},
    {"gfx942 gfx950", "v_mfma_f64_16x16x4_f64", 16, 16, 4, 1, F::F64, F::F64, F::F64},
    {"gfx942 gfx950", "v_mfma_f64_4x4x4_4b_f64", 4, 4, 4, 4, F::F64, F::F64, F::F64},
    {"gfx942", "v_mfma_f32_16x16x8_xf32", 16, 16, 8, 1, F::Xf32, F::Xf32, F::F32},
    {"gfx942", "v_mfma_f32_32x32x4_xf32", 32, 32, 4, 1, F::Xf32, F::Xf32, F::F32},
    {"gfx950", "v_mfma_f32_16x16x32_f16", 16, 16, 32, 1, F::F16, F::F16, F::F32},
    {"gfx950", "v_mfma_f32_32x32x16_f16", 32, 32, 16, 1, F::F16, F::F16, F::F32},
    {"gfx950", "v_mfma_f32_16x16x32_bf16", 16, 16, 32, 1, F::BF16, F::BF16, F::F32},
    {"gfx950", "v_mfma_f32_32x32x16_bf16", 32, 32, 16, 1, F::BF16, F::BF16, F::F32},
    {"gfx950", "v_mfma_i32_16x16x64_i8", 16, 16, 64, 1, F::I8, F::I8, F::I32},
    {"gfx950", "v_mfma_i32_32x32x32_i8", 32, 32, 32, 1, F::I8, F::I8, F::I32},
    {"gfx942", "v_mfma_f32_16x16x32_fp8_fp8", 16, 16, 32, 1, F::Fp8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_16x16x32_fp8_fp8", 16, 16, 32, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx942", "v_mfma_f32_32x32x16_fp8_fp8", 32, 32, 16, 1, F::Fp8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_32x32x16_fp8_fp8", 32, 32, 16, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx942", "v_mfma_f32_16x16x32_fp8_bf8", 16, 16, 32, 1, F::Fp8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_16x16x32_fp8_bf8", 16, 16, 32, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx942", "v_mfma_f32_32x32x16_fp8_bf8", 32, 32, 16, 1, F::Fp8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_32x32x16_fp8_bf8", 32, 32, 16, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx942", "v_mfma_f32_16x16x32_bf8_fp8", 16, 16, 32, 1, F::Bf8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_16x16x32_bf8_fp8", 16, 16, 32, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx942", "v_mfma_f32_32x32x16_bf8_fp8", 32, 32, 16, 1, F::Bf8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_32x32x16_bf8_fp8", 32, 32, 16, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx942", "v_mfma_f32_16x16x32_bf8_bf8", 16, 16, 32, 1, F::Bf8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_16x16x32_bf8_bf8", 16, 16, 32, 1, F::Bf8, F::Bf8, F::F32},
    {"gfx942", "v_mfma_f32_32x32x16_bf8_bf8", 32, 32, 16, 1, F::Bf8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_mfma_f32_32x32x16_bf8_bf8", 32, 32, 16, 1, F::Bf8, F::Bf8, F::F32},
};

constexpr MatrixRow sparse[] = {
    {"gfx942 gfx950", "v_smfmac_f32_16x16x32_f16", 16, 16, 32, 1, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_smfmac_f32_32x32x16_f16", 32, 32, 16, 1, F::F16, F::F16, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x64_f16", 16, 16, 64, 1, F::F16, F::F16, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x32_f16", 32, 32, 32, 1, F::F16, F::F16, F::F32},
    {"gfx942 gfx950", "v_smfmac_f32_16x16x32_bf16", 16, 16, 32, 1, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_smfmac_f32_32x32x16_bf16", 32, 32, 16, 1, F::BF16, F::BF16, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x64_bf16", 16, 16, 64, 1, F::BF16, F::BF16, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x32_bf16", 32, 32, 32, 1, F::BF16, F::BF16, F::F32},
    {"gfx942 gfx950", "v_smfmac_i32_16x16x64_i8", 16, 16, 64, 1, F::I8, F::I8, F::I32},
    {"gfx942 gfx950", "v_smfmac_i32_32x32x32_i8", 32, 32, 32, 1, F::I8, F::I8, F::I32},
    {"gfx950", "v_smfmac_i32_16x16x128_i8", 16, 16, 128, 1, F::I8, F::I8, F::I32},
    {"gfx950", "v_smfmac_i32_32x32x64_i8", 32, 32, 64, 1, F::I8, F::I8, F::I32},
    {"gfx942", "v_smfmac_f32_16x16x64_fp8_fp8", 16, 16, 64, 1, F::Fp8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x64_fp8_fp8", 16, 16, 64, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx942", "v_smfmac_f32_32x32x32_fp8_fp8", 32, 32, 32, 1, F::Fp8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x32_fp8_fp8", 32, 32, 32, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x128_fp8_fp8", 16, 16, 128, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x64_fp8_fp8", 32, 32, 64, 1, F::Fp8, F::Fp8, F::F32},
    {"gfx942", "v_smfmac_f32_16x16x64_fp8_bf8", 16, 16, 64, 1, F::Fp8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x64_fp8_bf8", 16, 16, 64, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx942", "v_smfmac_f32_32x32x32_fp8_bf8", 32, 32, 32, 1, F::Fp8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x32_fp8_bf8", 32, 32, 32, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x128_fp8_bf8", 16, 16, 128, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x64_fp8_bf8", 32, 32, 64, 1, F::Fp8, F::Bf8, F::F32},
    {"gfx942", "v_smfmac_f32_16x16x64_bf8_fp8", 16, 16, 64, 1, F::Bf8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x64_bf8_fp8", 16, 16, 64, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx942", "v_smfmac_f32_32x32x32_bf8_fp8", 32, 32, 32, 1, F::Bf8Fnuz, F::Fp8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x32_bf8_fp8", 32, 32, 32, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x128_bf8_fp8", 16, 16, 128, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x64_bf8_fp8", 32, 32, 64, 1, F::Bf8, F::Fp8, F::F32},
    {"gfx942", "v_smfmac_f32_16x16x64_bf8_bf8", 16, 16, 64, 1, F::Bf8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x64_bf8_bf8", 16, 16, 64, 1, F::Bf8, F::Bf8, F::F32},
    {"gfx942", "v_smfmac_f32_32x32x32_bf8_bf8", 32, 32, 32, 1, F::Bf8Fnuz, F::Bf8Fnuz, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x32_bf8_bf8", 32, 32, 32, 1, F::Bf8, F::Bf8, F::F32},
    {"gfx950", "v_smfmac_f32_16x16x128_bf8_bf8", 16, 16, 128, 1, F::Bf8, F::Bf8, F::F32},
    {"gfx950", "v_smfmac_f32_32x32x64_bf8_bf8", 32, 32, 64, 1, F::Bf8, F::Bf8, F::F32},
};

TEST(Mfma, Products) {
  for (const char *chip : chips) {
    for (const MatrixRow &row : dense) {
      if (lists(row.chips, chip)) {
        MatrixProblem(chip, row, 64, 1).check("");
      }
    }
  }
}

TEST(Mfma, SparseProducts) {
  for (const char *chip : chips) {
    for (const MatrixRow &row : sparse) {
      if (lists(row.chips, chip)) {
        MatrixProblem(chip, row, 64, 2).check("");
      }
    }
  }
}

/// ABID chooses one of the index sets that a register has room for, unless CBSZ is there.
TEST(Mfma, SparseIndexSets) {
  for (const MatrixRow &row : sparse) {
    const unsigned stored = row.k / 2 * row.m / 64, sets = 32 / (2 * stored);
    for (const char *chip : chips) {
      for (unsigned set = 0; lists(row.chips, chip) && set < sets; ++set) {
        MatrixProblem problem(chip, row, 64, 3 + set);
        problem.indexSet = set;
        problem.check("abid:" + std::to_string(set));
        problem.indexSet = 0;
        problem.check("cbsz:1 abid:" + std::to_string(set));
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
