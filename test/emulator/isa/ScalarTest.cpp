// Scalar instructions: results and SCC.
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

#include <bit>

namespace qcc::emulator::test {
namespace {

struct ScalarCase {
  const char *text;  // leaves its result in s20 (and s21)
  const char *chips; // "9", "11", "12"
  uint64_t expected; // of s[20:21]
  int scc = -1;      // expected SCC; -1: not looked at
};

/// s10 = 0x80000001, s11 = 7, s[12:13] = 0xf0f0f0f012345678, s14 = 1.5f, s15 = -2.0f, SCC = 1.
const char *const prologue = "s_mov_b32 s10, 0x80000001\ns_mov_b32 s11, 7\n"
                             "s_mov_b32 s12, 0x12345678\ns_mov_b32 s13, 0xf0f0f0f0\n"
                             "s_mov_b32 s14, 0x3fc00000\ns_mov_b32 s15, 0xc0000000\n"
                             "s_mov_b32 s20, 0\ns_mov_b32 s21, 0\ns_cmp_eq_u32 s11, 7\n";

const ScalarCase cases[] = {
    {"s_add_u32 s20, s10, s10", "9 11", 2, 1},
    {"s_addc_u32 s20, s10, s11", "9 11", 0x80000009, 0},
    {"s_sub_u32 s20, s11, s10", "9 11", 0x80000006, 1},
    {"s_subb_u32 s20, s10, s11", "9 11", 0x7ffffff9, 0},
    {"s_add_i32 s20, s10, s10", "9 11", 2, 1},
    {"s_sub_i32 s20, s10, s11", "9 11", 0x7ffffffa, 1},
    {"s_add_co_u32 s20, s10, s10", "12", 2, 1},
    {"s_add_co_ci_u32 s20, s10, s11", "12", 0x80000009, 0},
    {"s_add_nc_u64 s[20:21], s[12:13], s[12:13]", "12", 0xe1e1e1e02468acf0},
    {"s_mul_u64 s[20:21], s[12:13], s[10:11]", "12", 0xf0f0f0f012345678 * 0x780000001},
    {"s_mul_i32 s20, s10, s11", "9 11 12", 0x80000007},
    {"s_mul_hi_u32 s20, s10, s11", "9 11 12", 3},
    {"s_mul_hi_i32 s20, s10, s11", "9 11 12", 0xfffffffc},
    {"s_addk_i32 s20, 0xfffe", "9 11", 0xfffffffe},
    {"s_movk_i32 s20, 0x8000", "9 11 12", 0xffff8000},
    {"s_and_b64 s[20:21], s[12:13], s[10:11]", "9 11 12", 0x0000000000000000, 0},
    {"s_or_b32 s20, s10, s11", "9 11 12", 0x80000007, 1},
    {"s_andn2_b32 s20, s10, s11", "9", 0x80000000, 1},
    {"s_and_not1_b32 s20, s10, s11", "11 12", 0x80000000, 1},
    {"s_xnor_b32 s20, s10, s11", "9 11 12", 0x7ffffff9, 1},
    {"s_lshl_b32 s20, s11, 33", "9 11 12", 14, 1},
    {"s_lshr_b64 s[20:21], s[12:13], 60", "9 11 12", 15, 1},
    {"s_ashr_i32 s20, s10, 4", "9 11 12", 0xf8000000, 1},
    {"s_bfe_u32 s20, s12, 0x80004", "9 11 12", 0x67, 1},
    {"s_bfe_i32 s20, s10, 0x1001f", "9 11 12", 0xffffffff, 1},
    {"s_bfm_b32 s20, 8, 4", "9 11 12", 0xff0},
    {"s_brev_b32 s20, s11", "9 11 12", 0xe0000000},
    {"s_bcnt1_i32_b64 s20, s[12:13]", "9 11 12", 29, 1},
    {"s_ff1_i32_b32 s20, s12", "9", 3},
    {"s_ctz_i32_b64 s20, s[12:13]", "11 12", 3},
    {"s_flbit_i32_b32 s20, s12", "9", 3},
    {"s_clz_i32_u32 s20, s12", "11 12", 3},
    {"s_sext_i32_i8 s20, 0xf0", "9 11 12", 0xfffffff0},
    {"s_cselect_b32 s20, s11, s10", "9 11 12", 7, 1},
    {"s_cmp_lt_i32 s10, s11\ns_cselect_b32 s20, 1, 2", "9 11 12", 1, 1},
    {"s_cmp_lt_u32 s10, s11\ns_cselect_b32 s20, 1, 2", "9 11 12", 2, 0},
    {"s_bitcmp1_b32 s10, 31", "9 11 12", 0, 1},
    {"s_bitset1_b32 s20, 5", "9 11 12", 32},
    {"s_pack_ll_b32_b16 s20, s11, s12", "9 11 12", 0x56780007},
    {"s_pack_hh_b32_b16 s20, s10, s12", "9 11 12", 0x12348000},
    {"s_min_i32 s20, s10, s11", "9 11 12", 0x80000001, 1},
    {"s_max_u32 s20, s10, s11", "9 11 12", 0x80000001, 1},
    {"s_absdiff_i32 s20, s11, 9", "9 11 12", 2, 1},
    {"s_lshl2_add_u32 s20, s11, s11", "9 11 12", 35, 0},
    {"s_wqm_b32 s20, s10", "9 11 12", 0xf000000f, 1},
    {"s_add_f32 s20, s14, s15", "12", 0xbf000000},
    {"s_fmac_f32 s20, s14, s15", "12", 0xc0400000},
    {"s_cvt_f32_i32 s20, s11", "12", 0x40e00000},
    {"s_cmp_gt_f32 s14, s15", "12", 0, 1},
    {"s_getpc_b64 s[22:23]\ns_add_u32 s22, s22, 16\ns_addc_u32 s23, s23, 0\n"
     "s_setpc_b64 s[22:23]\ns_mov_b32 s20, 1\ns_nop 0",
     "9 11", 0},
    {"s_branch over\ns_mov_b32 s20, 1\nover:\ns_nop 0", "9 11 12", 0},
    {"s_mov_b32 m0, 1\ns_movrels_b32 s20, s10", "9 11 12", 7},
};

TEST(Scalar, Instructions) {
  for (const ScalarCase &test : cases) {
    for (const char *chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
      const std::string name = chip;
      const std::string generation = name[3] == '9' ? "9" : name.substr(3, 2);
      if ((" " + std::string(test.chips) + " ").find(" " + generation + " ") == std::string::npos) {
        continue;
      }
      const auto out = runVector(chip, {std::string(test.text) +
                                            "\ns_cselect_b32 s24, 1, 0\nv_mov_b32 v20, s20\n"
                                            "v_mov_b32 v21, s21\nv_mov_b32 v22, s24",
                                        {},
                                        3,
                                        prologue});
      EXPECT_EQ(out[0][0] | uint64_t(out[1][0]) << 32, test.expected) << chip << ": " << test.text;
      if (test.scc >= 0) {
        EXPECT_EQ(out[2][0], uint32_t(test.scc)) << chip << ": SCC of " << test.text;
      }
    }
  }
}

TEST(Scalar, SaveExec) {
  auto out = runVector("gfx942", {"s_mov_b64 s[10:11], 0xff\nv_mov_b32 v20, 1\n"
                                  "s_and_saveexec_b64 s[12:13], s[10:11]\nv_mov_b32 v20, 2\n"
                                  "s_or_b64 exec, exec, s[12:13]",
                                  {}});
  EXPECT_EQ(out[0][7], 2u);
  EXPECT_EQ(out[0][8], 1u);
  out = runVector("gfx1100", {"s_movk_i32 s10, 0xff\nv_mov_b32 v20, 1\n"
                              "s_and_not1_saveexec_b32 s12, s10\nv_mov_b32 v20, 2\n"
                              "s_mov_b32 exec_lo, s12",
                              {}});
  EXPECT_EQ(out[0][7], 1u);
}

TEST(Scalar, IndexedRegisters) {
  auto out = runVector("gfx942", {"v_mov_b32 v10, 10\nv_mov_b32 v11, 11\nv_mov_b32 v12, 12\n"
                                  "s_mov_b32 s10, 2\ns_set_gpr_idx_on s10, gpr_idx(SRC0)\n"
                                  "v_mov_b32 v20, v10\ns_set_gpr_idx_off",
                                  {}});
  EXPECT_EQ(out[0][0], 12u);
  out = runVector("gfx1100", {"v_mov_b32 v10, 10\nv_mov_b32 v12, 12\ns_mov_b32 m0, 2\n"
                              "v_movrels_b32 v20, v10",
                              {}});
  EXPECT_EQ(out[0][0], 12u);
}

TEST(Scalar, RoundingMode) {
  const uint32_t one = std::bit_cast<uint32_t>(1.0f), tiny = std::bit_cast<uint32_t>(1e-10f);
  auto out = runVector("gfx942", {"s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 1\n"
                                  "v_add_f32 v20, v4, v5\n"
                                  "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 0",
                                  {{one}, {tiny}}});
  EXPECT_EQ(out[0][0], one + 1); // toward +infinity
}

TEST(Scalar, WordsThatAreNoInstruction) {
  // SDWA selections 7, and a literal in VOP3: no instruction, and no crash.
  for (const char *words : {".long 0x0c280af9, 0x07060604", ".long 0x7e2802f9, 0x06071f04",
                            ".long 0x7c280af9, 0x07060004", ".long 0xd03c837e, 0x408e60ff"}) {
    AssembledKernel kernel("gfx942", std::string(words) + "\ns_endpgm\n");
    EXPECT_EQ(kernel.run({}).status, DispatchResult::Status::UnknownInstruction) << words;
  }
}

TEST(Scalar, UnknownInstructionIsNamed) {
  AssembledKernel kernel("gfx942", "v_cubeid_f32 v0, v1, v2, v3\ns_endpgm\n");
  const DispatchResult result = kernel.run({});
  EXPECT_EQ(result.status, DispatchResult::Status::UnknownInstruction);
  EXPECT_NE(result.message.find("v_cubeid_f32"), std::string::npos) << result.message;
}

} // namespace
} // namespace qcc::emulator::test
