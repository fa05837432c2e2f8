// What matrix instructions have beside the product itself: modifiers, order and rounding of sums,
// NaN, denormals, registers that D shares with C.
#include "test/emulator/isa/MatrixProblem.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

namespace qcc::emulator::test {
namespace {

using F = Format;

uint32_t single(float v) {
  return std::bit_cast<uint32_t>(v);
}

/// Compares the instruction's D with `want` of block, row and column.
void expectAll(const MatrixProblem &problem, const std::string &modifiers,
               const std::function<uint64_t(unsigned, unsigned, unsigned)> &want) {
  const auto got = problem.run(modifiers);
  const MatrixRow &row = problem.row;
  for (unsigned n = 0; n < got.size(); ++n) {
    const unsigned block = n / (row.m * row.n), i = n / row.n % row.m, j = n % row.n;
    ASSERT_EQ(got[n], want(block, i, j))
        << row.name << " " << modifiers << " block " << block << " row " << i << " column " << j;
  }
}

/// Fills the matrices with values of full precision.
void makeRough(MatrixProblem &problem, F inputs, unsigned seed) {
  std::mt19937 random(seed);
  const auto rough = [&random](F format) {
    const double v = std::ldexp(static_cast<double>(random()) - 2147483648.0, -31);
    return format == F::F16   ? static_cast<double>(static_cast<_Float16>(v))
           : format == F::F64 ? v
                              : static_cast<double>(static_cast<float>(v));
  };
  const MatrixRow &row = problem.row;
  for (unsigned block = 0; block < row.blocks; ++block) {
    for (unsigned k = 0; k < row.k; ++k) {
      for (unsigned i = 0; i < row.m; ++i) {
        problem.a(block, i, k) = rough(inputs);
      }
      for (unsigned j = 0; j < row.n; ++j) {
        problem.b(block, k, j) = rough(inputs);
      }
    }
    for (unsigned i = 0; i < row.m * row.n; ++i) {
      problem.c(block, i / row.n, i % row.n) = rough(row.d);
    }
  }
}

float ascendingSum(const MatrixProblem &p, unsigned block, unsigned i, unsigned j) {
  float sum = static_cast<float>(p.c(block, i, j));
  for (unsigned k = 0; k < p.row.k; ++k) {
    sum =
        std::fmaf(static_cast<float>(p.a(block, i, k)), static_cast<float>(p.b(block, k, j)), sum);
  }
  return sum;
}

TEST(Matrix, SumsAscendFusedAndRoundedOnce) {
  struct Rough {
    const char *chip;
    MatrixRow row;
  };
  const Rough cases[] = {
      {"gfx942", {"", "v_mfma_f32_32x32x8_f16", 32, 32, 8, 1, F::F16, F::F16, F::F32}},
      {"gfx942", {"", "v_mfma_f32_16x16x4_f32", 16, 16, 4, 1, F::F32, F::F32, F::F32}},
      {"gfx90a", {"", "v_mfma_f32_4x4x4f16", 4, 4, 4, 16, F::F16, F::F16, F::F32}},
      {"gfx1100", {"", "v_wmma_f32_16x16x16_f16", 16, 16, 16, 1, F::F16, F::F16, F::F32}},
      {"gfx1201", {"", "v_wmma_f16_16x16x16_f16", 16, 16, 16, 1, F::F16, F::F16, F::F16}},
  };
  for (const Rough &test : cases) {
    MatrixProblem problem(test.chip, test.row, test.chip[3] == '1' ? 32 : 64, 5);
    makeRough(problem, test.row.a, 6);
    expectAll(problem, "", [&](unsigned block, unsigned i, unsigned j) {
      return encode(test.row.d, ascendingSum(problem, block, i, j));
    });
  }
}

TEST(Matrix, Xf32RoundsInputsToTenBits) {
  const MatrixRow row = {"", "v_mfma_f32_16x16x8_xf32", 16, 16, 8, 1, F::Xf32, F::Xf32, F::F32};
  MatrixProblem problem("gfx942", row, 64, 5), rounded = problem;
  makeRough(problem, F::F32, 7);
  const auto tenBits = [](double v) {
    int exponent = 0;
    const double significand = std::frexp(v, &exponent);
    return std::ldexp(std::nearbyint(std::ldexp(significand, 11)), exponent - 11);
  };
  for (unsigned n = 0; n < 16 * 8; ++n) {
    rounded.a(0, n / 8, n % 8) = tenBits(problem.a(0, n / 8, n % 8));
    rounded.b(0, n % 8, n / 8) = tenBits(problem.b(0, n % 8, n / 8));
  }
  for (unsigned n = 0; n < 16 * 16; ++n) {
    rounded.c(0, n / 16, n % 16) = problem.c(0, n / 16, n % 16);
  }
  expectAll(problem, "", [&](unsigned block, unsigned i, unsigned j) {
    return single(ascendingSum(rounded, block, i, j));
  });
}

/// CBSZ and ABID: 2^CBSZ neighbouring blocks take the A of the ABID-th of them.
TEST(Matrix, BroadcastOfA) {
  const MatrixRow rows[] = {
      {"", "v_mfma_f32_32x32x1_2b_f32", 32, 32, 1, 2, F::F32, F::F32, F::F32},
      {"", "v_mfma_f32_16x16x4_4b_f16", 16, 16, 4, 4, F::F16, F::F16, F::F32},
      {"", "v_mfma_i32_4x4x4_16b_i8", 4, 4, 4, 16, F::I8, F::I8, F::I32},
  };
  for (const MatrixRow &row : rows) {
    for (unsigned size = 1; 1u << size <= row.blocks; ++size) {
      const unsigned group = 1u << size, chosen = group - 1 - size / 2;
      MatrixProblem problem("gfx942", row, 64, 8), broadcast = problem;
      for (unsigned block = 0; block < row.blocks; ++block) {
        for (unsigned n = 0; n < row.m * row.k; ++n) {
          broadcast.a(block, n / row.k, n % row.k) =
              problem.a(block / group * group + chosen, n / row.k, n % row.k);
        }
      }
      const auto want = broadcast.product();
      expectAll(problem, "cbsz:" + std::to_string(size) + " abid:" + std::to_string(chosen),
                [&](unsigned block, unsigned i, unsigned j) {
                  return want[(block * row.m + i) * row.n + j];
                });
    }
  }
}

/// Fields beyond what an instruction has blocks for wrap.
TEST(Matrix, BroadcastBeyondTheBlocks) {
  const MatrixRow row = {"", "v_mfma_f32_32x32x1_2b_f32", 32, 32, 1, 2, F::F32, F::F32, F::F32};
  MatrixProblem problem("gfx942", row, 64, 8), broadcast = problem;
  for (unsigned i = 0; i < 32; ++i) {
    broadcast.a(0, i, 0) = problem.a(1, i, 0);
  }
  EXPECT_EQ(problem.run("cbsz:7 abid:15"), broadcast.product());
  const MatrixRow one = {"", "v_mfma_f32_32x32x2_f32", 32, 32, 2, 1, F::F32, F::F32, F::F32};
  MatrixProblem("gfx942", one, 64, 8).check("cbsz:3 abid:5");
}

/// BLGP: which lane each lane's B comes from, from the table of the CDNA ISA manuals.
TEST(Matrix, LanePatternsOfB) {
  const std::function<unsigned(unsigned)> patterns[] = {
      [](unsigned lane) { return lane; },           [](unsigned lane) { return lane % 32; },
      [](unsigned lane) { return 32 + lane % 32; }, [](unsigned lane) { return (lane + 16) % 64; },
      [](unsigned lane) { return lane % 16; },      [](unsigned lane) { return 16 + lane % 16; },
      [](unsigned lane) { return 32 + lane % 16; }, [](unsigned lane) { return 48 + lane % 16; },
  };
  const MatrixRow rows[] = {
      {"", "v_mfma_f32_32x32x1f32", 32, 32, 1, 2, F::F32, F::F32, F::F32},
      {"", "v_mfma_f32_16x16x1f32", 16, 16, 1, 4, F::F32, F::F32, F::F32},
  };
  for (const MatrixRow &row : rows) {
    for (unsigned pattern = 1; pattern < 8; ++pattern) {
      MatrixProblem problem("gfx90a", row, 64, 9), moved = problem;
      for (unsigned lane = 0; lane < 64; ++lane) {
        const unsigned from = patterns[pattern](lane);
        moved.b(lane / row.n, 0, lane % row.n) = problem.b(from / row.n, 0, from % row.n);
      }
      const auto want = moved.product();
      expectAll(problem, "blgp:" + std::to_string(pattern),
                [&](unsigned block, unsigned i, unsigned j) {
                  return want[(block * row.m + i) * row.n + j];
                });
    }
  }
}

TEST(Matrix, NegationOfDoubles) {
  const MatrixRow row = {"", "v_mfma_f64_16x16x4_f64", 16, 16, 4, 1, F::F64, F::F64, F::F64};
  for (unsigned signs = 1; signs < 8; ++signs) {
    MatrixProblem problem("gfx942", row, 64, 10);
    makeRough(problem, F::F64, 11);
    const auto sign = [signs](unsigned n) { return (signs >> n & 1) != 0 ? -1.0 : 1.0; };
    const std::string text = "neg:[" + std::to_string(signs & 1) + "," +
                             std::to_string(signs >> 1 & 1) + "," + std::to_string(signs >> 2) +
                             "]";
    expectAll(problem, text, [&](unsigned, unsigned i, unsigned j) {
      double sum = sign(2) * problem.c(0, i, j);
      for (unsigned k = 0; k < 4; ++k) {
        sum = std::fma(sign(0) * problem.a(0, i, k), sign(1) * problem.b(0, k, j), sum);
      }
      return std::bit_cast<uint64_t>(sum);
    });
  }
}

TEST(Matrix, ConstantAddend) {
  struct Constant {
    const char *chip, *text;
    double value;
    MatrixRow row;
  };
  const Constant cases[] = {
      {"gfx942", "-2.0", -2, {"", "v_mfma_f32_32x32x8_f16", 32, 32, 8, 1, F::F16, F::F16, F::F32}},
      {"gfx942", "1.0", 1, {"", "v_mfma_f64_16x16x4_f64", 16, 16, 4, 1, F::F64, F::F64, F::F64}},
      {"gfx942", "-7", -7, {"", "v_mfma_i32_16x16x32_i8", 16, 16, 32, 1, F::I8, F::I8, F::I32}},
      {"gfx1201", "4.0", 4, {"", "v_wmma_f16_16x16x16_f16", 16, 16, 16, 1, F::F16, F::F16, F::F16}},
  };
  for (const Constant &test : cases) {
    MatrixProblem problem(test.chip, test.row, test.chip[3] == '1' ? 32 : 64, 12);
    problem.addend = test.text;
    for (unsigned n = 0; n < test.row.m * test.row.n; ++n) {
      problem.c(0, n / test.row.n, n % test.row.n) = test.value;
    }
    problem.check("");
  }
}

TEST(Matrix, NanIsThePositiveQuietOne) {
  const MatrixRow row = {"", "v_mfma_f32_16x16x4_f32", 16, 16, 4, 1, F::F32, F::F32, F::F32};
  const double infinity = std::numeric_limits<double>::infinity();
  MatrixProblem problem("gfx942", row, 64, 13);
  problem.a(0, 3, 1) = infinity; // times zero
  problem.b(0, 1, 5) = 0;
  problem.a(0, 4, 0) = std::numeric_limits<double>::quiet_NaN();
  problem.c(0, 6, 7) = infinity; // stays
  const auto got = problem.run("");
  EXPECT_EQ(got[3 * 16 + 5], 0x7fc00000u);
  EXPECT_EQ(got[4 * 16 + 9], 0x7fc00000u);
  EXPECT_EQ(got[6 * 16 + 7], 0x7f800000u);
}

/// Denormals count, save in the f16 and bf16 instructions of gfx90a, whatever MODE says.
TEST(Matrix, Denormals) {
  const float tiny = 0x1p-140f, halfTiny = 0x1p-20f;
  const auto run = [](const char *chip, const char *text, uint32_t a, uint32_t b, float c) {
    const VectorCase test{text,
                          {{a}, {a}, {b}, {b}, {single(c)}, {single(c)}, {single(c)}, {single(c)}},
                          4,
                          "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 8), 0"};
    return runVector(chip, test)[0][0];
  };
  const uint32_t half = 0x00100010; // 2^-20, twice
  const uint32_t one = 0x3c003c00;
  EXPECT_EQ(
      run("gfx942", "v_mfma_f32_16x16x4_f32 v[20:23], v4, v6, v[8:11]", single(tiny), single(1), 0),
      single(4 * tiny));
  EXPECT_EQ(
      run("gfx942", "v_mfma_f32_16x16x16_f16 v[20:23], v[4:5], v[6:7], v[8:11]", half, one, tiny),
      single(16 * halfTiny));
  EXPECT_EQ(run("gfx90a", "v_mfma_f32_16x16x16f16 v[20:23], v[4:5], v[6:7], v[8:11]", half, one, 0),
            0u);
  EXPECT_EQ(
      run("gfx90a", "v_mfma_f32_16x16x16f16 v[20:23], v[4:5], v[6:7], v[8:11]", one, one, tiny),
      single(16));
  EXPECT_EQ(
      run("gfx90a", "v_mfma_f32_16x16x4f32 v[20:23], v4, v6, v[8:11]", single(tiny), single(1), 0),
      single(4 * tiny));
}

/// D overlaps C in part, and A and B entirely.
TEST(Matrix, AllIsReadBeforeDIsWritten) {
  const uint32_t one = 0x3c003c00;
  const auto shifted = runVector(
      "gfx942",
      {"v_mfma_f32_16x16x16_f16 v[6:9], v[10:11], v[12:13], v[4:7]\n"
       "v_mov_b32 v20, v6\nv_mov_b32 v21, v7\nv_mov_b32 v22, v8\nv_mov_b32 v23, v9",
       {{single(1)}, {single(2)}, {single(3)}, {single(4)}, {0}, {0}, {one}, {one}, {one}, {one}},
       4});
  for (unsigned n = 0; n < 4; ++n) {
    EXPECT_EQ(shifted[n][9], single(static_cast<float>(n + 1 + 16)));
  }
  const auto over = runVector("gfx942", {"v_mfma_f32_16x16x16_f16 v[4:7], v[4:5], v[6:7], 0\n"
                                         "v_mov_b32 v20, v4\nv_mov_b32 v21, v7",
                                         {{one}, {one}, {one}, {one}},
                                         2});
  EXPECT_EQ(over[0][63], single(16));
  EXPECT_EQ(over[1][0], single(16));
}

TEST(Matrix, AccumulationRegistersAndExec) {
  const uint32_t one = 0x3c003c00;
  for (const char *chip : {"gfx90a", "gfx942", "gfx950"}) {
    const std::string product =
        chip == std::string("gfx90a") ? "v_mfma_f32_4x4x4f16" : "v_mfma_f32_4x4x4_16b_f16";
    const auto acc =
        runVector(chip, {">v_accvgpr_write_b32 a0, v4\nv_accvgpr_write_b32 a1, v5\n"
                         "v_accvgpr_write_b32 a2, v6\nv_accvgpr_write_b32 a3, v7\n"
                         "v_accvgpr_write_b32 a4, v8\nv_accvgpr_write_b32 a5, v8\n"
                         "s_mov_b64 exec, 1\n" +
                             product +
                             " a[0:3], a[4:5], v[8:9], a[0:3]\n"
                             "s_mov_b64 exec, -1\n"
                             ">v_accvgpr_read_b32 v20, a0\n>v_accvgpr_mov_b32 a6, a3\n"
                             "v_accvgpr_read_b32 v21, a6",
                         {{single(10)}, {single(20)}, {single(30)}, {single(40)}, {one}, {one}},
                         2});
    EXPECT_EQ(acc[0][17], single(14));
    EXPECT_EQ(acc[1][63], single(44));
  }
}

} // namespace
} // namespace qcc::emulator::test
