// Program flow, barriers and registers whose numbers M0 moves.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Tested.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {
namespace {

const std::string chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

/// The first lane's v20 after the text, which has s20 moved there.
uint32_t result(const std::string &chip, const std::string &text, const std::string &before = "") {
  return runVector(chip,
                   {text + "\nv_mov_b32 v20, s20", {}, 1, "s_mov_b32 s20, 1\n" + before})[0][0];
}

struct BranchCase {
  const char *condition;        // behind "s_cbranch_"
  const char *taken, *notTaken; // what makes the condition true, and false; wave32: vcc_lo, exec_lo
};
const BranchCase branches[] = {
    {"scc0", "s_cmp_eq_u32 s20, 2", "s_cmp_eq_u32 s20, 1"},
    {"scc1", "s_cmp_eq_u32 s20, 1", "s_cmp_eq_u32 s20, 2"},
    {"vccz", "s_mov_b64 vcc, 0", "s_mov_b64 vcc, 4"},
    {"vccnz", "s_mov_b64 vcc, 4", "s_mov_b64 vcc, 0"},
    {"execz", "s_mov_b64 exec, 0", "s_mov_b64 exec, 2"},
    {"execnz", "s_mov_b64 exec, 2", "s_mov_b64 exec, 0"},
};

TEST(Control, Branches) {
  for (const std::string &chip : chips) {
    const std::string restore = "\ns_mov_b64 exec, -1";
    for (const BranchCase &test : branches) {
      for (bool taken : {true, false}) {
        const std::string text = std::string(taken ? test.taken : test.notTaken) + "\n>s_cbranch_" +
                                 test.condition + " over\ns_mov_b32 s20, 7\nover:" + restore;
        EXPECT_EQ(result(chip, text), taken ? 1u : 7u) << chip << " " << text;
      }
    }
    EXPECT_EQ(result(chip, ">s_branch over\ns_mov_b32 s20, 7\nover:"), 1u) << chip;
    // Backwards: a loop that doubles five times.
    EXPECT_EQ(result(chip, "s_movk_i32 s10, 5\nagain:\ns_lshl_b32 s20, s20, 1\n"
                           "s_sub_u32 s10, s10, 1\ns_cmp_lg_u32 s10, 0\n>s_cbranch_scc1 again"),
              32u)
        << chip;
  }
}

TEST(Control, Jumps) {
  for (const std::string &chip : chips) {
    // s_getpc gives the address behind it.
    EXPECT_EQ(result(chip, "s_movk_i32 s20, 1\n>s_getpc_b64 s[22:23]\nhere:\n"
                           "s_add_u32 s22, s22, over-here\ns_addc_u32 s23, s23, 0\n"
                           ">s_setpc_b64 s[22:23]\ns_movk_i32 s20, 7\nover:"),
              1u)
        << chip;
    EXPECT_EQ(result(chip, ">s_getpc_b64 s[22:23]\nhere:\ns_add_u32 s22, s22, function-here\n"
                           "s_addc_u32 s23, s23, 0\n>s_swappc_b64 s[24:25], s[22:23]\n"
                           "s_add_u32 s20, s20, 1\ns_branch end\n"
                           "function:\ns_movk_i32 s20, 40\ns_setpc_b64 s[24:25]\nend:"),
              41u)
        << chip;
    EXPECT_EQ(result(chip, ">s_call_b64 s[24:25], function\ns_add_u32 s20, s20, 1\ns_branch end\n"
                           "function:\ns_movk_i32 s20, 40\ns_setpc_b64 s[24:25]\nend:"),
              41u)
        << chip;
  }
}

TEST(Control, Ends) {
  for (const std::string &chip : chips) {
    noteTested(chip, "s_endpgm");
    noteTested(chip, "s_trap 2");
    AssembledKernel quiet(chip, "s_endpgm\ns_trap 2\n");
    EXPECT_TRUE(quiet.run({}).ok()) << chip;
    AssembledKernel trap(chip, "s_trap 2\ns_endpgm\n");
    EXPECT_EQ(trap.run({}).status, DispatchResult::Status::Trap) << chip;
    if (isWave32(chip)) {
      noteTested(chip, "s_code_end");
      AssembledKernel padding(chip, "s_code_end\ns_endpgm\n");
      EXPECT_EQ(padding.run({}).status, DispatchResult::Status::Trap) << chip;
    }
  }
}

TEST(Control, Barriers) {
  // Each wave stores its number, waits, and sums what all have stored.
  for (const std::string &chip : chips) {
    const bool later = isWave32(chip), twelve = chip == "gfx1201";
    const std::string barrier = twelve ? "s_barrier_signal -1\ns_barrier_wait -1\n" : "s_barrier\n";
    noteTested(chip, twelve ? "s_barrier_signal -1" : "s_barrier");
    noteTested(chip, twelve ? "s_barrier_wait -1" : "s_barrier");
    const std::string load =
        later ? "s_load_b64 s[4:5], s[0:1], 0x0\n" : "s_load_dwordx2 s[4:5], s[0:1], 0x0\n";
    const std::string wait = twelve ? "s_wait_kmcnt 0\n" : "s_waitcnt lgkmcnt(0)\n";
    const std::string read = later ? "ds_load_b32 v3, v2" : "ds_read_b32 v3, v2";
    const std::string add = later ? "v_add_nc_u32 v4, v4, v3\n" : "v_add_u32 v4, v4, v3\n";
    std::string text = load + wait + "v_lshlrev_b32 v1, 2, v0\n" +
                       (later ? "ds_store_b32 v1, v0\n" : "ds_write_b32 v1, v0\n") + barrier +
                       "v_mov_b32 v2, 0\nv_mov_b32 v4, 0\n";
    for (unsigned wave = 0; wave < 4; ++wave) { // the first lane of each of four waves
      text += read + " offset:" + std::to_string(wave * (later ? 128 : 256)) + "\n" + add;
    }
    AssembledKernel kernel(chip, text + "global_store_dword v1, v4, s[4:5]\ns_endpgm\n");
    const unsigned items = kernel.lanes * 4;
    DeviceBuffer out(items * 4);
    ASSERT_TRUE(kernel.run({out.address()}, items).ok()) << chip;
    for (unsigned n = 0; n < items; ++n) {
      EXPECT_EQ(out.as<uint32_t>()[n], kernel.lanes * 6) << chip << " " << n;
    }
  }
}

TEST(Control, SmallThings) {
  for (const std::string chip : {"gfx1100", "gfx1201"}) {
    // A clock, asked for by message, moves forward.
    const auto out = runVector(
        chip, {">s_sendmsg_rtn_b64 s[10:11], sendmsg(MSG_RTN_GET_REALTIME)\n"
               ">s_sendmsg_rtn_b32 s12, sendmsg(MSG_RTN_GET_REALTIME)\nv_mov_b32 v20, s10\n"
               "v_mov_b32 v21, s11\nv_mov_b32 v22, s12",
               {},
               3});
    EXPECT_LT(out[0][0], out[2][0]) << chip;
    EXPECT_EQ(out[1][0], 0u) << chip;
  }
  EXPECT_EQ(result("gfx1201", "s_cmp_eq_u32 s20, 3\n>s_alloc_vgpr 0x40\ns_cselect_b32 s20, 5, 6"),
            5u);
}

TEST(Control, RelativeScalars) {
  const std::string fill = "s_movk_i32 s10, 100\ns_movk_i32 s11, 101\ns_movk_i32 s12, 102\n"
                           "s_movk_i32 s13, 103\ns_movk_i32 s21, 121\ns_movk_i32 s22, 122\n";
  for (const std::string &chip : chips) {
    EXPECT_EQ(result(chip, "s_mov_b32 m0, 3\n>s_movrels_b32 s20, s10", fill), 103u) << chip;
    EXPECT_EQ(result(chip, "s_mov_b32 m0, 2\n>s_movrels_b64 s[22:23], s[10:11]\ns_mov_b32 s20, s23",
                     fill),
              103u)
        << chip;
    EXPECT_EQ(result(chip, "s_mov_b32 m0, 10\n>s_movreld_b32 s10, s13", fill), 103u) << chip;
    EXPECT_EQ(result(chip, "s_mov_b32 m0, 10\n>s_movreld_b64 s[10:11], s[12:13]", fill), 102u)
        << chip;
    if (isWave32(chip)) { // the source moves by 2, the destination by 10
      EXPECT_EQ(result(chip, "s_mov_b32 m0, 0xa0002\n>s_movrelsd_2_b32 s10, s11", fill), 103u)
          << chip;
    }
  }
}

TEST(Control, RelativeVectors) {
  const std::string fill = "v_mov_b32 v10, 100\nv_mov_b32 v11, 101\nv_mov_b32 v12, 102\n"
                           "v_mov_b32 v20, 120\nv_mov_b32 v21, 121\n";
  const auto two = [&](const std::string &chip, const std::string &text) {
    const auto out = runVector(chip, {text, {}, 2, fill});
    return out[0][5] * 1000 + out[1][5];
  };
  for (const std::string chip : {"gfx1100", "gfx1201"}) {
    EXPECT_EQ(two(chip, "s_mov_b32 m0, 2\n>v_movrels_b32 v20, v10"), 102121u) << chip;
    EXPECT_EQ(two(chip, "s_mov_b32 m0, 1\n>v_movreld_b32 v20, v10"), 120100u) << chip;
    EXPECT_EQ(two(chip, "s_mov_b32 m0, 1\n>v_movrelsd_b32 v20, v10"), 120101u) << chip;
    EXPECT_EQ(two(chip, "s_mov_b32 m0, 0x10002\n>v_movrelsd_2_b32 v20, v10"), 120102u) << chip;
    EXPECT_EQ(two(chip, "s_mov_b32 m0, 0x10002\n>v_swaprel_b32 v20, v10\nv_mov_b32 v20, v12"),
              121102u)
        << chip;
  }
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950"}) {
    EXPECT_EQ(two(chip, "s_mov_b32 s10, 2\n>s_set_gpr_idx_on s10, gpr_idx(SRC0)\n"
                        "v_mov_b32 v20, v10\n>s_set_gpr_idx_off\nv_mov_b32 v21, v10"),
              102100u)
        << chip;
    EXPECT_EQ(two(chip, "s_mov_b32 s10, 2\ns_mov_b32 s11, 1\ns_set_gpr_idx_on s10, gpr_idx(DST)\n"
                        ">s_set_gpr_idx_idx s11\nv_mov_b32 v20, v12\ns_set_gpr_idx_off"),
              120102u)
        << chip;
  }
}

} // namespace
} // namespace qcc::emulator::test
