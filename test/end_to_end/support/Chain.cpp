#include "test/end_to_end/support/Chain.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace qcc::test {

bool compileModel(const std::string &model, const std::string &chip, const std::string &artifact,
                  const std::vector<std::string> &options) {
  std::vector<std::string> arguments{model, "-o", artifact, "--target", chip, "-q"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  Outcome outcome = run("qcc", arguments);
  EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
  return outcome.exitCode == 0;
}

/// Runs `program` over the script, with the arguments that both programs share.
static Logits collect(const std::string &program, std::vector<std::string> arguments,
                      const TokenScript &script, const Environment &environment = {}) {
  ScratchFolder folder;
  std::string file = folder.file("logits.npy");
  for (const std::string &word :
       {std::string("--tokens"), joined(script.prompt), std::string("--force-tokens"),
        joined(script.forced), std::string("--logits"), file, std::string("--json")}) {
    arguments.push_back(word);
  }
  Outcome outcome = run(program, arguments, environment);
  if (outcome.exitCode != 0) {
    ADD_FAILURE() << program << ": " << outcome.errors;
    return {};
  }
  auto values = readNpy(file);
  if (!values) {
    ADD_FAILURE() << llvm::toString(values.takeError());
    return {};
  }
  return {std::move(*values), nlohmann::json::parse(outcome.output)["tokens"]};
}

Logits runArtifact(const std::string &artifact, const TokenScript &script,
                   const Environment &environment) {
  return collect("qrun", {artifact, "--device", "emulated"}, script, environment);
}

Logits runOracle(const std::string &model, const TokenScript &script,
                 const std::vector<std::string> &options) {
  std::vector<std::string> arguments{model};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return collect("qcc-interpret", arguments, script);
}

/// The comparison; nothing, and a failure of the test, when there is nothing to compare.
static std::optional<LogitsComparison> compare(const Logits &actual, const FloatArray &expected,
                                               const std::string &what) {
  auto comparison = compareLogits(actual.values.data, expected.data, expected.columns());
  if (!comparison) {
    ADD_FAILURE() << what << ": " << llvm::toString(comparison.takeError());
    return std::nullopt;
  }
  EXPECT_GT(comparison->rows, 0) << what;
  return std::move(*comparison);
}

void expectClose(const Logits &actual, const FloatArray &expected, double tolerance,
                 const std::string &what) {
  if (auto comparison = compare(actual, expected, what)) {
    EXPECT_LE(comparison->relativeError, tolerance) << what;
    testing::Test::RecordProperty(what, std::to_string(comparison->relativeError));
  }
}

double distance(const std::vector<float> &a, const std::vector<float> &b) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(difference / norm);
}

void expectSameChoices(const Logits &actual, const FloatArray &expected, double margin,
                       const std::string &what) {
  if (auto comparison = compare(actual, expected, what)) {
    EXPECT_EQ(comparison->disagreementsBeyond(margin), 0) << what;
  }
}

} // namespace qcc::test
