// Lines and bytes of global accesses: coalesced, strided, broadcast, misaligned, masked, shared
// between workgroups.
#include "test/emulator/counters/CountedKernel.h"

namespace qcc::emulator::test {
namespace {

/// What one load of 4 bytes a lane at v1, made by `address`, asks for.
MemoryCounts loadOf(const std::string &address, const std::string &load = "global_load_dword v2") {
  const LaunchCounters counters = count("gfx942", address + "\n" + load + ", v1, s[4:5]");
  return recordOf(counters, "global_load").counts.global;
}

TEST(Coalescing, NeighbouringDwords) {
  const MemoryCounts c = loadOf("v_lshlrev_b32 v1, 2, v0");
  EXPECT_EQ(c.requests, 1u);
  EXPECT_EQ(c.lanes, 64u);
  EXPECT_EQ(c.bytes, 256u);
  EXPECT_EQ(c.uniqueBytes, 256u);
  EXPECT_EQ(c.lines64, 4u);
  EXPECT_EQ(c.lines128, 2u);
  EXPECT_EQ(c.idealLines64, 4u);
  EXPECT_EQ(c.idealLines128, 2u);
}

TEST(Coalescing, SixteenBytesALane) {
  const MemoryCounts c = loadOf("v_lshlrev_b32 v1, 4, v0", "global_load_dwordx4 v[4:7]");
  EXPECT_EQ(c.bytes, 1024u);
  EXPECT_EQ(c.lines64, 16u);
  EXPECT_EQ(c.lines128, 8u);
  EXPECT_EQ(c.idealLines128, 8u);
}

TEST(Coalescing, StrideOfALine) {
  const MemoryCounts c = loadOf("v_lshlrev_b32 v1, 6, v0");
  EXPECT_EQ(c.uniqueBytes, 256u);
  EXPECT_EQ(c.lines64, 64u);
  EXPECT_EQ(c.lines128, 32u);
  EXPECT_EQ(c.idealLines64, 4u);
}

TEST(Coalescing, Broadcast) {
  const MemoryCounts c = loadOf("v_mov_b32 v1, 0");
  EXPECT_EQ(c.bytes, 256u);
  EXPECT_EQ(c.uniqueBytes, 4u);
  EXPECT_EQ(c.lines64, 1u);
  EXPECT_EQ(c.lines128, 1u);
  EXPECT_EQ(c.idealLines64, 1u);
}

TEST(Coalescing, MisalignedBy60) {
  const MemoryCounts c = loadOf("v_lshlrev_b32 v1, 2, v0\nv_add_u32 v1, 60, v1");
  EXPECT_EQ(c.lines64, 5u);
  EXPECT_EQ(c.lines128, 3u);
  EXPECT_EQ(c.idealLines64, 4u);
}

TEST(Coalescing, LaneAcrossTwoLines) {
  const MemoryCounts c =
      loadOf("v_mov_b32 v1, 56\ns_mov_b64 exec, 1", "global_load_dwordx4 v[4:7]");
  EXPECT_EQ(c.lanes, 1u);
  EXPECT_EQ(c.bytes, 16u);
  EXPECT_EQ(c.lines64, 2u);
  EXPECT_EQ(c.lines128, 1u);
  EXPECT_EQ(c.idealLines64, 1u);
}

TEST(Coalescing, DescendingAddressesAreTheSame) {
  const MemoryCounts c = loadOf("v_sub_u32 v1, 63, v0\nv_lshlrev_b32 v1, 2, v1");
  EXPECT_EQ(c.uniqueBytes, 256u);
  EXPECT_EQ(c.lines64, 4u);
}

TEST(Coalescing, OverlappingLanesShareBytes) {
  // 8 bytes at every fourth byte: 64 * 4 + 4 distinct ones.
  const MemoryCounts c = loadOf("v_lshlrev_b32 v1, 2, v0", "global_load_dwordx2 v[4:5]");
  EXPECT_EQ(c.bytes, 512u);
  EXPECT_EQ(c.uniqueBytes, 260u);
  EXPECT_EQ(c.lines64, 5u);
  EXPECT_EQ(c.idealLines64, 5u);
}

TEST(Coalescing, MaskedLanesDoNotCount) {
  const MemoryCounts c = loadOf("v_lshlrev_b32 v1, 2, v0\ns_mov_b64 exec, 0xff");
  EXPECT_EQ(c.lanes, 8u);
  EXPECT_EQ(c.bytes, 32u);
  EXPECT_EQ(c.lines64, 1u);
}

TEST(Coalescing, NoLaneIsNoRequest) {
  const MemoryCounts c = loadOf("v_mov_b32 v1, 0\ns_mov_b64 exec, 0");
  EXPECT_EQ(c.requests, 0u);
  EXPECT_EQ(c.lines64, 0u);
}

TEST(Coalescing, LaunchCountsEveryLineOnce) {
  // Eight workgroups of two waves, four of which read the same 512 bytes; all store to one line.
  const LaunchCounters counters = count("gfx942", R"(
    s_and_b32 s3, s2, 1
    s_lshl_b32 s3, s3, 9
    v_lshlrev_b32 v1, 2, v0
    v_add_u32 v1, s3, v1
    global_load_dword v2, v1, s[4:5]
    v_mov_b32 v3, 0
    s_waitcnt vmcnt(0)
    global_store_dword v3, v2, s[6:7]
  )",
                                        {.workItems = 128, .workgroups = 8});
  EXPECT_EQ(counters.workgroups, 8u);
  EXPECT_EQ(counters.waves, 16u);
  const Totals totals = totalsOf(counters);
  EXPECT_EQ(totals.loads.memory.requests, 16u);
  EXPECT_EQ(totals.loads.memory.bytes, 16u * 256);
  EXPECT_EQ(totals.loads.memory.lines64, 16u * 4);
  // The kernel's arguments, one line of 64 bytes that no load of the buffers shares.
  EXPECT_EQ(counters.loadedLines64, 16u + 1);
  EXPECT_EQ(counters.loadedLines128, 8u + 1);
  EXPECT_EQ(totals.stores.memory.lines64, 16u);
  EXPECT_EQ(counters.storedLines64, 1u);
  EXPECT_EQ(counters.storedLines128, 1u);
}

TEST(Coalescing, AtomicsAreLoadedAndStored) {
  const LaunchCounters counters = count("gfx1100", R"(
    v_lshlrev_b32 v1, 2, v0
    global_atomic_add_u32 v1, v0, s[6:7]
    global_atomic_add_u32 v2, v1, v0, s[6:7] glc
  )",
                                        {.workItems = 32});
  const Totals totals = totalsOf(counters);
  EXPECT_EQ(totals.atomics.instructions, 2u);
  EXPECT_EQ(totals.atomics.memory.bytes, 2u * 128);
  EXPECT_EQ(totals.atomics.memory.lines128, 2u);
  EXPECT_EQ(totals.loads.instructions, 0u);
  EXPECT_EQ(counters.storedLines64, 2u);
  EXPECT_EQ(counters.loadedLines64, 2u + 1);
}

TEST(Coalescing, WidthsAndCachePolicies) {
  const LaunchCounters counters = count("gfx942", R"(
    v_lshlrev_b32 v1, 4, v0
    global_load_ubyte v2, v1, s[4:5]
    global_load_short_d16_hi v2, v1, s[4:5]
    global_load_dwordx3 v[4:6], v1, s[4:5]
    global_load_dwordx4 v[4:7], v1, s[4:5] nt
    global_load_dwordx4 v[8:11], v1, s[4:5] sc0 nt
  )");
  const Totals totals = totalsOf(counters);
  const std::map<unsigned, uint64_t> expected = {{1, 1}, {2, 1}, {12, 1}, {16, 2}};
  EXPECT_EQ(totals.loads.requestsByWidth, expected);
  EXPECT_EQ(totals.loads.nonTemporalBytes, 2048u);
  const LaunchCounters rdna4 =
      count("gfx1201",
            "v_lshlrev_b32 v1, 2, v0\n"
            "global_load_b32 v2, v1, s[4:5] th:TH_LOAD_NT\nglobal_load_b32 v3, v1, s[4:5]",
            {.workItems = 32});
  EXPECT_EQ(totalsOf(rdna4).loads.nonTemporalBytes, 128u);
}

TEST(Coalescing, ScratchIsCountedApart) {
  const LaunchCounters counters = count("gfx942", R"(
    v_mov_b32 v3, 8
    scratch_store_dwordx2 v3, v[4:5], off
    scratch_load_dword v6, v3, off
  )");
  const Totals totals = totalsOf(counters);
  EXPECT_EQ(totals.stores.instructions, 0u);
  EXPECT_EQ(totals.scratchStores.bytes, 512u);
  EXPECT_EQ(totals.scratchStores.lines64, 8u); // each dword of all lanes side by side
  EXPECT_EQ(totals.scratchLoads.bytes, 256u);
  EXPECT_EQ(totals.scratchLoads.lines128, 2u);
  EXPECT_EQ(counters.storedLines64, 0u);
}

TEST(Coalescing, FlatInstructionsCountWhereTheyGo) {
  const LaunchCounters counters = count("gfx942", R"(
    v_mov_b32 v2, s4
    v_mov_b32 v3, s5
    flat_load_dword v4, v[2:3]
  )");
  EXPECT_EQ(totalsOf(counters).loads.memory.lines64, 1u);
  EXPECT_EQ(totalsOf(counters).byClass[static_cast<size_t>(isa::InstructionClass::Flat)], 1u);
}

TEST(Coalescing, BufferBoundsSwitchLanesOff) {
  const LaunchCounters counters = count("gfx942", R"(
    v_lshlrev_b32 v1, 2, v0
    s_mov_b64 s[8:9], s[4:5]
    s_movk_i32 s10, 128
    s_mov_b32 s11, 0x27000
    buffer_load_dword v2, v1, s[8:11], 0 offen
  )");
  const MemoryCounts loads = totalsOf(counters).loads.memory;
  EXPECT_EQ(loads.lanes, 32u);
  EXPECT_EQ(loads.bytes, 128u);
  EXPECT_EQ(loads.lines64, 2u);
}

TEST(Coalescing, SomeWorkgroupsOfALaunch) {
  const LaunchCounters counters =
      count("gfx942", R"(
    s_lshl_b32 s3, s2, 8
    v_lshlrev_b32 v1, 2, v0
    v_add_u32 v1, s3, v1
    global_store_dword v1, v0, s[6:7]
  )",
            {.workgroups = 16, .firstWorkgroup = 3, .mostWorkgroups = 2});
  EXPECT_EQ(counters.workgroups, 2u);
  EXPECT_EQ(counters.gridWorkgroups[0], 16u);
  EXPECT_EQ(counters.storedLines64, 8u);
}

} // namespace
} // namespace qcc::emulator::test
