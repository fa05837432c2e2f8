// The text of a trace.
#include "emulator/trace/Trace.h"
#include "test/emulator/counters/CountedKernel.h"

#include <cstdio>

namespace qcc::emulator::test {
namespace {

std::string trace(AssembledKernel &kernel, const TraceSelection &selection,
                  const std::vector<uint64_t> &arguments, uint32_t workgroups = 1) {
  std::string text;
  TraceObserver observer(selection, [&](const std::string &part) { text += part; });
  kernel.observers = {&observer};
  kernel.run(arguments, 128, workgroups);
  return text;
}

std::string hexadecimal(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

TEST(Trace, FiveInstructions) {
  DeviceBuffer buffer(4096);
  AssembledKernel kernel("gfx942", R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    v_lshlrev_b32 v1, 2, v0
    s_mov_b64 exec, 3
    global_store_dword v1, v1, s[4:5]
    s_endpgm
  )");
  const std::string text = trace(kernel, {"test", 1, 1}, {buffer.address()}, 2);
  const uint64_t at = buffer.address();
  const std::string low = hexadecimal(uint32_t(at)), high = hexadecimal(at >> 32);
  // Where the arguments lie differs from run to run.
  const size_t reads = text.find("    < s0"), load = text.find("    > s4");
  ASSERT_NE(load, std::string::npos) << text;
  EXPECT_NE(text.substr(reads, load - reads).find("@ load global 8 bytes: 0x"), std::string::npos);
  const std::string before = text.substr(0, reads), after = text.substr(load);
  EXPECT_EQ(before, "# kernel test, gfx942, workgroup 1,0,0, wave 1 of 2, 64 lanes\n"
                    "0x000000  s_load_dwordx2 s[4:5], s[0:1], 0x0\n"
                    "    exec  0xffffffffffffffff\n");
  EXPECT_EQ(after, "    > s4  0x0 -> " + low + "\n    > s5  0x0 -> " + high +
                       "\n"
                       "0x000008  v_lshlrev_b32_e32 v1, 2, v0\n"
                       "    < v0  0x40 0x41 0x42 0x43 .. (64 lanes)\n"
                       "    > v1  0x0 -> 0x100 0x104 0x108 0x10c .. (64 lanes)\n"
                       "0x00000c  s_mov_b64 exec, 3\n"
                       "    > exec_lo  0xffffffff -> 0x3\n"
                       "    > exec_hi  0xffffffff -> 0x0\n"
                       "0x000010  global_store_dword v1, v1, s[4:5]\n"
                       "    exec  0x3\n"
                       "    < v1  0x100 0x104 (2 lanes)\n"
                       "    < s4  " +
                       low + "\n    < s5  " + high +
                       "\n"
                       "    @ store global 4 bytes: " +
                       hexadecimal(at + 0x100) + " " + hexadecimal(at + 0x104) +
                       " (2 lanes)\n"
                       "0x000018  s_endpgm\n");
}

TEST(Trace, LanesThatAgreeAreOneValue) {
  AssembledKernel kernel("gfx1100", "v_mov_b32 v1, 7\nv_cmp_eq_u32 vcc_lo, v1, v1\ns_endpgm\n");
  const std::string text = trace(kernel, {}, {});
  EXPECT_NE(text.find("    < v1  0x7\n    > vcc_lo  0x0 -> 0xffffffff\n"), std::string::npos)
      << text;
}

TEST(Trace, SourceLinesWhereTheyChange) {
  AssembledKernel kernel("gfx942", "s_nop 0\ns_nop 1\ns_endpgm\n");
  kernel.kernel.lines = std::make_shared<EightBytesALine>();
  const std::string text = trace(kernel, {}, {});
  EXPECT_NE(text.find("# kernel.hip:0\n0x000000  s_nop 0\n    exec  0xffffffffffffffff\n"
                      "0x000004  s_nop 1\n# kernel.hip:1\n0x000008  s_endpgm\n"),
            std::string::npos)
      << text;
}

TEST(Trace, OtherKernelsAndWavesAreSilent) {
  AssembledKernel kernel("gfx942", "s_endpgm\n");
  EXPECT_EQ(trace(kernel, {"another", 0, 0}, {}), "");
  EXPECT_EQ(trace(kernel, {"test", 1, 0}, {}), "");
  EXPECT_EQ(trace(kernel, {"test", 0, 2}, {}), "");
  EXPECT_NE(trace(kernel, {"es", 0, 1}, {}), "");
}

TEST(Trace, EndsWithTheFault) {
  AssembledKernel kernel("gfx942", "v_mov_b32 v2, 0\nv_mov_b32 v3, 0\n"
                                   "global_load_dword v1, v[2:3], off\ns_endpgm\n");
  const std::string text = trace(kernel, {}, {});
  EXPECT_NE(text.find("    @ load global 4 bytes: 0x0\n# kernel `test`"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("s_endpgm"), std::string::npos) << text;
}

TEST(Trace, Selections) {
  const auto all = parseTraceSelection("scale:3:1");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->kernel, "scale");
  EXPECT_EQ(all->workgroup, 3u);
  EXPECT_EQ(all->wave, 1u);
  ASSERT_TRUE(parseTraceSelection("scale"));
  EXPECT_EQ(parseTraceSelection("scale:7")->workgroup, 7u);
  for (const char *wrong :
       {"scale:", "scale:x", "scale:1:", "scale:1:2:3", "scale:1x", "scale:-1"}) {
    EXPECT_FALSE(parseTraceSelection(wrong)) << wrong;
  }
}

} // namespace
} // namespace qcc::emulator::test
