// Waits, hazards, barriers and the selection of checks.
#include "emulator/checks/Waits.h"
#include "test/emulator/checks/Checked.h"

namespace qcc::emulator::test {
namespace {

TEST(Selection, NamesAndRefusals) {
  checks::Selection s;
  std::string error;
  EXPECT_TRUE(checks::parseSelection("races,waits", s, error));
  EXPECT_TRUE(s.races && s.waits && !s.uninitialized);
  EXPECT_TRUE(checks::parseSelection("all", s, error));
  EXPECT_TRUE(s.progress && s.hazards && s.barriers && s.uninitialized);
  EXPECT_FALSE(checks::parseSelection("race", s, error));
  EXPECT_NE(error.find("`race`"), std::string::npos);
}

TEST(Waits, EveryGenerationsText) {
  using V = checks::WaitValues;
  EXPECT_EQ(checks::parseWait("s_waitcnt vmcnt(3) lgkmcnt(0)"), (V{3, -1, 0, -1}));
  EXPECT_EQ(checks::parseWait("s_waitcnt lgkmcnt(2)"), (V{-1, -1, 2, -1}));
  EXPECT_EQ(checks::parseWait("s_waitcnt_vscnt null, 0x1"), (V{-1, 1, -1, -1}));
  EXPECT_EQ(checks::parseWait("s_wait_loadcnt 0x5"), (V{5, -1, -1, -1}));
  EXPECT_EQ(checks::parseWait("s_wait_loadcnt_dscnt 0x201"), (V{2, -1, 1, -1}));
  EXPECT_EQ(checks::parseWait("s_wait_kmcnt 0x0"), (V{-1, -1, -1, 0}));
  EXPECT_EQ(checks::parseWait("s_wait_alu 0xfffe"), (V{-1, -1, -1, -1}));
}

TEST(Waits, ResultUsedTooEarly) {
  DeviceBuffer buffer(4096);
  Checked c("waits");
  c.run("gfx942", R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_lshlrev_b32 v1, 2, v0
    global_load_dword v2, v1, s[4:5]
    global_load_dword v3, v1, s[4:5] offset:256
    s_waitcnt vmcnt(1)
    v_add_u32 v4, v2, v2
    v_add_u32 v5, v3, v3
    s_waitcnt vmcnt(0)
    ds_write_b32 v1, v4
    ds_read_b32 v6, v1
    v_mov_b32 v6, 0
    s_waitcnt lgkmcnt(0)
    s_endpgm
  )",
        {buffer.address()});
  EXPECT_EQ(c.found(), (Found{"wait: v_add_u32_e32 v5, v3, v3", "wait: v_mov_b32_e32 v6, 0"}));
}

TEST(Waits, ScalarLoadsReturnInAnyOrder) {
  DeviceBuffer buffer(4096);
  Checked c("waits");
  c.run("gfx942", R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_load_dwordx2 s[6:7], s[0:1], 0x0
    s_waitcnt lgkmcnt(1)
    s_add_u32 s8, s4, s4
    s_waitcnt lgkmcnt(0)
    s_endpgm
  )",
        {buffer.address()});
  EXPECT_EQ(c.found(), (Found{"wait: s_add_u32 s8, s4, s4"}));
}

TEST(Waits, LaterGenerationsCountStoresApart) {
  DeviceBuffer buffer(4096);
  Checked c("waits");
  c.run("gfx1100", R"(
    s_load_b64 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_lshlrev_b32 v1, 2, v0
    global_load_b32 v2, v1, s[4:5]
    global_store_b32 v1, v1, s[4:5] offset:1024
    s_waitcnt vmcnt(0)
    v_add_nc_u32 v3, v2, v2
    s_endpgm
  )",
        {buffer.address()}, 32);
  EXPECT_EQ(c.found(), Found{});
  c.run("gfx1201", R"(
    s_load_b64 s[4:5], s[0:1], 0x0
    s_wait_kmcnt 0x0
    v_lshlrev_b32 v1, 2, v0
    global_load_b32 v2, v1, s[4:5]
    ds_load_b32 v3, v1
    s_wait_dscnt 0x0
    v_add_nc_u32 v4, v3, v3
    v_add_nc_u32 v5, v2, v2
    s_endpgm
  )",
        {buffer.address()}, 32);
  EXPECT_EQ(c.found(), (Found{"wait: v_add_nc_u32_e32 v5, v2, v2"}));
}

TEST(Waits, FlatLoadsAreCoveredByBothCounters) {
  DeviceBuffer buffer(4096);
  const std::string start = R"(
    s_load_b64 s[4:5], s[0:1], 0x0
    s_wait_kmcnt 0x0
    v_mov_b32 v0, s4
    v_mov_b32 v1, s5
    flat_load_b32 v2, v[0:1]
    flat_store_b32 v[0:1], v0 offset:64
    flat_load_b32 v3, v[0:1]
  )";
  const char *const end = "v_add_nc_u32 v4, v2, v2\ns_endpgm\n";
  for (const char *wait : {"s_wait_loadcnt 0x1\n", "s_wait_dscnt 0x2\n", "s_wait_dscnt 0x3\n"}) {
    Checked c("waits");
    c.run("gfx1201", start + wait + end, {buffer.address()}, 32);
    EXPECT_EQ(c.found(), (Found{"wait: v_add_nc_u32_e32 v4, v2, v2"})) << wait;
  }
  Checked c("waits");
  c.run("gfx1201", start + "s_wait_loadcnt_dscnt 0x102\n" + end, {buffer.address()}, 32);
  EXPECT_EQ(c.found(), Found{});
}

TEST(Waits, LdsStoresAreDoneAtBarriers) {
  struct Case {
    const char *chip, *wait, *barrier;
    Found found;
  };
  for (const Case &c :
       {Case{"gfx942", "", "s_barrier", {"wait: s_barrier"}},
        Case{"gfx942", "s_waitcnt lgkmcnt(1)", "s_barrier", {"wait: s_barrier"}},
        Case{"gfx942", "s_waitcnt vmcnt(0)", "s_barrier", {"wait: s_barrier"}},
        Case{"gfx942", "s_waitcnt lgkmcnt(0)", "s_barrier", {}},
        Case{"gfx1100", "", "s_barrier", {"wait: s_barrier"}},
        Case{"gfx1100", "s_waitcnt lgkmcnt(0)", "s_barrier", {}},
        Case{
            "gfx1201", "", "s_barrier_signal -1\ns_barrier_wait -1", {"wait: s_barrier_signal -1"}},
        Case{"gfx1201", "s_wait_dscnt 0x0", "s_barrier_signal -1\ns_barrier_wait -1", {}}}) {
    Checked checked("waits");
    checked.run(c.chip,
                std::string("v_lshlrev_b32 v1, 2, v0\n") +
                    (std::string(c.chip) == "gfx942" ? "ds_write_b32" : "ds_store_b32") +
                    " v1, v0\n" + c.wait + "\n" + c.barrier + "\ns_endpgm\n",
                {}, 128);
    EXPECT_EQ(checked.found(), c.found) << c.chip << " " << c.wait;
  }
}

TEST(Hazards, ScalarRegisterOfTheVectorUnit) {
  DeviceBuffer buffer(4096);
  const char *start = R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_mov_b32 v1, s4
    v_mov_b32 v2, s5
    v_readfirstlane_b32 s8, v1
    v_readfirstlane_b32 s9, v2
  )";
  const char *end = "v_mov_b32 v3, 0\nglobal_load_dword v4, v3, s[8:9]\ns_waitcnt vmcnt(0)\n"
                    "s_endpgm\n";
  for (const char *nop : {"", "s_nop 2\n"}) { // the mov is a state as well
    Checked c("hazards");
    c.run("gfx942", start + std::string(nop) + end, {buffer.address()});
    EXPECT_EQ(c.found(), (Found{"hazard: global_load_dword v4, v3, s[8:9]"})) << nop;
  }
  Checked c("hazards");
  c.run("gfx942", start + std::string("s_nop 3\n") + end, {buffer.address()});
  EXPECT_EQ(c.found(), Found{});
}

TEST(Hazards, DppAndMatrixResults) {
  Checked c("hazards");
  c.run("gfx942", R"(
    v_mov_b32 v1, v0
    v_mov_b32_dpp v2, v1 row_shr:1 row_mask:0xf bank_mask:0xf
    v_mfma_f32_16x16x16_f16 v[8:11], v[4:5], v[6:7], 0
    v_mfma_f32_16x16x16_f16 v[8:11], v[4:5], v[6:7], v[8:11]
    v_add_f32 v12, v8, v9
    s_nop 15
    v_add_f32 v13, v8, v9
    s_endpgm
  )",
        {});
  EXPECT_EQ(c.found(), (Found{"hazard: v_mov_b32_dpp v2, v1 row_shr:1 row_mask:0xf bank_mask:0xf",
                              "hazard: v_add_f32_e32 v12, v8, v9"}));
}

TEST(Barriers, SomeLanesOnly) {
  const char *text = R"(
    v_cmp_gt_u32 vcc, 16, v0
    s_and_saveexec_b64 s[4:5], vcc
    s_barrier
    s_or_b64 exec, exec, s[4:5]
    v_lshlrev_b32 v1, 2, v0
    ds_write_b32 v1, v0
    s_endpgm
  )";
  Checked c("barriers");
  c.run("gfx942", text, {}, 128);
  EXPECT_EQ(c.found(), (Found{"barrier: ds_write_b32 v1, v0"}));
}

TEST(Barriers, LanesThatEndedAreNotMissed) {
  Checked c("barriers");
  c.run("gfx942", R"(
    v_cmp_gt_u32 vcc, 16, v0
    s_and_saveexec_b64 s[4:5], vcc
    s_cbranch_execz end
    s_barrier
    v_lshlrev_b32 v1, 2, v0
    ds_write_b32 v1, v0
  end:
    s_endpgm
  )",
        {}, 128);
  EXPECT_EQ(c.found(), Found{});
}

TEST(Barriers, WavesAtDifferentPlaces) {
  Checked c("barriers");
  c.run("gfx942", R"(
    v_readfirstlane_b32 s4, v0
    s_cmp_lt_u32 s4, 64
    s_cbranch_scc0 other
    s_barrier
    s_nop 0
  other:
    s_barrier
    s_endpgm
  )",
        {}, 128);
  ASSERT_EQ(c.reports.size(), 1u);
  EXPECT_EQ(c.reports[0].kind, checks::Kind::Barrier);
}

} // namespace
} // namespace qcc::emulator::test
