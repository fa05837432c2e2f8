// Instructions by class, lanes, loops, barriers, occupancy, and several launches added up.
#include "test/emulator/counters/CountedKernel.h"

namespace qcc::emulator::test {
namespace {

using isa::InstructionClass;

uint64_t ofClass(const LaunchCounters &counters, InstructionClass c) {
  return totalsOf(counters).byClass[static_cast<size_t>(c)];
}

TEST(Instructions, ByClass) {
  const LaunchCounters counters = count("gfx942", R"(
    s_mov_b32 s9, 0
    v_lshlrev_b32 v1, 2, v0
  again:
    v_exp_f32 v2, v0
    v_rcp_f32 v2, v0
    v_add_f32 v3, v2, v2
    s_addk_i32 s9, 1
    s_cmpk_lt_i32 s9, 10
    s_cbranch_scc1 again
    ds_write_b32 v1, v0
    s_waitcnt lgkmcnt(0)
    s_barrier
    s_nop 0
  )",
                                        {.workItems = 128, .workgroups = 3});
  EXPECT_EQ(counters.waves, 6u);
  EXPECT_EQ(counters.barriers, 3u);
  EXPECT_EQ(ofClass(counters, InstructionClass::Transcendental), 6u * 20);
  EXPECT_EQ(ofClass(counters, InstructionClass::Vector), 6u * 11);
  EXPECT_EQ(ofClass(counters, InstructionClass::Scalar), 6u * 21);
  EXPECT_EQ(ofClass(counters, InstructionClass::Branch), 6u * 11);
  EXPECT_EQ(ofClass(counters, InstructionClass::Lds), 6u);
  EXPECT_EQ(ofClass(counters, InstructionClass::Barrier), 6u);
  EXPECT_EQ(ofClass(counters, InstructionClass::Wait), 6u * 2);
  EXPECT_EQ(ofClass(counters, InstructionClass::ScalarMemory), 6u);
  EXPECT_EQ(ofClass(counters, InstructionClass::Other), 6u);
  EXPECT_EQ(totalsOf(counters).scalarMemoryBytes, 6u * 16);
  EXPECT_EQ(totalsOf(counters).vectorLaneOperations, 6u * 31 * 64);
  EXPECT_EQ(recordOf(counters, "v_add_f32").counts.executions, 60u);
}

TEST(Instructions, OffsetsCountFromTheEntry) {
  const LaunchCounters counters = count("gfx942", "v_mov_b32 v1, v0\ns_nop 0");
  ASSERT_EQ(counters.instructions.size(), 5u);
  EXPECT_EQ(counters.instructions[0].offset, 0); // s_load, 8 bytes
  EXPECT_EQ(counters.instructions[1].offset, 8);
  EXPECT_EQ(counters.instructions[2].offset, 12);
  EXPECT_EQ(counters.instructions[2].text, "v_mov_b32_e32 v1, v0");
}

TEST(Instructions, SourceLines) {
  AssembledKernel kernel("gfx942", "s_nop 0\ns_nop 1\ns_endpgm\n");
  kernel.kernel.lines = std::make_shared<EightBytesALine>();
  CountingObserver observer;
  kernel.observers = {&observer};
  ASSERT_TRUE(kernel.run({}).ok());
  EXPECT_EQ(recordOf(observer.counters(), "s_nop 1").source, "kernel.hip:0");
  EXPECT_EQ(recordOf(observer.counters(), "s_endpgm").source, "kernel.hip:1");
}

TEST(Instructions, LanesAreThoseOfExec) {
  const LaunchCounters counters =
      count("gfx942", "v_mov_b32 v1, 1\ns_mov_b64 exec, 7\nv_add_f32 v1, v1, v1");
  const Totals totals = totalsOf(counters);
  EXPECT_EQ(totals.vectorLaneOperations, 128u);
  EXPECT_EQ(totals.activeLaneOperations, 64u + 3);
  // A workgroup that ends inside a wave leaves lanes off.
  const Totals partial = totalsOf(count("gfx942", "v_mov_b32 v1, 1", {.workItems = 65}));
  EXPECT_EQ(partial.vectorLaneOperations, 128u);
  EXPECT_EQ(partial.activeLaneOperations, 65u);
}

TEST(Instructions, DualIssueIsTwoOperations) {
  const Totals totals = totalsOf(
      count("gfx1100", "v_dual_mov_b32 v2, v0 :: v_dual_add_f32 v3, v1, v0\nv_mov_b32 v4, v0",
            {.workItems = 32}));
  EXPECT_EQ(totals.byClass[static_cast<size_t>(InstructionClass::Vector)], 2u);
  EXPECT_EQ(totals.dualIssued, 1u);
  EXPECT_EQ(totals.vectorOperations, 3u);
  EXPECT_EQ(totals.vectorLaneOperations, 96u);
}

TEST(Instructions, OccupancyOfTheLaunch) {
  // 63 granules of 8 and 16384 bytes of LDS: one wave a SIMD by registers.
  const LaunchCounters counters = count("gfx942", "", {.workItems = 256});
  EXPECT_EQ(counters.ldsBytes, 16384u);
  EXPECT_EQ(counters.scratchBytes, 256u);
  EXPECT_EQ(counters.occupancy.vectorRegisters, 512u);
  EXPECT_EQ(counters.occupancy.wavesPerSimd, 1u);
  EXPECT_EQ(counters.occupancy.workgroups, 1u);
  EXPECT_EQ(counters.occupancy.residentWavesPerSimd, 1.0);
  EXPECT_EQ(counters.occupancy.limit, "vector registers");
}

TEST(Instructions, LaunchesOfAKernelAddUp) {
  const std::string body = "v_lshlrev_b32 v1, 2, v0\nglobal_load_dword v2, v1, s[4:5]";
  LaunchCounters sum = count("gfx942", body);
  sum.add(count("gfx942", body, {.workgroups = 2}));
  EXPECT_EQ(sum.launches, 2u);
  EXPECT_EQ(sum.waves, 3u);
  EXPECT_EQ(sum.instructions.size(), 5u);
  EXPECT_EQ(recordOf(sum, "global_load").counts.executions, 3u);
  EXPECT_EQ(recordOf(sum, "global_load").counts.global.lines64, 12u);
  EXPECT_EQ(sum.loadedLines64, 2u * 5); // each launch reads memory anew
}

TEST(Instructions, AFailedLaunchSaysSo) {
  AssembledKernel kernel("gfx942", "v_mov_b32 v1, 0\nglobal_load_dword v2, v1, s[0:1] offset:4095\n"
                                   "v_mov_b32 v2, 0\nv_mov_b32 v3, 0\n"
                                   "global_load_dword v2, v[2:3], off\ns_endpgm\n");
  CountingObserver observer;
  kernel.observers = {&observer};
  EXPECT_FALSE(kernel.run({0}).ok());
  EXPECT_NE(observer.counters().failure.find("not allocated"), std::string::npos);
  EXPECT_EQ(observer.counters().instructions.front().counts.executions, 1u);
}

} // namespace
} // namespace qcc::emulator::test
