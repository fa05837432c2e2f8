// Values that were never written.
#include "test/emulator/checks/Checked.h"

namespace qcc::emulator::test {
namespace {

const char *const start = R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_lshlrev_b32 v1, 2, v0
)";

Found run(const std::string &text, const char *chip = "gfx942", bool fresh = false) {
  DeviceBuffer buffer(65536);
  Checked c("uninitialized");
  if (fresh) {
    c.fresh(buffer);
  }
  const DispatchResult result =
      c.run(chip, start + text + "\ns_waitcnt vmcnt(0) lgkmcnt(0)\ns_endpgm\n", {buffer.address()});
  EXPECT_TRUE(result.ok()) << result.message;
  return c.found();
}

TEST(Uninitialized, RegisterReachesAStore) {
  EXPECT_EQ(run("global_store_dword v1, v9, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v9, s[4:5]"}));
  EXPECT_EQ(run("v_add_u32 v2, v9, v0\nglobal_store_dword v1, v2, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
  EXPECT_EQ(run("v_mov_b32 v9, v0\nv_add_u32 v2, v9, v0\nglobal_store_dword v1, v2, s[4:5]"),
            Found{});
}

TEST(Uninitialized, MaskedAndSelectedBitsDoNotCount) {
  EXPECT_EQ(run("v_and_b32 v2, 0, v9\nglobal_store_dword v1, v2, s[4:5]"), Found{});
  EXPECT_EQ(run("v_mov_b32_e32 v9, v9\nv_cmp_eq_u32 vcc, 0, v1\nv_cndmask_b32 v2, v0, v1, vcc\n"
                "global_store_dword v1, v2, s[4:5]"),
            Found{});
  EXPECT_EQ(run("v_cmp_eq_u32 vcc, v0, v0\nv_cndmask_b32 v2, v9, v1, vcc\n"
                "global_store_dword v1, v2, s[4:5]"),
            Found{});
  EXPECT_EQ(run("v_cmp_ne_u32 vcc, v0, v0\nv_cndmask_b32 v2, v9, v1, vcc\n"
                "global_store_dword v1, v2, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
  // Half a register: the other half is shifted out.
  EXPECT_EQ(run("global_load_short_d16 v8, v1, s[4:5]\ns_waitcnt vmcnt(0)\n"
                "v_lshlrev_b32 v2, 16, v8\nglobal_store_dword v1, v2, s[4:5]"),
            Found{});
  EXPECT_EQ(run("global_load_short_d16 v8, v1, s[4:5]\ns_waitcnt vmcnt(0)\n"
                "v_lshlrev_b32 v2, 15, v8\nglobal_store_dword v1, v2, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
}

TEST(Uninitialized, AddressAndBranch) {
  EXPECT_EQ(run("v_and_b32 v9, 60, v9\nglobal_load_dword v2, v9, s[4:5]"),
            (Found{"uninitialized: global_load_dword v2, v9, s[4:5]"}));
  EXPECT_EQ(run("s_cmp_eq_u32 s20, 0\ns_cbranch_scc1 next\nnext:"),
            (Found{"uninitialized: s_cbranch_scc1 0"}));
  EXPECT_EQ(run("v_cmp_gt_u32 vcc, 7, v9\ns_and_saveexec_b64 s[6:7], vcc"),
            (Found{"uninitialized: s_and_saveexec_b64 s[6:7], vcc"}));
}

TEST(Uninitialized, LdsIsTrackedByTheByte) {
  EXPECT_EQ(run("ds_write_b8 v1, v0\nds_read_u8 v2, v1\ns_waitcnt lgkmcnt(0)\n"
                "global_store_dword v1, v2, s[4:5]"),
            Found{});
  EXPECT_EQ(run("ds_write_b8 v1, v0\nds_read_u8 v2, v1 offset:1\ns_waitcnt lgkmcnt(0)\n"
                "global_store_dword v1, v2, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
  EXPECT_EQ(run("ds_read_b32 v2, v1\ns_waitcnt lgkmcnt(0)\nv_cvt_f32_u32 v2, v2\n"
                "global_store_dword v1, v2, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
}

TEST(Uninitialized, GlobalMemoryMayBeCopied) {
  const std::string load = "global_load_dword v2, v1, s[4:5]\ns_waitcnt vmcnt(0)\n";
  EXPECT_EQ(
      run(load + "v_mov_b32 v3, v2\nglobal_store_dword v1, v3, s[4:5] offset:1024", "gfx942", true),
      Found{});
  EXPECT_EQ(run(load + "v_add_u32 v3, v2, v2\nglobal_store_dword v1, v3, s[4:5] offset:1024",
                "gfx942", true),
            (Found{"uninitialized: global_store_dword v1, v3, s[4:5] offset:1024"}));
  EXPECT_EQ(run(load + "v_add_u32 v3, v2, v2\nglobal_store_dword v1, v3, s[4:5] offset:1024"),
            Found{});
  EXPECT_EQ(run("global_store_dword v1, v0, s[4:5]\n" + load +
                    "v_add_u32 v3, v2, v2\nglobal_store_dword v1, v3, s[4:5] offset:1024",
                "gfx942", true),
            Found{});
}

TEST(Uninitialized, LanesOfCrossLaneMoves) {
  // Only the lower half of the wave writes v8; lane 3 is read, then lane 40.
  const std::string half = "s_mov_b64 s[6:7], exec\ns_mov_b32 exec_hi, 0\nv_mov_b32 v8, v0\n"
                           "s_mov_b64 exec, s[6:7]\n";
  const std::string store = "\nv_mov_b32 v2, s8\nglobal_store_dword v1, v2, s[4:5]";
  EXPECT_EQ(run(half + "v_readlane_b32 s8, v8, 3" + store), Found{});
  EXPECT_EQ(run(half + "v_readlane_b32 s8, v8, 40" + store),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
  EXPECT_EQ(run(half + "ds_swizzle_b32 v2, v8 offset:swizzle(SWAP,16)\ns_waitcnt lgkmcnt(0)\n"
                       "s_mov_b32 exec_hi, 0\nglobal_store_dword v1, v2, s[4:5]"),
            Found{});
}

TEST(Uninitialized, ScratchKeepsWhatItWasGiven) {
  EXPECT_EQ(run("scratch_store_dword off, v0, off offset:8\n"
                "scratch_load_dword v2, off, off offset:8\ns_waitcnt vmcnt(0)\n"
                "global_store_dword v1, v2, s[4:5]"),
            Found{});
  EXPECT_EQ(run("scratch_store_dword off, v0, off offset:7\n"
                "scratch_load_ubyte v2, off, off offset:10\ns_waitcnt vmcnt(0)\n"
                "global_store_dword v1, v2, s[4:5]"),
            Found{});
  EXPECT_EQ(run("scratch_load_dword v2, off, off offset:12\ns_waitcnt vmcnt(0)\n"
                "global_store_dword v1, v2, s[4:5]"),
            (Found{"uninitialized: global_store_dword v1, v2, s[4:5]"}));
}

} // namespace
} // namespace qcc::emulator::test
