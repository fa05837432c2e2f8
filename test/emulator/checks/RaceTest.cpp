// Data races inside a workgroup and between workgroups.
#include "test/emulator/checks/Checked.h"

namespace qcc::emulator::test {
namespace {

Found run(const char *chip, const std::string &text, uint32_t items, uint32_t groups,
          uint64_t *result = nullptr) {
  DeviceBuffer buffer(1 << 20);
  Checked c("races");
  const DispatchResult r = c.run(chip, text, {buffer.address()}, items, groups);
  EXPECT_TRUE(r.ok()) << r.message;
  if (result != nullptr) {
    *result = *buffer.as<uint64_t>();
  }
  return c.found();
}

const std::string ldsExchange(const char *between) {
  return std::string("v_lshlrev_b32 v1, 2, v0\nds_write_b32 v1, v0\ns_waitcnt lgkmcnt(0)\n") +
         between + "v_xor_b32 v2, 0x100, v1\nds_read_b32 v3, v2\ns_waitcnt lgkmcnt(0)\ns_endpgm\n";
}

TEST(Races, LdsNeedsABarrier) {
  EXPECT_EQ(run("gfx942", ldsExchange("s_barrier\n"), 128, 2), Found{});
  // The first wave reads what the second has yet to write, the second what the first has written.
  EXPECT_EQ(run("gfx942", ldsExchange(""), 128, 1),
            (Found{"race: ds_write_b32 v1, v0", "race: ds_read_b32 v3, v2"}));
  EXPECT_EQ(run("gfx942", ldsExchange(""), 64, 2), Found{}); // one wave is in step
}

TEST(Races, ReadBeforeTheNextWrite) {
  const std::string text = "v_lshlrev_b32 v1, 2, v0\nv_xor_b32 v2, 0x100, v1\n"
                           "ds_write_b32 v1, v0\ns_waitcnt lgkmcnt(0)\ns_barrier\n"
                           "ds_read_b32 v3, v2\ns_waitcnt lgkmcnt(0)\n";
  const std::string again = "ds_write_b32 v1, v3\ns_endpgm\n";
  EXPECT_EQ(run("gfx942", text + "s_barrier\n" + again, 128, 1), Found{});
  EXPECT_EQ(run("gfx942", text + again, 128, 1), (Found{"race: ds_read_b32 v3, v2"}));
}

TEST(Races, NeighbouringBytesDoNotMeet) {
  EXPECT_EQ(run("gfx942", "ds_write_b8 v0, v0\ns_endpgm\n", 128, 1), Found{});
}

TEST(Races, AtomicsMeet) {
  const std::string lds = "v_mov_b32 v1, 0\nds_add_u32 v1, v0\ns_waitcnt lgkmcnt(0)\n";
  EXPECT_EQ(run("gfx942", lds + "s_endpgm\n", 128, 1), Found{});
  EXPECT_EQ(run("gfx942", lds + "ds_read_b32 v2, v1\ns_waitcnt lgkmcnt(0)\ns_endpgm\n", 128, 1),
            (Found{"race: ds_add_u32 v1, v0"}));
  const std::string global = "s_load_dwordx2 s[4:5], s[0:1], 0x0\ns_waitcnt lgkmcnt(0)\n"
                             "v_mov_b32 v1, 0\nglobal_atomic_add v1, v0, s[4:5]\n";
  EXPECT_EQ(run("gfx942", global + "s_endpgm\n", 128, 4), Found{});
}

TEST(Races, CompareAndSwapMayBeginWithAPlainRead) {
  const std::string text = "v_mov_b32 v1, 0\nds_read_b32 v2, v1\ns_waitcnt lgkmcnt(0)\n"
                           "v_add_u32 v3, v2, v0\nds_cmpst_rtn_b32 v4, v1, v2, v3\n"
                           "s_waitcnt lgkmcnt(0)\ns_endpgm\n";
  EXPECT_EQ(run("gfx942", text, 128, 1), Found{});
}

TEST(Races, GroupsWriteTheSameByte) {
  const std::string head = "s_load_dwordx2 s[4:5], s[0:1], 0x0\ns_waitcnt lgkmcnt(0)\n"
                           "v_lshlrev_b32 v1, 2, v0\n";
  EXPECT_EQ(run("gfx942", head + "v_mov_b32 v2, s2\nglobal_store_dword v1, v2, s[4:5]\ns_endpgm\n",
                64, 2),
            (Found{"race: global_store_dword v1, v2, s[4:5]"}));
  // Everyone stores the same value.
  EXPECT_EQ(
      run("gfx942", head + "v_mov_b32 v2, 7\nglobal_store_dword v1, v2, s[4:5]\ns_endpgm\n", 64, 1),
      Found{});
}

/// Workgroup 0 stores a value at 256 and sets the flag at 0; the others wait for the flag and read
/// the value.
struct Exchange {
  const char *chip, *writeBack, *storeScope, *loadScope, *invalidate;
};
std::string exchange(const Exchange &e) {
  const std::string chip = e.chip;
  const bool old = chip.compare(0, 4, "gfx9") == 0, gfx12 = chip.compare(0, 5, "gfx12") == 0;
  const std::string width = old ? "dword" : "b32";
  const std::string wait = gfx12 ? "s_wait_loadcnt 0x0\ns_wait_storecnt 0x0\n"
                           : old ? "s_waitcnt vmcnt(0)\n"
                                 : "s_waitcnt vmcnt(0)\ns_waitcnt_vscnt null, 0x0\n";
  const std::string id = gfx12 ? "ttmp9" : "s2";
  return std::string(old ? "s_load_dwordx2" : "s_load_b64") + " s[4:5], s[0:1], 0x0\n" +
         (gfx12 ? "s_wait_kmcnt 0x0\n" : "s_waitcnt lgkmcnt(0)\n") +
         "v_mov_b32 v1, 0\nv_mov_b32 v2, 1\ns_cmp_eq_u32 " + id + ", 0\ns_cbranch_scc0 reader\n" +
         "global_store_" + width + " v1, v2, s[4:5] offset:256\n" + e.writeBack + "\n" + wait +
         "global_store_" + width + " v1, v2, s[4:5] " + e.storeScope + "\ns_endpgm\nreader:\n" +
         "global_load_" + width + " v3, v1, s[4:5] " + e.loadScope + "\n" + wait +
         "v_readfirstlane_b32 s6, v3\ns_cmp_eq_u32 s6, 0\ns_cbranch_scc1 reader\n" + e.invalidate +
         "\nglobal_load_" + width + " v4, v1, s[4:5] offset:256\n" + wait + "s_endpgm\n";
}

TEST(Races, FlagsOfAgentScopeOrderWorkgroups) {
  for (const Exchange &e : {Exchange{"gfx90a", "", "", "glc", "buffer_wbinvl1_vol"},
                            Exchange{"gfx942", "buffer_wbl2 sc1", "sc1", "sc1", "buffer_inv sc1"},
                            Exchange{"gfx950", "buffer_wbl2 sc1", "sc1", "sc1", "buffer_inv sc1"},
                            Exchange{"gfx1100", "", "", "glc", "buffer_gl1_inv\nbuffer_gl0_inv"},
                            Exchange{"gfx1201", "", "scope:SCOPE_DEV", "scope:SCOPE_DEV",
                                     "global_inv scope:SCOPE_DEV"}}) {
    EXPECT_EQ(run(e.chip, exchange(e), 32, 4), Found{}) << e.chip;
  }
}

TEST(Races, MissingScopeOrCacheControlIsFound) {
  for (const Exchange &e : {Exchange{"gfx90a", "", "", "glc", ""},
                            Exchange{"gfx942", "", "sc1", "sc1", "buffer_inv sc1"},
                            Exchange{"gfx942", "buffer_wbl2 sc1", "sc1", "sc1", ""},
                            Exchange{"gfx1100", "", "", "glc", "buffer_gl0_inv"},
                            Exchange{"gfx1201", "", "scope:SCOPE_DEV", "scope:SCOPE_DEV",
                                     "global_inv scope:SCOPE_SE"}}) {
    const Found found = run(e.chip, exchange(e), 32, 4);
    ASSERT_EQ(found.size(), 1u) << e.chip << e.invalidate;
    EXPECT_NE(found[0].find("v4, v1, s[4:5] offset:256"), std::string::npos) << found[0];
  }
  const Exchange weak{"gfx942", "buffer_wbl2 sc1", "sc0", "sc0", "buffer_inv sc1"};
  const Found found = run("gfx942", exchange(weak), 64, 4);
  ASSERT_FALSE(found.empty());       // the flag itself
  const std::string flag = found[0]; // whoever comes later, the reader or the writer
  EXPECT_TRUE(flag == "race: global_load_dword v3, v1, s[4:5] sc0" ||
              flag == "race: global_store_dword v1, v2, s[4:5] sc0")
      << flag;
}

/// A grid barrier: everyone adds one and waits for all; data move from each to its neighbour.
TEST(Races, CountersOfAgentScopeOrderEveryone) {
  const std::string text = R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_mov_b32 v1, 0
    v_mov_b32 v2, 1
    s_lshl_b32 s6, s2, 6
    v_mov_b32 v5, s6
    global_store_dword v5, v0, s[4:5] offset:256
    buffer_wbl2 sc1
    s_waitcnt vmcnt(0)
    s_mov_b64 exec, 1
    global_atomic_add v1, v2, s[4:5]
  wait:
    global_load_dword v3, v1, s[4:5] sc1
    s_waitcnt vmcnt(0)
    v_readfirstlane_b32 s7, v3
    s_cmp_lt_u32 s7, 4
    s_cbranch_scc1 wait
    CONTROL
    v_xor_b32 v5, 64, v5
    global_load_dword v4, v5, s[4:5] offset:256
    s_waitcnt vmcnt(0)
    s_endpgm
  )";
  std::string good = text, bad = text;
  good.replace(good.find("CONTROL"), 7, "buffer_inv sc1");
  bad.replace(bad.find("CONTROL"), 7, "");
  EXPECT_EQ(run("gfx942", good, 64, 4), Found{});
  EXPECT_EQ(run("gfx942", bad, 64, 4),
            (Found{"race: global_load_dword v4, v5, s[4:5] offset:256"}));
}

// Many workgroups spin on one lock while its holder releases it: the attempts of the others must
// not take from the next holder what the last one released.
TEST(Races, LocksHandOnWhatTheyGuard) {
  uint64_t result = 0;
  EXPECT_EQ(run("gfx942", R"(s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_mov_b64 exec, 1
    s_movk_i32 s6, 100
    v_mov_b32 v1, 0
    v_mov_b32 v2, 1
    s_waitcnt lgkmcnt(0)
    take:
    global_atomic_swap v3, v1, v2, s[4:5] offset:64 sc0
    s_waitcnt vmcnt(0)
    buffer_inv sc1
    v_cmp_ne_u32 vcc, 0, v3
    s_cbranch_vccnz take
    global_load_dword v4, v1, s[4:5]
    s_waitcnt vmcnt(0)
    v_add_u32 v4, 1, v4
    global_store_dword v1, v4, s[4:5]
    buffer_wbl2 sc1
    s_waitcnt vmcnt(0)
    global_store_dword v1, v1, s[4:5] offset:64 sc1
    s_sub_u32 s6, s6, 1
    s_cmp_lg_u32 s6, 0
    s_cbranch_scc1 take
    s_endpgm
    )",
                64, 200, &result),
            Found{});
  EXPECT_EQ(uint32_t(result), 200 * 100u);
}

// The last of four workgroups to arrive at a counter sets it back by a plain store, which comes
// behind all arrivals, in whatever order the host's threads looked at them.
TEST(Races, TheLastToArriveOwnsTheCounter) {
  for (unsigned launch = 0; launch < 20; ++launch) {
    EXPECT_EQ(run("gfx942", R"(s_load_dwordx2 s[4:5], s[0:1], 0x0
      s_mov_b64 exec, 1
      s_lshr_b32 s6, s2, 2
      s_lshl_b32 s6, s6, 6
      v_mov_b32 v1, s6
      v_mov_b32 v2, 1
      v_mov_b32 v5, 0
      s_waitcnt lgkmcnt(0)
      buffer_wbl2 sc1
      s_waitcnt vmcnt(0)
      global_atomic_add v3, v1, v2, s[4:5] sc0
      s_waitcnt vmcnt(0)
      buffer_inv sc1
      v_cmp_eq_u32 vcc, 3, v3
      s_cbranch_vccz done
      global_store_dword v1, v5, s[4:5]
    done:
      s_endpgm
      )",
                  64, 2000),
              Found{});
  }
}

// Workgroups that have synchronized more often than the one that writes behind them: two of three
// meet at a counter of their own before all read a word, pass a barrier, and the third writes it.
TEST(Races, ReadersMayHaveMetMoreOftenThanTheWriter) {
  EXPECT_EQ(run("gfx942", R"(s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_mov_b64 exec, 1
    v_mov_b32 v1, 0
    v_mov_b32 v2, 1
    s_waitcnt lgkmcnt(0)
    s_cmp_eq_u32 s2, 2
    s_cbranch_scc1 read
    buffer_wbl2 sc1
    s_waitcnt vmcnt(0)
    global_atomic_add v3, v1, v2, s[4:5] sc0
    s_waitcnt vmcnt(0)
    buffer_inv sc1
  read:
    global_load_dword v6, v1, s[4:5] offset:128
    s_waitcnt vmcnt(0)
    buffer_wbl2 sc1
    s_waitcnt vmcnt(0)
    global_atomic_add v1, v2, s[4:5] offset:64
  wait:
    global_load_dword v7, v1, s[4:5] offset:64 sc1
    s_waitcnt vmcnt(0)
    v_cmp_ne_u32 vcc, 3, v7
    s_cbranch_vccnz wait
    buffer_inv sc1
    s_cmp_eq_u32 s2, 2
    s_cbranch_scc0 done
    global_store_dword v1, v2, s[4:5] offset:128
  done:
    s_endpgm
    )",
                64, 3),
            Found{});
}

} // namespace
} // namespace qcc::emulator::test
