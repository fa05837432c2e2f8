// The core loop end to end: loads, arithmetic, branches, LDS, barriers, faults.
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

#include <bit>

namespace qcc::emulator::test {
namespace {

const char *const chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

TEST(Basic, AddsTwoRegisters) {
  for (const char *chip : chips) {
    auto out = runVector(chip, {"v_add_f32 v20, v4, v5",
                                {{std::bit_cast<uint32_t>(1.5f), std::bit_cast<uint32_t>(-2.0f)},
                                 {std::bit_cast<uint32_t>(0.25f)}}});
    EXPECT_EQ(std::bit_cast<float>(out[0][0]), 1.75f) << chip;
    EXPECT_EQ(std::bit_cast<float>(out[0][1]), -1.75f) << chip;
  }
}

TEST(Basic, UnknownMemoryFaults) {
  for (const char *chip : chips) {
    AssembledKernel kernel(chip, "v_mov_b32 v2, 0x1000\nv_mov_b32 v3, 0\n"
                                 "global_load_dword v4, v[2:3], off\ns_endpgm\n");
    DispatchResult result = kernel.run({});
    EXPECT_EQ(result.status, DispatchResult::Status::MemoryFault) << chip;
    EXPECT_NE(result.message.find("0x1000"), std::string::npos) << result.message;
  }
}

TEST(Basic, LoopsWithScalarBranch) {
  for (const char *chip : chips) {
    auto out = runVector(chip, {"s_mov_b32 s10, 0\nv_mov_b32 v20, 0\nloop:\n"
                                "" + std::string(isWave32(chip) ? "v_add_nc_u32" : "v_add_u32") +
                                    " v20, v20, v4\ns_add_i32 s10, s10, 1\n"
                                    "s_cmp_lt_i32 s10, 10\ns_cbranch_scc1 loop",
                                {{7}}});
    EXPECT_EQ(out[0][3], 70u) << chip;
  }
}

} // namespace
} // namespace qcc::emulator::test
