// Runs an assembled kernel and gives what was counted.
#pragma once

#include "emulator/counters/Counting.h"
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {

struct CountedRun {
  uint32_t workItems = 64;
  uint32_t workgroups = 1;
  uint64_t firstWorkgroup = 0, mostWorkgroups = UINT64_MAX;
};

/// Runs `body` with the addresses of two buffers, each at the start of a page, in s[4:5] and
/// s[6:7]. Workgroups have 16 KiB of LDS.
inline LaunchCounters count(const std::string &chip, const std::string &body, CountedRun run = {}) {
  static DeviceBuffer first(1 << 16), second(1 << 16);
  const bool old = chip.compare(0, 4, "gfx9") == 0;
  const std::string load = old ? "s_load_dwordx4" : "s_load_b128";
  const std::string wait =
      chip.compare(0, 5, "gfx12") == 0 ? "s_wait_kmcnt 0x0" : "s_waitcnt lgkmcnt(0)";
  AssembledKernel kernel(chip,
                         load + " s[4:7], s[0:1], 0x0\n" + wait + "\n" + body + "\ns_endpgm\n");
  kernel.kernel.descriptor.groupSegmentFixedSize = 16384;
  CountingObserver observer;
  kernel.observers = {&observer};
  kernel.firstWorkgroup = run.firstWorkgroup;
  kernel.mostWorkgroups = run.mostWorkgroups;
  auto aligned = [](const DeviceBuffer &b) { return (b.address() + 4095) / 4096 * 4096; };
  const DispatchResult result =
      kernel.run({aligned(first), aligned(second)}, run.workItems, run.workgroups);
  EXPECT_TRUE(result.ok()) << result.message;
  return observer.counters();
}

/// Lines as a code object might have them: "kernel.hip:" and the offset divided by 8.
class EightBytesALine : public SourceLines {
public:
  std::string at(uint64_t codeOffset) const override {
    return "kernel.hip:" + std::to_string(codeOffset / 8);
  }
};

/// The only instruction whose text begins so.
inline InstructionRecord recordOf(const LaunchCounters &counters, const std::string &start) {
  for (const InstructionRecord &record : counters.instructions) {
    if (record.text.compare(0, start.size(), start) == 0) {
      return record;
    }
  }
  ADD_FAILURE() << "no instruction begins with " << start;
  return {};
}

} // namespace qcc::emulator::test
