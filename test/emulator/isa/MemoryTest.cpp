// Loads, stores and atomics of every family, and faults.
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

#include <bit>

namespace qcc::emulator::test {
namespace {

constexpr const char *chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};
bool isGfx12(const std::string &chip) {
  return chip.substr(0, 5) == "gfx12";
}

/// v1 is the lane's offset times 4; v4 holds the lane's own pattern.
std::vector<uint32_t> pattern() {
  std::vector<uint32_t> v;
  for (uint32_t n = 0; n < 64; ++n) {
    v.push_back(0x80c0e0f0u + n * 0x01030507u);
  }
  return v;
}

TEST(Memory, LdsWidths) {
  for (const char *chip : chips) {
    const std::string read = isWave32(chip) ? "ds_load" : "ds_read";
    const std::string write = isWave32(chip) ? "ds_store" : "ds_write";
    auto out = runVector(chip, {"v_lshlrev_b32 v2, 4, v0\n" + write + "_b128 v2, v[4:7]\n" + read +
                                    "_b64 v[20:21], v2 offset:4\n" + read +
                                    "_u8 v22, v2 offset:3\n" + read + "_i16 v23, v2 offset:2",
                                {pattern(), {2}, {3}, {4}},
                                4});
    for (uint32_t n = 0; n < 32; ++n) {
      const uint32_t own = pattern()[n];
      EXPECT_EQ(out[0][n], 2u) << chip;
      EXPECT_EQ(out[1][n], 3u);
      EXPECT_EQ(out[2][n], own >> 24);
      EXPECT_EQ(out[3][n], uint32_t(int32_t(int16_t(own >> 16))));
    }
  }
}

TEST(Memory, LdsAddressesWrap) {
  for (const char *chip : chips) {
    const bool later = isWave32(chip);
    auto out = runVector(chip, {std::string(later ? "ds_store_b32" : "ds_write_b32") + " v1, v4\n" +
                                    (later ? "v_sub_nc_u32" : "v_sub_u32") + " v2, 0, v1\n" +
                                    (later ? "ds_load_b32" : "ds_read_b32") + " v20, v2 offset:124",
                                {pattern()},
                                1,
                                later ? "" : "s_mov_b64 exec, 0xffffffff"});
    EXPECT_EQ(out[0][3], pattern()[28]) << chip;
  }
}

TEST(Memory, LdsPairs) {
  for (const char *chip : chips) {
    const bool later = isWave32(chip);
    auto out = runVector(chip, {std::string(later ? "ds_store_2addr_b32" : "ds_write2_b32") +
                                    " v1, v4, v5 offset0:1 offset1:80\n" +
                                    (later ? "ds_load_2addr_b32" : "ds_read2_b32") +
                                    " v[20:21], v1 offset0:80 offset1:1",
                                {pattern(), {5}},
                                2});
    EXPECT_EQ(out[0][3], 5u) << chip;
    EXPECT_EQ(out[1][3], pattern()[3]);
  }
}

TEST(Memory, LdsAtomics) {
  for (const char *chip : chips) {
    auto out = runVector(chip, {"v_mov_b32 v2, 0\nds_add_u32 v2, v4\nds_max_rtn_u32 v20, v2, v5\n" +
                                    std::string(isWave32(chip) ? "ds_load_b32" : "ds_read_b32") +
                                    " v21, v2\nds_add_f32 v2, v2 offset:8",
                                {{1}, {1000}},
                                2});
    EXPECT_EQ(out[0][0], isWave32(chip) ? 32u : 64u) << chip;
    EXPECT_EQ(out[0][1], 1000u);
    EXPECT_EQ(out[1][0], 1000u);
  }
}

TEST(Memory, GlobalForms) {
  for (const char *chip : chips) {
    DeviceBuffer buffer(4096);
    for (uint32_t n = 0; n < 1024; ++n) {
      buffer.as<uint32_t>()[n] = 0x00ff0000u + n;
    }
    const bool later = isWave32(chip);
    const std::string kernarg =
        later ? "s_load_b64 s[4:5], s[0:1], 0x0\n" : "s_load_dwordx2 s[4:5], s[0:1], 0x0\n";
    const std::string wait = isGfx12(chip) ? "s_wait_kmcnt 0\n" : "s_waitcnt lgkmcnt(0)\n";
    const std::string give = chip == std::string("gfx90a") ? "glc"
                             : isGfx12(chip)               ? "th:TH_ATOMIC_RETURN"
                             : later                       ? "glc"
                                                           : "sc0";
    AssembledKernel kernel(chip, kernarg + wait +
                                     "v_lshlrev_b32 v1, 4, v0\nv_mov_b32 v2, s4\nv_mov_b32 v3, s5\n"
                                     "global_load_dwordx3 v[4:6], v1, s[4:5]\n"
                                     "flat_load_ushort v7, v[2:3] offset:2\n"
                                     "v_mov_b32 v8, 0\nglobal_load_short_d16_hi v8, v1, s[4:5]\n"
                                     "v_add3_u32 v4, v4, v5, v6\nv_add3_u32 v4, v4, v7, v8\n"
                                     "global_store_dword v1, v4, s[4:5] offset:2048\n"
                                     "v_mov_b32 v9, 3\nv_mov_b32 v10, 0\n"
                                     "global_atomic_add v11, v10, v9, s[4:5] offset:4092 " +
                                     give +
                                     "\n"
                                     "s_endpgm\n");
    buffer.as<uint32_t>()[1023] = 0;
    ASSERT_TRUE(kernel.run({buffer.address()}, 32).ok()) << chip;
    for (uint32_t n = 0; n < 32; ++n) {
      const uint32_t sum = 3 * 0x00ff0000u + 12 * n + 3;
      EXPECT_EQ(buffer.as<uint32_t>()[512 + n * 4], sum + 0xff + (n * 4 << 16)) << chip;
    }
    EXPECT_EQ(buffer.as<uint32_t>()[1023], 96u);
  }
}

TEST(Memory, ScratchAndFlatApertures) {
  for (const char *chip : {"gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    // A flat address in the private aperture is the same memory as the scratch offset.
    auto out = runVector(chip, {"s_mov_b64 s[10:11], src_private_base\nv_mov_b32 v2, 16\n"
                                "v_mov_b32 v3, s11\nscratch_store_dword v2, v4, off\n"
                                "flat_load_dword v20, v[2:3]\n"
                                "v_mov_b32 v8, 32\nscratch_store_dwordx2 v8, v[4:5], off\n"
                                "scratch_load_dword v21, off, off offset:36",
                                {pattern(), {77}},
                                2});
    EXPECT_EQ(out[0][9], pattern()[9]) << chip;
    EXPECT_EQ(out[1][9], 77u) << chip;
  }
}

TEST(Memory, BufferRangeCheck) {
  for (const char *chip : chips) {
    const bool later = isWave32(chip);
    // A raw buffer of 64 bytes: lanes 16 and up read zero.
    const std::string words = later ? "s_mov_b32 s11, 0x31016000\n" : "s_mov_b32 s11, 0x00027000\n";
    const std::string zero = isGfx12(chip) ? "null" : "0";
    auto out =
        runVector(chip, {"s_mov_b32 s8, s4\ns_and_b32 s9, s5, 0xffff\ns_mov_b32 s10, 64\n" + words +
                             "buffer_load_dword v20, v1, s[8:11], " + zero + " offen",
                         {pattern()}});
    EXPECT_EQ(out[0][15], pattern()[15]) << chip;
    EXPECT_EQ(out[0][16], 0u) << chip;
  }
}

TEST(Memory, SwizzledBufferElementsAreCrossed) {
  for (const char *chip : {"gfx90a", "gfx942"}) {
    // The output's memory as scratch: lanes added, elements of 4 bytes, 64 lanes.
    auto out =
        runVector(chip, {"buffer_store_dword v4, off, s[8:11], 0 offset:3\ns_waitcnt vmcnt(0)\n"
                         "buffer_load_ubyte v20, off, s[8:11], 0 offset:3\n"
                         "buffer_load_ubyte v21, off, s[8:11], 0 offset:4\n"
                         "buffer_load_dword v22, off, s[8:11], 0 offset:3\n"
                         "buffer_load_ushort v23, off, s[8:11], 0 offset:7\ns_waitcnt vmcnt(0)",
                         {pattern()},
                         4,
                         "s_mov_b32 s8, s6\ns_and_b32 s9, s7, 0xffff\ns_bitset1_b32 s9, 31\n"
                         "s_movk_i32 s10, 0x400\ns_mov_b32 s11, 0x00e80000\n"});
    for (uint32_t lane = 0; lane < 64; ++lane) {
      EXPECT_EQ(out[0][lane], pattern()[lane] & 0xff) << chip;
      EXPECT_EQ(out[1][lane], pattern()[lane] >> 8 & 0xff) << chip;
      EXPECT_EQ(out[2][lane], pattern()[lane]) << chip;
      EXPECT_EQ(out[3][lane], 0u) << chip;
    }
  }
}

TEST(Memory, Faults) {
  for (const char *chip : chips) {
    AssembledKernel lds(chip,
                        "v_mov_b32 v1, 0x1000\nv_mov_b32 v2, 1\nds_add_u32 v1, v2\ns_endpgm\n");
    DispatchResult result = lds.run({});
    EXPECT_EQ(result.status, DispatchResult::Status::MemoryFault);
    EXPECT_NE(result.message.find("LDS"), std::string::npos) << result.message;
    AssembledKernel wild(chip, "s_mov_b32 s2, 0x7ffffff0\ns_mov_b32 s3, 1\ns_setpc_b64 s[2:3]\n");
    EXPECT_EQ(wild.run({}).status, DispatchResult::Status::MemoryFault) << chip;
    AssembledKernel open(chip, "v_mov_b32 v0, 0\n");
    EXPECT_FALSE(open.run({}).ok()) << "a program without s_endpgm";
  }
}

} // namespace
} // namespace qcc::emulator::test
