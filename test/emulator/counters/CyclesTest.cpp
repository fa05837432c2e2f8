// The issue-cycle estimate: rates by instruction and chip, and what bounds a launch.
#include "emulator/counters/CycleModel.h"
#include "test/emulator/counters/CountedKernel.h"

namespace qcc::emulator::test {
namespace {

uint32_t vectorCycles(const std::string &chip, const std::string &instruction) {
  return recordOf(count(chip, instruction, {.workItems = 32}), instruction.substr(0, 6))
      .issueCycles;
}
uint32_t matrixCyclesOf(const std::string &chip, const std::string &instruction) {
  return recordOf(count(chip, instruction, {.workItems = 32}), "v_").matrixCycles;
}

TEST(Cycles, VectorRates) {
  EXPECT_EQ(vectorCycles("gfx942", "v_fma_f32 v1, v2, v3, v4"), 4u);
  EXPECT_EQ(vectorCycles("gfx942", "v_pk_fma_f32 v[2:3], v[4:5], v[6:7], v[8:9]"), 4u);
  EXPECT_EQ(vectorCycles("gfx942", "v_fma_f64 v[2:3], v[4:5], v[6:7], v[8:9]"), 4u);
  EXPECT_EQ(vectorCycles("gfx942", "v_exp_f32 v1, v2"), 16u);
  EXPECT_EQ(vectorCycles("gfx942", "v_mul_lo_u32 v1, v2, v3"), 16u);
  EXPECT_EQ(vectorCycles("gfx1100", "v_fma_f32 v1, v2, v3, v4"), 1u);
  EXPECT_EQ(vectorCycles("gfx1100", "v_dual_mov_b32 v2, v0 :: v_dual_add_f32 v3, v1, v0"), 1u);
  EXPECT_EQ(vectorCycles("gfx1100", "v_exp_f32 v1, v2"), 4u);
  EXPECT_EQ(vectorCycles("gfx1100", "v_fma_f64 v[2:3], v[4:5], v[6:7], v[8:9]"), 16u);
  EXPECT_EQ(vectorCycles("gfx1201", "v_fma_f64 v[2:3], v[4:5], v[6:7], v[8:9]"), 32u);
}

/// Operations a cycle and SIMD of a matrix instruction of m x n x k.
double rate(double m, double n, double k, uint32_t cycles) {
  return 2 * m * n * k / cycles;
}

struct MfmaCase {
  const char *chip, *instruction;
  double m, n, k, rate;
};

// Peaks of AMD's data sheets, in operations a cycle and SIMD, four SIMDs a compute unit: MI210 181
// TFLOPS f16 and i8, 45.3 f32 and f64 at 1.7 GHz and 104 compute units; MI300X 1307 TFLOPS f16,
// 2615 fp8 and i8, 654 xf32, 163.4 f32 and f64 at 2.1 GHz and 304, twice that with structured
// sparsity; MI355X 2.5 PFLOPS f16, 5 POPS i8, 78.6 TFLOPS f64 at 2.4 GHz and 256.
constexpr MfmaCase mfmaCases[] = {
    {"gfx90a", "v_mfma_f32_32x32x8f16 v[16:31], v[2:3], v[4:5], v[16:31]", 32, 32, 8, 256},
    {"gfx90a", "v_mfma_i32_16x16x16i8 v[16:19], v2, v4, v[16:19]", 16, 16, 16, 256},
    {"gfx90a", "v_mfma_f64_16x16x4f64 v[16:23], v[2:3], v[4:5], v[16:23]", 16, 16, 4, 64},
    {"gfx942", "v_mfma_f32_32x32x8_f16 v[16:31], v[2:3], v[4:5], v[16:31]", 32, 32, 8, 512},
    {"gfx942", "v_mfma_f32_16x16x16_f16 v[16:19], v[2:3], v[4:5], v[16:19]", 16, 16, 16, 512},
    {"gfx942", "v_mfma_i32_32x32x16_i8 v[16:31], v[2:3], v[4:5], v[16:31]", 32, 32, 16, 1024},
    {"gfx942", "v_mfma_f32_16x16x32_fp8_fp8 v[16:19], v[2:3], v[4:5], v[16:19]", 16, 16, 32, 1024},
    {"gfx942", "v_smfmac_f32_16x16x32_f16 v[16:19], v[2:3], v[4:7], v8", 16, 16, 32, 1024},
    {"gfx942", "v_mfma_f32_16x16x8_xf32 v[16:19], v[2:3], v[4:5], v[16:19]", 16, 16, 8, 256},
    {"gfx942", "v_mfma_f32_32x32x2_f32 v[16:31], v2, v4, v[16:31]", 32, 32, 2, 64},
    {"gfx942", "v_mfma_f64_16x16x4_f64 v[16:23], v[2:3], v[4:5], v[16:23]", 16, 16, 4, 64},
    {"gfx950", "v_mfma_f32_32x32x16_f16 v[16:31], v[0:3], v[4:7], v[16:31]", 32, 32, 16, 1024},
    {"gfx950", "v_mfma_i32_16x16x64_i8 v[16:19], v[0:3], v[4:7], v[16:19]", 16, 16, 64, 2048},
    {"gfx950", "v_mfma_f64_16x16x4_f64 v[16:23], v[2:3], v[4:5], v[16:23]", 16, 16, 4, 32},
};

TEST(Cycles, MfmaReachesThePeaksOfTheDataSheets) {
  for (const MfmaCase &c : mfmaCases) {
    EXPECT_EQ(rate(c.m, c.n, c.k, matrixCyclesOf(c.chip, c.instruction)), c.rate)
        << c.chip << " " << c.instruction;
  }
}

// MI355X: 5 PFLOPS in fp8, 10 in fp6 and fp4.
TEST(Cycles, NarrowFormatsByTheWiderSide) {
  const std::string plain = "v_mfma_f32_16x16x128_f8f6f4 v[0:3], v[4:11], v[12:19], v[0:3]";
  EXPECT_EQ(rate(16, 16, 128, matrixCyclesOf("gfx950", plain)), 2048);
  const std::string scaled = "v_mov_b32 v40, 0x7f\nv_mfma_scale_f32_32x32x64_f8f6f4 v[0:15], ";
  const std::string modifiers = ", v[0:15], v40, v40 op_sel_hi:[0,0,0] ";
  auto cycles = [&](const std::string &operands, const std::string &formats) {
    return recordOf(count("gfx950", scaled + operands + modifiers + formats), "v_mfma")
        .matrixCycles;
  };
  EXPECT_EQ(rate(32, 32, 64, cycles("v[20:25], v[32:35]", "cbsz:2 blgp:4")), 4096);
  EXPECT_EQ(rate(32, 32, 64, cycles("v[20:27], v[32:35]", "blgp:4")), 2048);
}

// RDNA3: 512 operations a cycle and compute unit of f16 and i8, 1024 of i4; RDNA4: 1024, 2048 and
// 4096 (AMD's GPUOpen, "Using the Matrix Cores of AMD RDNA 4 architecture GPUs"); two SIMDs each.
TEST(Cycles, WmmaByOperations) {
  EXPECT_EQ(
      matrixCyclesOf("gfx1100", "v_wmma_f32_16x16x16_f16 v[16:23], v[0:7], v[8:15], v[16:23]"),
      32u);
  EXPECT_EQ(
      matrixCyclesOf("gfx1100", "v_wmma_i32_16x16x16_iu8 v[16:23], v[0:3], v[8:11], v[16:23]"),
      32u);
  EXPECT_EQ(matrixCyclesOf("gfx1100", "v_wmma_i32_16x16x16_iu4 v[16:23], v[0:1], v[8:9], v[16:23]"),
            16u);
  EXPECT_EQ(
      matrixCyclesOf("gfx1201", "v_wmma_f32_16x16x16_bf16 v[16:23], v[0:3], v[8:11], v[16:23]"),
      16u);
  EXPECT_EQ(
      matrixCyclesOf("gfx1201", "v_wmma_f32_16x16x16_fp8_fp8 v[16:23], v[0:1], v[8:9], v[16:23]"),
      8u);
  EXPECT_EQ(matrixCyclesOf("gfx1201", "v_wmma_i32_16x16x16_iu4 v[16:23], v0, v8, v[16:23]"), 4u);
}

TEST(Cycles, UnitsOfAWave) {
  const LaunchCounters counters = count("gfx942", R"(
    v_lshlrev_b32 v1, 2, v0
    v_fma_f32 v2, v0, v0, v0
    v_mfma_f32_32x32x8_f16 v[16:31], v[2:3], v[4:5], v[16:31]
    ds_read_b32 v3, v1
    global_load_dwordx4 v[4:7], v1, s[4:5]
  )",
                                        {.workItems = 256, .workgroups = 305});
  const CycleEstimate e = estimateCycles(counters);
  EXPECT_EQ(e.wave.vector, 8);
  EXPECT_EQ(e.wave.matrix, 32);
  EXPECT_EQ(e.wave.lds, 2);
  EXPECT_EQ(e.wave.memory, 5);     // 268 bytes from the start of a line touch five
  EXPECT_EQ(e.wave.scalar, 3 * 4); // s_load, s_waitcnt, s_endpgm
  EXPECT_EQ(e.waveSum, 8 + 32 + 2 + 5 + 12);
  // 305 workgroups on 304 compute units: two on one, eight waves, two a SIMD.
  EXPECT_EQ(e.wavesOnBusiestSimd, 2u);
  EXPECT_EQ(e.busiest.matrix, 64);
  EXPECT_EQ(e.busiest.memory, 40);
  EXPECT_EQ(e.bound, 64);
  EXPECT_EQ(e.limit, "matrix");
}

TEST(Cycles, MovesBetweenLanesHoldTheLds) {
  const LaunchCounters counters =
      count("gfx942", "v_lshlrev_b32 v1, 2, v0\nds_bpermute_b32 v2, v1, v0");
  EXPECT_EQ(recordOf(counters, "ds_bpermute").counts.lds.requests, 0u);
  EXPECT_EQ(estimateCycles(counters).wave.lds, 2);
}

TEST(Cycles, WmmaTakesTheVectorUnit) {
  const CycleEstimate e = estimateCycles(count(
      "gfx1100", "v_wmma_f32_16x16x16_f16 v[16:23], v[0:7], v[8:15], v[16:23]\nv_mov_b32 v1, v0",
      {.workItems = 32}));
  EXPECT_EQ(e.wave.vector, 33);
  EXPECT_EQ(e.wave.matrix, 0);
}

} // namespace
} // namespace qcc::emulator::test
