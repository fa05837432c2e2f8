// Instructions that move data between lanes.
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

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

TEST(CrossLane, Moves) {
  const std::vector<const char *> nine = {"gfx90a", "gfx942", "gfx950"};
  const std::vector<const char *> later = {"gfx1100", "gfx1201"};
  const std::vector<const char *> all = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};
  const LaneCase cases[] = {
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
      {"v_readfirstlane_b32 s10, v4\nv_mov_b32 v20, s10", all, [](uint32_t) { return own(0); }},
      {"v_readlane_b32 s10, v4, 9\nv_mov_b32 v20, s10", all, [](uint32_t) { return own(9); }},
      {"s_movk_i32 s10, 55\nv_writelane_b32 v20, s10, 3", all,
       [](uint32_t n) { return n == 3 ? 55 : 7; }},
      {"v_xor_b32 v5, 12, v1\nds_bpermute_b32 v20, v5, v4", all,
       [](uint32_t n) { return own(n ^ 3); }},
      {"v_xor_b32 v5, 20, v1\nds_permute_b32 v20, v5, v4", all,
       [](uint32_t n) { return own(n ^ 5); }},
      {"ds_swizzle_b32 v20, v4 offset:swizzle(SWAP,16)", all,
       [](uint32_t n) { return own(n ^ 16); }},
      {"ds_swizzle_b32 v20, v4 offset:swizzle(QUAD_PERM,3,2,1,0)", all,
       [](uint32_t n) { return own(n ^ 3); }},
      {"ds_swizzle_b32 v20, v4 offset:swizzle(BROADCAST,8,2)", all,
       [](uint32_t n) { return own(n / 8 * 8 + 2); }},
      {"s_mov_b32 s10, 0x76543210\ns_mov_b32 s11, 0xfedcba98\nv_permlanex16_b32 v20, v4, s10, s11",
       later, [](uint32_t n) { return own(n ^ 16); }},
      {"s_mov_b32 s10, 0\ns_mov_b32 s11, -1\nv_permlane16_b32 v20, v4, s10, s11", later,
       [](uint32_t n) { return own(n / 16 * 16 + (n % 16 < 8 ? 0 : 15)); }},
      {"v_mov_b32 v20, v4\nv_mov_b32 v5, v4\nv_permlane32_swap_b32 v20, v5",
       {"gfx950"},
       [](uint32_t n) { return own(n % 32); }},
      {"v_mbcnt_lo_u32_b32 v20, -1, 0\nv_mbcnt_hi_u32_b32 v20, -1, v20", nine,
       [](uint32_t n) { return n; }},
      {"v_mov_b32 v5, v4\nv_swap_b32 v20, v5", all, own},
  };
  std::vector<uint32_t> lanes;
  for (uint32_t n = 0; n < 64; ++n) {
    lanes.push_back(own(n));
  }
  for (const LaneCase &test : cases) {
    for (const char *chip : test.chips) {
      const auto out = runVector(chip, {test.text, {lanes}, 1, "v_mov_b32 v20, 7"});
      for (uint32_t n = 0; n < out[0].size(); ++n) {
        ASSERT_EQ(out[0][n], test.expect(n)) << chip << " lane " << n << ": " << test.text;
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
