// Launches that can never end, and those that only look so.
#include "test/emulator/checks/Checked.h"

namespace qcc::emulator::test {
namespace {

const std::string waitFor(const char *value) {
  return std::string("s_load_dwordx2 s[4:5], s[0:1], 0x0\ns_waitcnt lgkmcnt(0)\nv_mov_b32 v1, 0\n"
                     "wait:\nglobal_load_dword v3, v1, s[4:5] sc1\ns_waitcnt vmcnt(0)\n"
                     "v_readfirstlane_b32 s6, v3\ns_cmp_lg_u32 s6, ") +
         value + "\ns_cbranch_scc1 wait\n";
}

TEST(Progress, FlagThatNobodySets) {
  DeviceBuffer buffer(4096);
  for (uint32_t groups : {1u, 2u, 7u}) {
    Checked c("progress");
    const DispatchResult r =
        c.run("gfx942", waitFor("1") + "s_endpgm\n", {buffer.address()}, 128, groups);
    EXPECT_EQ(r.status, DispatchResult::Status::Deadlock) << groups;
  }
}

TEST(Progress, TicketsInOrderAreProgress) {
  DeviceBuffer buffer(4096);
  Checked c("progress");
  const DispatchResult r = c.run("gfx942", waitFor("s2") + R"(
    v_mov_b32 v2, 1
    s_mov_b64 exec, 1
    global_atomic_add v1, v2, s[4:5]
    s_endpgm
  )",
                                 {buffer.address()}, 64, 64);
  EXPECT_TRUE(r.ok()) << r.message;
}

TEST(Progress, WaitingForAWorkgroupThatDoesNotFit) {
  DeviceBuffer buffer(4096);
  // Everyone waits for the last workgroup, which sets the flag to one.
  const std::string text = R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_mov_b32 v1, 0
    v_mov_b32 v2, 1
    s_cmp_lt_u32 s2, 7
    s_cbranch_scc1 wait
    global_store_dword v1, v2, s[4:5] sc1
    s_endpgm
  wait:
    global_load_dword v3, v1, s[4:5] sc1
    s_waitcnt vmcnt(0)
    v_readfirstlane_b32 s6, v3
    s_cmp_lg_u32 s6, 1
    s_cbranch_scc1 wait
    s_endpgm
  )";
  Checked roomy("progress");
  EXPECT_TRUE(roomy.run("gfx942", text, {buffer.address()}, 64, 8).ok());
  *buffer.as<uint32_t>() = 0;
  Checked narrow("progress");
  narrow.resident = 4;
  EXPECT_EQ(narrow.run("gfx942", text, {buffer.address()}, 64, 8).status,
            DispatchResult::Status::Deadlock);
}

TEST(Progress, LongLoopsAreNotDeadlocks) {
  DeviceBuffer buffer(4096);
  Checked c("progress");
  const DispatchResult r = c.run("gfx942", R"(
    s_mov_b32 s4, 0
  loop:
    s_add_u32 s4, s4, 1
    s_cmp_lt_u32 s4, 1000000
    s_cbranch_scc1 loop
    s_endpgm
  )",
                                 {buffer.address()}, 64, 2);
  EXPECT_TRUE(r.ok()) << r.message;
}

} // namespace
} // namespace qcc::emulator::test
