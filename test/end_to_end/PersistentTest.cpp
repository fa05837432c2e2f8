// A decode step as one launch of a persistent kernel: the same bits as a launch a kernel, and no
// report of the emulated device's checks, which know of every chip what a grid barrier must do for
// its caches.
#include "test/end_to_end/support/Models.h"

#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

class Persistent : public testing::TestWithParam<const char *> {};

/// One launch for a step computes what launches do, and gives the checks nothing to report.
void compareForms(const std::string &chip, const std::vector<std::string> &options) {
  ScratchFolder scratch;
  std::string artifact = scratch.file("model.hsaco");
  ASSERT_TRUE(compileModel(demoModel(), chip, artifact, options));
  const TokenScript script{{1}, {403, 407}};
  Logits launches = runArtifact(artifact, script, {{"QCC_PERSISTENT", "off"}});
  Logits once = runArtifact(artifact, script,
                            {{"QCC_PERSISTENT", "on"}, {"QCC_EMULATED_CHECKS", "all,fatal"}});
  ASSERT_EQ(launches.tokens.size(), 2u);
  EXPECT_EQ(once.values.data, launches.values.data);
}

TEST_P(Persistent, IsBitwiseEqualToLaunches) {
  compareForms(GetParam(), {"--max-batch", "2"});
}

// Workgroups that complete a block of channels meet at its counter, between the grid's barriers.
TEST_P(Persistent, QuantizesAsLaunchesDo) {
  compareForms(GetParam(), {"--quantize-activations"});
}

TEST_P(Persistent, IsOneLaunchForAStep) {
  ScratchFolder scratch;
  std::string artifact = scratch.file("model.hsaco"), counters = scratch.file("counters.json");
  ASSERT_TRUE(compileModel(demoModel(), GetParam(), artifact));
  runArtifact(artifact, {{1}, {261}},
              {{"QCC_PERSISTENT", "on"}, {"QCC_EMULATED_COUNTERS", counters}});
  std::string counted = readFile(counters);
  EXPECT_NE(counted.find("\"decode_persistent\""), std::string::npos);
  EXPECT_EQ(counted.find("\"decode_matmul"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Chips, Persistent,
                         testing::Values("gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"));

} // namespace
