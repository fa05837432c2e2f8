#include "test/emulator/isa/ScalarOperations.h"

#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"
#include "test/emulator/isa/Tested.h"

#include <gtest/gtest.h>

#include <cmath>

namespace qcc::emulator::test {

namespace {

/// A workgroup's inputs and results in memory: 64 bytes.
struct Slot {
  uint64_t a, b, d, exec;
  uint32_t scc, unused;
  uint64_t result, resultExec;
  uint32_t resultScc, padding;
};
static_assert(sizeof(Slot) == 64);

/// A kernel of one wave a workgroup that works on its own slot; s[12:13] is the slot's address.
std::string kernelText(const std::string &chip, const std::string &text) {
  const bool later = isWave32(chip), twelve = chip.starts_with("gfx12");
  const std::string wait = twelve ? "s_wait_kmcnt 0\n" : "s_waitcnt lgkmcnt(0)\n";
  const std::string load = later ? "s_load_b" : "s_load_dwordx";
  const std::string group = twelve ? "ttmp9" : "s2";
  const std::string exec = later ? "exec_lo" : "exec";
  const std::string all = later ? "s_mov_b32 exec_lo, -1\n" : "s_mov_b64 exec, -1\n";
  return load + (later ? "64" : "2") + " s[4:5], s[0:1], 0x0\n" + wait + "s_lshl_b32 s12, " +
         group + ", 6\ns_add_u32 s12, s12, s4\ns_addc_u32 s13, s5, 0\n" + load +
         (later ? "128" : "4") + " s[8:11], s[12:13], 0x0\n" + load + (later ? "64" : "2") +
         " s[20:21], s[12:13], 0x10\n" + load + (later ? "64" : "2") +
         " s[14:15], s[12:13], 0x18\n" + load + (later ? "32" : "") + " s16, s[12:13], 0x20\n" +
         wait + (later ? "s_mov_b32 exec_lo, s14\n" : "s_mov_b64 exec, s[14:15]\n") +
         "s_cmp_lg_u32 s16, 0\n" + text + "\ns_cselect_b32 s17, 1, 0\n" +
         (later ? "s_mov_b32 s18, exec_lo\ns_mov_b32 s19, 0\n" : "s_mov_b64 s[18:19], exec\n") +
         all +
         "v_mov_b32 v1, 0\nv_mov_b32 v4, s20\nv_mov_b32 v5, s21\nv_mov_b32 v6, s18\n"
         "v_mov_b32 v7, s19\nv_mov_b32 v8, s17\n"
         "global_store_dwordx2 v1, v[4:5], s[12:13] offset:40\n"
         "global_store_dwordx2 v1, v[6:7], s[12:13] offset:48\n"
         "global_store_dword v1, v8, s[12:13] offset:56\ns_endpgm\n";
}

std::string fixedLoads(std::string text) {
  // gfx9 spells a load of one dword without a count.
  const size_t at = text.find("s_load_dwordx s16");
  return at == std::string::npos ? text : text.replace(at, 13, "s_load_dword");
}

bool agree(uint64_t got, uint64_t want, const ScalarOperation &test) {
  if (got == want || test.floatBits == 0) {
    return got == want;
  }
  const auto value = [&](uint64_t u) {
    return test.floatBits == 16 ? singleOf(static_cast<uint32_t>(u))
                                : floatOf(static_cast<uint32_t>(u));
  };
  const float x = value(got), y = value(want);
  return (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= test.relativeError * std::fabs(y);
}

void checkOne(const ScalarOperation &test, const std::string &chip,
              std::span<const uint64_t> edges) {
  AssembledKernel kernel(chip, fixedLoads(kernelText(chip, takeMarks(chip, test.text))));
  const uint64_t lanes = isWave32(chip) ? 0xffffffffull : ~0ull;
  const uint32_t count = static_cast<uint32_t>(edges.size() * edges.size());
  DeviceBuffer buffer(count * sizeof(Slot));
  Slot *slots = buffer.as<Slot>();
  for (uint32_t n = 0; n < count; ++n) {
    const uint64_t a = edges[n % edges.size()], b = edges[n / edges.size()];
    slots[n] = {a, b, a * 3 ^ b, b & lanes, n % 3 == 0, 0, 0, 0, 0, 0};
  }
  const DispatchResult result = kernel.run({buffer.address()}, kernel.lanes, count);
  ASSERT_TRUE(result.ok()) << chip << ": " << result.message;
  for (uint32_t n = 0; n < count; ++n) {
    const Slot &slot = slots[n];
    ScalarState state{slot.d, slot.scc != 0, slot.exec};
    test.expect(slot.a, slot.b, state);
    EXPECT_TRUE(agree(slot.result, state.d, test))
        << chip << " `" << test.text << "` of " << std::hex << slot.a << " " << slot.b << " over "
        << slot.d << ": " << slot.result << ", not " << state.d;
    EXPECT_EQ(slot.resultScc != 0, state.scc)
        << chip << ": SCC of `" << test.text << "` of " << std::hex << slot.a << " " << slot.b;
    EXPECT_EQ(slot.resultExec, state.exec & lanes) << chip << ": EXEC of " << test.text;
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

} // namespace

void checkScalarOperations(std::span<const ScalarOperation> cases,
                           std::span<const uint64_t> edges) {
  for (const ScalarOperation &test : cases) {
    for (const std::string &chip : chipsOf(test.chips, test.text)) {
      checkOne(test, chip, edges);
      if (testing::Test::HasFailure()) {
        return;
      }
    }
  }
}

} // namespace qcc::emulator::test
