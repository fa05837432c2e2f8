// Scalar loads, stores and atomics.
#include "test/emulator/isa/Harness.h"
#include "test/emulator/isa/Tested.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qcc::emulator::test {
namespace {

const std::string chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

std::string sgprs(unsigned first, unsigned count) {
  return count == 1 ? "s" + std::to_string(first)
                    : "s[" + std::to_string(first) + ":" + std::to_string(first + count - 1) + "]";
}

/// Runs `text` with the address of `memory` in s[4:5], a descriptor of 256 bytes of it in s[8:11]
/// and 8 in s6; then s[20:35] is stored behind the first 256 bytes. Gives those sixteen words.
std::vector<uint32_t> runScalar(const std::string &chip, const std::string &text,
                                DeviceBuffer &memory) {
  const bool later = isWave32(chip);
  const std::string wait =
      chip.starts_with("gfx12") ? "s_wait_kmcnt 0\n" : "s_waitcnt lgkmcnt(0)\n";
  std::string all =
      std::string(later ? "s_load_b64" : "s_load_dwordx2") + " s[4:5], s[0:1], 0x0\n" + wait +
      "s_mov_b32 s6, 8\ns_mov_b32 s8, s4\ns_and_b32 s9, s5, 0xffff\n" +
      "s_movk_i32 s10, 0x100\ns_mov_b32 s11, " + (later ? "0x31016000\n" : "0x00027000\n");
  for (unsigned n = 20; n < 36; ++n) {
    all += "s_movk_i32 s" + std::to_string(n) + ", " + std::to_string(n) + "\n";
  }
  all += takeMarks(chip, text) + "\nv_mov_b32 v1, 0\n";
  for (unsigned n = 0; n < 16; ++n) {
    all += "v_mov_b32 v2, s" + std::to_string(20 + n) +
           "\nglobal_store_dword v1, v2, s[4:5] offset:" + std::to_string(256 + n * 4) + "\n";
  }
  AssembledKernel kernel(chip, all + "s_endpgm\n");
  const DispatchResult result = kernel.run({memory.address()}, 1);
  EXPECT_TRUE(result.ok()) << chip << ": " << result.message;
  const uint32_t *words = memory.as<uint32_t>() + 64;
  return {words, words + 16};
}

/// 512 bytes of which each is another.
void fillMemory(DeviceBuffer &memory) {
  for (unsigned n = 0; n < 256; ++n) {
    memory.data()[n] = uint8_t(n * 7 + 0x83);
  }
}

struct LoadCase {
  const char *name; // behind "s_load_" and the like
  unsigned bytes;
  bool isSigned = false;
};
const LoadCase loads[] = {{"dword", 4},    {"dwordx2", 8},   {"dwordx3", 12}, {"dwordx4", 16},
                          {"dwordx8", 32}, {"dwordx16", 64}, {"b96", 12},     {"u8", 1},
                          {"i8", 1, true}, {"u16", 2},       {"i16", 2, true}};

TEST(ScalarMemory, Loads) {
  unsigned found = 0;
  for (const std::string &chip : chips) {
    for (const std::string family : {"s_load_", "s_buffer_load_", "s_scratch_load_"}) {
      for (const LoadCase &load : loads) {
        const unsigned words = (load.bytes + 3) / 4;
        const std::string base = family == "s_buffer_load_" ? "s[8:11]" : "s[4:5]";
        const std::string text =
            ">" + family + load.name + " " + sgprs(20, words) + ", " + base + ", 0x24";
        if (!assembles(chip, text.substr(1))) {
          continue;
        }
        ++found;
        DeviceBuffer memory(512);
        fillMemory(memory);
        const auto got = runScalar(chip, text, memory);
        uint32_t want[16];
        for (unsigned n = 0; n < 16; ++n) {
          want[n] = 20 + n;
        }
        std::fill_n(want, words, 0);
        std::copy_n(memory.data() + 0x24, load.bytes, reinterpret_cast<uint8_t *>(want));
        if (load.isSigned) {
          want[0] = load.bytes == 1 ? uint32_t(int32_t(int8_t(want[0])))
                                    : uint32_t(int32_t(int16_t(want[0])));
        }
        for (unsigned n = 0; n < 16; ++n) {
          EXPECT_EQ(got[n], want[n]) << chip << " " << text << " word " << n;
        }
      }
    }
  }
  EXPECT_GT(found, 50u);
}

TEST(ScalarMemory, OffsetsAndRanges) {
  for (const std::string &chip : chips) {
    const bool later = isWave32(chip);
    const std::string load = later ? "s_load_b32 s20, s[4:5], " : "s_load_dword s20, s[4:5], ";
    const std::string buffer = later ? "s_buffer_load_b64 s[22:23], s[8:11], "
                                     : "s_buffer_load_dwordx2 s[22:23], s[8:11], ";
    DeviceBuffer memory(512);
    fillMemory(memory);
    // A register as offset; a buffer load of which only the first word lies inside.
    const auto got = runScalar(
        chip, load + (chip.starts_with("gfx12") ? "s6 offset:0x10\n" : "s6\n") + buffer + "0xfc",
        memory);
    const uint32_t *words = memory.as<uint32_t>();
    EXPECT_EQ(got[0], words[chip.starts_with("gfx12") ? 6 : 2]) << chip;
    EXPECT_EQ(got[2], words[63]) << chip;
    EXPECT_EQ(got[3], 0u) << chip;
  }
}

TEST(ScalarMemory, Stores) {
  unsigned found = 0;
  for (const std::string &chip : chips) {
    for (const std::string family : {"s_store_", "s_buffer_store_", "s_scratch_store_"}) {
      for (unsigned words : {1u, 2u, 4u}) {
        const std::string name = family + "dword" + (words == 1 ? "" : "x" + std::to_string(words));
        const std::string base = family == "s_buffer_store_" ? "s[8:11]" : "s[4:5]";
        const std::string text = ">" + name + " " + sgprs(20, words) + ", " + base + ", 0x20";
        if (!assembles(chip, text.substr(1))) {
          continue;
        }
        ++found;
        DeviceBuffer memory(512), before(512);
        fillMemory(memory);
        fillMemory(before);
        runScalar(chip, text, memory);
        for (unsigned n = 0; n < 64; ++n) {
          const bool stored = n >= 8 && n < 8 + words;
          EXPECT_EQ(memory.as<uint32_t>()[n], stored ? 20 + n - 8 : before.as<uint32_t>()[n])
              << chip << " " << text << " word " << n;
        }
      }
    }
  }
  EXPECT_EQ(found, 27u);
}

using Apply = uint64_t (*)(uint64_t old, uint64_t data, uint64_t second, bool isWide);
struct AtomicCase {
  const char *name;
  Apply apply;
  bool two = false;
};
template <typename F> uint64_t asSigned(uint64_t a, uint64_t b, bool isWide, F f) {
  return isWide ? uint64_t(f(int64_t(a), int64_t(b)))
                : uint64_t(uint32_t(f(int64_t(int32_t(a)), int64_t(int32_t(b)))));
}
constexpr auto lesser = [](auto a, auto b) { return std::min(a, b); };
constexpr auto greater = [](auto a, auto b) { return std::max(a, b); };

const AtomicCase atomics[] = {
    {"swap", [](uint64_t, uint64_t b, uint64_t, bool) { return b; }},
    {"cmpswap", [](uint64_t a, uint64_t b, uint64_t c, bool) { return a == c ? b : a; }, true},
    {"add", [](uint64_t a, uint64_t b, uint64_t, bool) { return a + b; }},
    {"sub", [](uint64_t a, uint64_t b, uint64_t, bool) { return a - b; }},
    {"smin", [](uint64_t a, uint64_t b, uint64_t, bool w) { return asSigned(a, b, w, lesser); }},
    {"smax", [](uint64_t a, uint64_t b, uint64_t, bool w) { return asSigned(a, b, w, greater); }},
    {"umin", [](uint64_t a, uint64_t b, uint64_t, bool) { return std::min(a, b); }},
    {"umax", [](uint64_t a, uint64_t b, uint64_t, bool) { return std::max(a, b); }},
    {"and", [](uint64_t a, uint64_t b, uint64_t, bool) { return a & b; }},
    {"or", [](uint64_t a, uint64_t b, uint64_t, bool) { return a | b; }},
    {"xor", [](uint64_t a, uint64_t b, uint64_t, bool) { return a ^ b; }},
    {"inc", [](uint64_t a, uint64_t b, uint64_t, bool) { return a >= b ? 0 : a + 1; }},
    {"dec", [](uint64_t a, uint64_t b, uint64_t, bool) { return a == 0 || a > b ? b : a - 1; }},
};

struct Values {
  uint64_t old, data, second;
};
constexpr Values values[] = {{5, 7, 5},
                             {7, 5, 9},
                             {0, 0, 0},
                             {0xffffffffffffffff, 1, 0xffffffffffffffff},
                             {0x8000000080000000, 0x7fffffff7fffffff, 1},
                             {3, 0xfffffffffffffffe, 3}};

void checkAtomic(const AtomicCase &test, const std::string &chip, bool buffer, bool isWide) {
  const unsigned words = (isWide ? 2 : 1) * (test.two ? 2 : 1);
  const std::string text = std::string(buffer ? ">s_buffer_atomic_" : ">s_atomic_") + test.name +
                           (isWide ? "_x2 " : " ") + sgprs(20, words) +
                           (buffer ? ", s[8:11], 0x8 glc" : ", s[4:5], 0x8 glc");
  const uint64_t mask = isWide ? ~0ull : 0xffffffffull;
  for (const Values &v : values) {
    DeviceBuffer memory(512);
    std::copy_n(reinterpret_cast<const uint8_t *>(&v.old), 8, memory.data() + 8);
    std::string load;
    const uint64_t operands[] = {v.data, v.second};
    for (unsigned n = 0; n < words; ++n) {
      const uint64_t whole = operands[isWide ? n / 2 : n];
      const uint32_t word = uint32_t(isWide && n % 2 != 0 ? whole >> 32 : whole);
      load += "s_mov_b32 s" + std::to_string(20 + n) + ", " + std::to_string(word) + "\n";
    }
    const auto got = runScalar(chip, load + text, memory);
    const uint64_t old = v.old & mask;
    const uint64_t result = test.apply(old, v.data & mask, v.second & mask, isWide) & mask;
    const uint64_t after = memory.as<uint32_t>()[2] | uint64_t(memory.as<uint32_t>()[3]) << 32;
    EXPECT_EQ(after, (v.old & ~mask) | result) << chip << " " << text << " of " << v.old;
    EXPECT_EQ((got[0] | uint64_t(got[1]) << 32) & mask, old) << chip << " " << text;
  }
}

TEST(ScalarMemory, Atomics) {
  for (const AtomicCase &test : atomics) {
    for (const std::string chip : {"gfx90a", "gfx942", "gfx950"}) {
      for (bool isWide : {false, true}) {
        checkAtomic(test, chip, false, isWide);
        checkAtomic(test, chip, true, isWide);
      }
    }
  }
}

TEST(ScalarMemory, ClocksMoveForward) {
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950"}) {
    DeviceBuffer memory(512);
    const auto got =
        runScalar(chip, ">s_memtime s[20:21]\n>s_memrealtime s[22:23]\ns_memtime s[24:25]", memory);
    EXPECT_LE(got[0], got[2]) << chip;
    EXPECT_LT(got[0], got[4]) << chip;
    EXPECT_EQ(got[1] + got[3] + got[5], 0u) << chip;
  }
}

// What a device that finishes each instruction before the next, and has no caches, need not do.
const char *const hints[] = {"s_dcache_inv",
                             "s_dcache_wb",
                             "s_dcache_inv_vol",
                             "s_dcache_wb_vol",
                             "s_gl1_inv",
                             "s_dcache_discard s[4:5], 0x0",
                             "s_dcache_discard_x2 s[4:5], 0x0",
                             "s_atc_probe 3, s[4:5], 0x10",
                             "s_atc_probe_buffer 3, s[8:11], 0x10",
                             "s_prefetch_data s[4:5], 0, s6, 4",
                             "s_prefetch_inst s[4:5], 0, s6, 4",
                             "s_prefetch_data_pc_rel 16, s6, 4",
                             "s_prefetch_inst_pc_rel 16, s6, 4",
                             "s_buffer_prefetch_data s[8:11], 16, s6, 4",
                             "buffer_wbl2",
                             "buffer_wbl2 sc0 sc1",
                             "buffer_inv sc1",
                             "buffer_invl2",
                             "buffer_wbinvl1",
                             "buffer_wbinvl1_vol",
                             "buffer_gl0_inv",
                             "buffer_gl1_inv",
                             "global_inv",
                             "global_wb",
                             "global_wbinv",
                             "ds_nop",
                             "s_nop 3",
                             "s_clause 0x1",
                             "s_delay_alu instid0(VALU_DEP_1)",
                             "s_setprio 2",
                             "s_sendmsg sendmsg(MSG_INTERRUPT)",
                             "s_icache_inv",
                             "s_wakeup",
                             "s_set_inst_prefetch_distance 0x3",
                             "s_version 0x1",
                             "s_waitcnt vmcnt(0) lgkmcnt(0)",
                             "s_waitcnt_vmcnt null, 0x0",
                             "s_waitcnt_vscnt null, 0x0",
                             "s_waitcnt_expcnt null, 0x0",
                             "s_waitcnt_lgkmcnt null, 0x0",
                             "s_waitcnt_depctr 0xffff",
                             "s_wait_alu 0xffff",
                             "s_wait_bvhcnt 0x0",
                             "s_wait_dscnt 0x0",
                             "s_wait_event 0x0",
                             "s_wait_expcnt 0x0",
                             "s_wait_idle",
                             "s_wait_kmcnt 0x0",
                             "s_wait_loadcnt 0x0",
                             "s_wait_loadcnt_dscnt 0x0",
                             "s_wait_samplecnt 0x0",
                             "s_wait_storecnt 0x0",
                             "s_wait_storecnt_dscnt 0x0",
                             "s_sleep 1",
                             "s_sleep_var s6",
                             "v_nop",
                             "v_clrexcp",
                             "v_pipeflush",
                             "s_barrier",
                             "s_barrier_signal -1"};

TEST(ScalarMemory, HintsChangeNothing) {
  // Every line on each chip that has it; registers and memory stay as they were.
  for (const char *line : hints) {
    unsigned found = 0;
    for (const std::string &chip : chips) {
      if (!assembles(chip, line)) {
        continue;
      }
      ++found;
      DeviceBuffer memory(512), before(512);
      fillMemory(memory);
      fillMemory(before);
      const auto got = runScalar(chip, std::string(">") + line, memory);
      for (unsigned n = 0; n < 16; ++n) {
        EXPECT_EQ(got[n], 20 + n) << chip << " " << line;
      }
      EXPECT_TRUE(std::equal(before.data(), before.data() + 256, memory.data())) << chip << line;
    }
    EXPECT_GT(found, 0u) << line;
  }
}

} // namespace
} // namespace qcc::emulator::test
