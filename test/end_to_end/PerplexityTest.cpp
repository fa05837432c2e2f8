// Perplexity over text that the demo model itself wrote, on the emulated device and by the oracle.
#include "test/end_to_end/support/Models.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace qcc::test;

namespace {

/// Stories sampled from the demo model by qrun at temperature 1, a line of token ids each: 2,048
/// tokens to predict and a few more.
const std::string sampled = QCC_SOURCE_DIR "/test/end_to_end/stories6M_sampled_ids.txt";
const std::vector<std::string> protocol{
    "--perplexity-tokens", sampled, "--window", "256", "--stride", "256", "--json"};

/// The JSON of a program that measures it.
nlohmann::json measure(const std::string &program, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), protocol.begin(), protocol.end());
  Outcome outcome = run(program, arguments);
  EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
  return outcome.exitCode == 0 ? nlohmann::json::parse(outcome.output) : nlohmann::json();
}

class Perplexity : public testing::TestWithParam<const char *> {};

TEST_P(Perplexity, AsTheOracle) {
  ScratchFolder folder;
  std::string model = demoModel() + "/model.onnx", artifact = folder.file("model.hsaco");
  ASSERT_TRUE(compileModel(model, GetParam(), artifact));
  nlohmann::json device = measure("qrun", {artifact, "--device", "emulated"});
  nlohmann::json oracle = measure("qcc-interpret", {model});
  ASSERT_FALSE(HasFailure());
  EXPECT_EQ(device["tokens"], oracle["targets"]);
  EXPECT_GE(oracle["targets"], 2048);
  // Errors of single logits have either sign and cancel in the mean: what is left of 0.1 % of each
  // logit is far less than this.
  double expected = oracle["perplexity"];
  EXPECT_NEAR(device["perplexity"].get<double>(), expected, 0.005 * expected);
}

INSTANTIATE_TEST_SUITE_P(Chips, Perplexity, testing::Values("gfx942", "gfx1100"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
