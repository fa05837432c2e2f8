// Bank conflicts of LDS accesses, by stride, width and chip.
#include "test/emulator/counters/CountedKernel.h"

namespace qcc::emulator::test {
namespace {

/// Cycles of one LDS instruction whose lanes' offsets are the lane's number times `stride` bytes.
LdsCounts lds(const std::string &chip, const std::string &instruction, unsigned stride) {
  const uint32_t lanes = isWave32(chip) ? 32 : 64;
  const LaunchCounters counters =
      count(chip, "v_mul_u32_u24 v1, " + std::to_string(stride) + ", v0\n" + instruction,
            {.workItems = lanes});
  return recordOf(counters, "ds_").counts.lds;
}

TEST(LdsBanks, DwordStrides) {
  struct Row {
    unsigned dwords, cycles;
  };
  // A wave of 64 takes two phases. Stride 2 maps two lanes of a phase to each even bank, stride 32
  // all of them to one; 33 is free of conflicts.
  for (const Row &row :
       {Row{1, 2}, Row{2, 4}, Row{3, 2}, Row{4, 8}, Row{16, 32}, Row{32, 64}, Row{33, 2}}) {
    const LdsCounts c = lds("gfx942", "ds_read_b32 v2, v1", 4 * row.dwords);
    EXPECT_EQ(c.cycles, row.cycles) << row.dwords;
    EXPECT_EQ(c.conflictCycles, row.cycles - 2) << row.dwords;
    EXPECT_EQ(c.bytes, 256u);
  }
}

TEST(LdsBanks, AWaveOf32IsOnePhase) {
  EXPECT_EQ(lds("gfx1100", "ds_load_b32 v2, v1", 4).cycles, 1u);
  const LdsCounts c = lds("gfx1100", "ds_load_b32 v2, v1", 128);
  EXPECT_EQ(c.cycles, 32u);
  EXPECT_EQ(c.conflictCycles, 31u);
}

TEST(LdsBanks, SameDwordIsDeliveredOnce) {
  const LdsCounts c = lds("gfx942", "ds_read_b32 v2, v1", 0);
  EXPECT_EQ(c.cycles, 2u);
  EXPECT_EQ(c.conflictCycles, 0u);
  EXPECT_EQ(lds("gfx942", "ds_read_u8 v2, v1", 1).conflictCycles, 0u);
}

TEST(LdsBanks, WiderAccessesHaveShorterPhases) {
  EXPECT_EQ(lds("gfx942", "ds_read_b64 v[2:3], v1", 8).cycles, 4u);
  EXPECT_EQ(lds("gfx942", "ds_write_b64 v1, v[2:3]", 8).cycles, 4u);
  EXPECT_EQ(lds("gfx942", "ds_read_b128 v[2:5], v1", 16).cycles, 8u);
  EXPECT_EQ(lds("gfx942", "ds_write_b128 v1, v[2:5]", 16).cycles, 8u);
  EXPECT_EQ(lds("gfx1100", "ds_load_b128 v[2:5], v1", 16).cycles, 4u);
}

TEST(LdsBanks, Gfx950ReadsBySixtyFourBanks) {
  EXPECT_EQ(lds("gfx950", "ds_read_b32 v2, v1", 4).cycles, 2u);
  EXPECT_EQ(lds("gfx950", "ds_read_b64 v[2:3], v1", 8).cycles, 2u);
  EXPECT_EQ(lds("gfx950", "ds_read_b128 v[2:5], v1", 16).cycles, 4u);
  EXPECT_EQ(lds("gfx950", "ds_write_b128 v1, v[2:5]", 16).cycles, 8u);
}

TEST(LdsBanks, WideReadsTakeLanesInTheChipsOrder) {
  // Rows of 32 bytes, 16 of them read: lanes n and n + 4 meet in the banks. In the order of lane
  // numbers eight lanes of a phase conflict in pairs; gfx942 joins lanes 0 to 3 with 20 to 23,
  // which conflict as well, 20 * 32 bytes being a multiple of the banks' 128.
  EXPECT_EQ(lds("gfx90a", "ds_read_b128 v[2:5], v1", 32).cycles, 16u);
  EXPECT_EQ(lds("gfx942", "ds_read_b128 v[2:5], v1", 32).cycles, 16u);
  // With 16 more bytes after each four rows, lanes 4 to 7 read the other banks; 20 to 23 do as
  // well.
  const std::string skewed =
      "v_lshrrev_b32 v2, 2, v0\nv_lshlrev_b32 v2, 4, v2\nv_add_u32 v1, v1, v2\n";
  EXPECT_EQ(lds("gfx90a", skewed + "ds_read_b128 v[2:5], v1", 32).cycles, 8u);
  EXPECT_EQ(lds("gfx942", skewed + "ds_read_b128 v[2:5], v1", 32).cycles, 8u);
  // With 16 bytes after each eight rows they do not, and only gfx942's phases are free of
  // conflicts: 4 to 7 still meet 0 to 3, 20 to 23 do not.
  const std::string wider =
      "v_lshrrev_b32 v2, 4, v0\nv_lshlrev_b32 v2, 4, v2\nv_add_u32 v1, v1, v2\n";
  EXPECT_EQ(lds("gfx90a", wider + "ds_read_b128 v[2:5], v1", 32).cycles, 16u);
  EXPECT_EQ(lds("gfx942", wider + "ds_read_b128 v[2:5], v1", 32).cycles, 8u);
}

TEST(LdsBanks, AtomicsOnOneDwordTakeTurns) {
  const LdsCounts same = lds("gfx942", "ds_add_u32 v1, v0", 0);
  EXPECT_EQ(same.cycles, 64u);
  EXPECT_EQ(lds("gfx942", "ds_add_u32 v1, v0", 4).cycles, 2u);
}

TEST(LdsBanks, PairsAreTwoRequests) {
  const LdsCounts c = lds("gfx942", "ds_read2_b32 v[2:3], v1 offset1:1", 8);
  EXPECT_EQ(c.requests, 2u);
  EXPECT_EQ(c.bytes, 512u);
  EXPECT_EQ(c.cycles, 8u);
}

TEST(LdsBanks, OnlyActiveLanesCount) {
  const LaunchCounters counters =
      count("gfx942", "v_lshlrev_b32 v1, 7, v0\ns_mov_b64 exec, 15\nds_read_b32 v2, v1");
  const LdsCounts c = recordOf(counters, "ds_read").counts.lds;
  EXPECT_EQ(c.lanes, 4u);
  EXPECT_EQ(c.cycles, 4u);
  EXPECT_EQ(c.conflictCycles, 3u);
}

TEST(LdsBanks, TotalsByKind) {
  const Totals totals = totalsOf(count("gfx942", R"(
    v_lshlrev_b32 v1, 2, v0
    ds_write_b32 v1, v0
    ds_read_b32 v2, v1
    ds_add_u32 v1, v0
    s_mov_b32 m0, 0
    global_load_lds_dword v1, s[4:5]
  )"));
  EXPECT_EQ(totals.ldsStores.bytes, 512u); // the load to LDS is a store there
  EXPECT_EQ(totals.ldsLoads.bytes, 256u);
  EXPECT_EQ(totals.ldsAtomics.bytes, 256u);
  EXPECT_EQ(totals.loads.memory.bytes, 256u);
}

} // namespace
} // namespace qcc::emulator::test
