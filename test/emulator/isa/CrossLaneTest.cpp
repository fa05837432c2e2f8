// Instructions that move data between lanes.
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

#include <bit>
#include <functional>

namespace qcc::emulator::test {
namespace {

struct LaneCase {
  const char *text;
  std::vector<const char *> chips;
  std::function<uint32_t(uint32_t lane)> expect; // of v20; v4 holds 100 + lane, v20 starts as 7
};

uint32_t own(uint32_t lane) {
  return 100 + lane;
}

std::vector<LaneCase> laneCases() {
  const std::vector<const char *> nine = {"gfx90a", "gfx942", "gfx950"};
  const std::vector<const char *> later = {"gfx1100", "gfx1201"};
  const std::vector<const char *> all = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};
  return {
      {"v_mov_b32_dpp v20, v4 quad_perm:[1,0,3,2] row_mask:0xf bank_mask:0xf", all,
       [](uint32_t n) { return own(n ^ 1); }},
      {"v_mov_b32_dpp v20, v4 row_shr:3 row_mask:0xf bank_mask:0xf", all,
       [](uint32_t n) { return n % 16 < 3 ? 7 : own(n - 3); }},
      {"v_mov_b32_dpp v20, v4 row_shl:1 row_mask:0xf bank_mask:0xf bound_ctrl:1", all,
       [](uint32_t n) { return n % 16 == 15 ? 0 : own(n + 1); }},
      {"v_mov_b32_dpp v20, v4 row_ror:4 row_mask:0x1 bank_mask:0xf", all,
       [](uint32_t n) { return n >= 16 ? 7 : own((n - 4) % 16); }},
      {"v_mov_b32_dpp v20, v4 row_half_mirror row_mask:0xf bank_mask:0x1", all,
       [](uint32_t n) { return n % 16 < 4 ? own(n / 8 * 8 + 7 - n % 8) : 7; }},
      {"v_mov_b32_dpp v20, v4 row_bcast:15 row_mask:0xa bank_mask:0xf", nine,
       [](uint32_t n) { return n / 16 % 2 == 1 ? own(n / 16 * 16 - 1) : 7; }},
      {"v_mov_b32_dpp v20, v4 row_bcast:31 row_mask:0xc bank_mask:0xf", nine,
       [](uint32_t n) { return n >= 32 ? own(31) : 7; }},
      {"v_mov_b32_dpp v20, v4 row_newbcast:5 row_mask:0xf bank_mask:0xf", nine,
       [](uint32_t n) { return own(n / 16 * 16 + 5); }},
      {"v_mov_b32_dpp v20, v4 wave_shr:1 row_mask:0xf bank_mask:0xf", nine,
       [](uint32_t n) { return n == 0 ? 7 : own(n - 1); }},
      {"v_mov_b32_dpp v20, v4 row_xmask:6 row_mask:0xf bank_mask:0xf", later,
       [](uint32_t n) { return own(n ^ 6); }},
      {"v_mov_b32_dpp v20, v4 dpp8:[7,6,5,4,3,2,1,0]", later,
       [](uint32_t n) { return own(n / 8 * 8 + 7 - n % 8); }},
      {">v_readfirstlane_b32 s10, v4\nv_mov_b32 v20, s10", all, [](uint32_t) { return own(0); }},
      {">v_readlane_b32 s10, v4, 9\nv_mov_b32 v20, s10", all, [](uint32_t) { return own(9); }},
      {"s_movk_i32 s10, 55\n>v_writelane_b32 v20, s10, 3", all,
       [](uint32_t n) { return n == 3 ? 55 : 7; }},
      {"v_xor_b32 v5, 12, v1\n>ds_bpermute_b32 v20, v5, v4", all,
       [](uint32_t n) { return own(n ^ 3); }},
      {"v_xor_b32 v5, 20, v1\n>ds_permute_b32 v20, v5, v4", all,
       [](uint32_t n) { return own(n ^ 5); }},
      {"ds_swizzle_b32 v20, v4 offset:swizzle(SWAP,16)", all,
       [](uint32_t n) { return own(n ^ 16); }},
      {"ds_swizzle_b32 v20, v4 offset:swizzle(QUAD_PERM,3,2,1,0)", all,
       [](uint32_t n) { return own(n ^ 3); }},
      {"ds_swizzle_b32 v20, v4 offset:swizzle(BROADCAST,8,2)", all,
       [](uint32_t n) { return own(n / 8 * 8 + 2); }},
      {"s_mov_b32 s10, 0x76543210\ns_mov_b32 s11, 0xfedcba98\n>v_permlanex16_b32 v20, v4, s10, s11",
       later, [](uint32_t n) { return own(n ^ 16); }},
      {"s_mov_b32 s10, 0\ns_mov_b32 s11, -1\n>v_permlane16_b32 v20, v4, s10, s11", later,
       [](uint32_t n) { return own(n / 16 * 16 + (n % 16 < 8 ? 0 : 15)); }},
      {"v_mov_b32 v20, v4\nv_mov_b32 v5, v4\n>v_permlane32_swap_b32 v20, v5",
       {"gfx950"},
       [](uint32_t n) { return own(n % 32); }},
      {">v_mbcnt_lo_u32_b32 v20, -1, 0\n>v_mbcnt_hi_u32_b32 v20, -1, v20", all,
       [](uint32_t n) { return n; }},
      // Each lane's mask has bits of its own: those below the lane count.
      {">v_mbcnt_lo_u32_b32 v20, v4, 3\n>v_mbcnt_hi_u32_b32 v20, v4, v20", all,
       [](uint32_t n) {
         const uint64_t below = (uint64_t(1) << n) - 1;
         return 3 + uint32_t(std::popcount(own(n) & uint32_t(below)) +
                             std::popcount(own(n) & uint32_t(below >> 32)));
       }},
      {"v_mov_b32 v5, v4\n>v_swap_b32 v20, v5", all, own},
      {"v_mov_b32 v5, v4\nv_mov_b32 v20, 7\n>v_swap_b32 v20, v5\nv_mov_b32 v20, v5", all,
       [](uint32_t) { return 7u; }},
      {"v_mov_b32 v20, v4\nv_add_u32 v5, 100, v4\n>v_permlane16_swap_b32 v20, v5",
       {"gfx950"},
       [](uint32_t n) { return n / 16 % 2 == 1 ? own(n - 16) + 100 : own(n); }},
      {"v_mov_b32 v20, v4\nv_add_u32 v5, 100, v4\n>v_permlane16_swap_b32 v20, v5\n"
       "v_mov_b32 v20, v5",
       {"gfx950"},
       [](uint32_t n) { return n / 16 % 2 == 0 ? own(n + 16) : own(n) + 100; }},
      {">v_permlane64_b32 v20, v4", later, own}, // a wave of 32 lanes has no other half
      {"v_sub_nc_u32 v5, 15, v0\n>v_permlane16_var_b32 v20, v4, v5",
       {"gfx1201"},
       [](uint32_t n) { return own(n / 16 * 16 + 15 - n % 16); }},
      {"v_sub_nc_u32 v5, 15, v0\n>v_permlanex16_var_b32 v20, v4, v5",
       {"gfx1201"},
       [](uint32_t n) { return own((n / 16 * 16 ^ 16) + 15 - n % 16); }},
      // Lanes that are off give nothing, but for the form that fetches from them.
      {"v_mov_b32 v5, 4\ns_mov_b32 exec_lo, 0xfffffffd\n>ds_bpermute_fi_b32 v20, v5, v4\n"
       "s_mov_b32 exec_lo, -1",
       {"gfx1201"},
       [](uint32_t n) { return n == 1 ? 7 : own(1); }},
      {"v_mov_b32 v5, 4\ns_mov_b32 exec_lo, 0xfffffffd\n>ds_bpermute_b32 v20, v5, v4\n"
       "s_mov_b32 exec_lo, -1",
       later, [](uint32_t n) { return n == 1 ? 7u : 0u; }},
      // Two lanes to one: the higher wins.
      {"v_mov_b32 v5, 8\n>ds_permute_b32 v20, v5, v4", nine,
       [](uint32_t n) { return n == 2 ? own(63) : 0; }},
  };
}

TEST(CrossLane, Moves) {
  std::vector<uint32_t> lanes;
  for (uint32_t n = 0; n < 64; ++n) {
    lanes.push_back(own(n));
  }
  for (const LaneCase &test : laneCases()) {
    for (const char *chip : test.chips) {
      const auto out = runVector(chip, {test.text, {lanes}, 1, "v_mov_b32 v20, 7"});
      for (uint32_t n = 0; n < out[0].size(); ++n) {
        ASSERT_EQ(out[0][n], test.expect(n)) << chip << " lane " << n << ": " << test.text;
      }
    }
  }
}

TEST(CrossLane, CountersOfTheWave) {
  // The counter at M0 + 4 starts at 50; the active lanes add their number, then take it away.
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    const bool later = isWave32(chip);
    const std::string read = later ? "ds_load_b32 " : "ds_read_b32 ";
    const std::string write = later ? "ds_store_b32 " : "ds_write_b32 ";
    const auto out = runVector(
        chip, {"s_mov_b32 m0, 16\nv_mov_b32 v5, 20\nv_mov_b32 v6, 50\n" + write + "v5, v6\n" +
                   (later ? "s_mov_b32 exec_lo, 7\n" : "s_mov_b64 exec, 7\n") +
                   ">ds_append v20 offset:4\n" + read + "v21, v5\n>ds_consume v22 offset:4\n" +
                   read + "v23, v5\n" + (later ? "s_mov_b32 exec_lo, -1" : "s_mov_b64 exec, -1"),
               {},
               4});
    EXPECT_EQ(out[0][1], 50u) << chip;
    EXPECT_EQ(out[1][1], 53u) << chip;
    EXPECT_EQ(out[2][1], 53u) << chip;
    EXPECT_EQ(out[3][1], 50u) << chip;
    EXPECT_EQ(out[0][3], 0u) << chip;
  }
}

TEST(CrossLane, LoadsToLds) {
  // Lane n's element goes to M0 + offset + n elements.
  struct Row {
    const char *width;
    unsigned bytes;
    bool isSigned;
  };
  const Row rows[] = {{"dword", 4, false},   {"ubyte", 1, false}, {"sbyte", 1, true},
                      {"ushort", 2, false},  {"sshort", 2, true}, {"dwordx3", 12, false},
                      {"dwordx4", 16, false}};
  const std::vector<Lanes> inputs = {
      {0x80c0e0f0, 0x7f0180ff, 0x12345678}, {1, 2, 3, 4, 5}, {9}, {8}};
  for (const std::string chip : {"gfx942", "gfx950"}) {
    for (const std::string family : {"global_load_lds_", "scratch_load_lds_"}) {
      for (const Row &row : rows) {
        const bool scratch = family[0] == 's';
        const std::string line = family + row.width + (scratch ? " v2, off" : " v2, s[6:7]");
        if (!assembles(chip, line)) {
          continue;
        }
        const unsigned element = std::max(row.bytes, 4u), words = element / 4;
        std::string text = std::string("v_lshlrev_b32 v2, 4, v0\n") +
                           (scratch ? "v_mov_b32 v2, 16\nscratch_store_dwordx4 v2, v[4:7], off\n"
                                    : "global_store_dwordx4 v2, v[4:7], s[6:7]\n") +
                           "s_movk_i32 m0, 0x80\n>" + line + "\nv_mul_u32_u24 v3, " +
                           std::to_string(element) + ", v0\n";
        for (unsigned n = 0; n < words; ++n) {
          text += "ds_read_b32 v" + std::to_string(20 + n) +
                  ", v3 offset:" + std::to_string(128 + n * 4) + "\n";
        }
        const auto out = runVector(chip, {text, inputs, 4});
        for (unsigned lane = 0; lane < 64; ++lane) {
          const uint32_t word = inputs[0][lane % 3];
          const uint32_t narrow =
              row.bytes == 1   ? (row.isSigned ? uint32_t(int8_t(word)) : word & 0xff)
              : row.bytes == 2 ? (row.isSigned ? uint32_t(int16_t(word)) : word & 0xffff)
                               : word;
          EXPECT_EQ(out[0][lane], narrow) << chip << " " << line << " lane " << lane;
          for (unsigned n = 1; n < words; ++n) {
            EXPECT_EQ(out[n][lane], inputs[n][lane % inputs[n].size()]) << line << " lane " << lane;
          }
        }
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
