// Trained models, compiled for every chip and run on the emulated device, against what ONNX Runtime
// computed for them, against the oracle, and chip against chip.
#include "test/end_to_end/support/Models.h"

#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

/// Chips with waves of 64 and of 32 run every prompt; the others, one.
constexpr const char *chips[] = {"gfx942", "gfx1100", "gfx90a", "gfx950", "gfx1201"};
constexpr size_t chipsWithAllPrompts = 2;

// A kernel rounds once where it stores, the oracle after every operation; fp16 logits of these
// models come out within 0.1 % of each other.
constexpr double oracleTolerance = 0.005;
// ONNX Runtime rounds in yet other places, and some of its products accumulate in fp16.
constexpr double referenceTolerance = 0.02;
// Logits of about 10 have steps of 0.008 in fp16: two of them may swap within a few steps.
constexpr double margin = 0.03;

class TrainedModel : public testing::TestWithParam<const char *> {};

/// Compares every prompt, or the first, of one chip; returns the first prompt's logits.
Logits compareChip(const std::string &chip, const std::string &artifact, const Reference &reference,
                   const std::vector<Logits> &oracle, size_t prompts) {
  Logits first;
  for (size_t i = 0; i < prompts; ++i) {
    std::string what = chip + ", prompt " + std::to_string(i);
    Logits logits = runArtifact(artifact, reference.scripts[i]);
    expectClose(logits, oracle[i].values, oracleTolerance, what + ", oracle");
    expectClose(logits, reference.logits[i], referenceTolerance, what + ", reference");
    expectSameChoices(logits, reference.logits[i], margin, what);
    if (i == 0) {
      first = std::move(logits);
    }
  }
  return first;
}

TEST_P(TrainedModel, AgreesOnEveryChip) {
  std::string folder = findModel(GetParam());
  if (folder.empty()) {
    GTEST_SKIP() << "there is no model " << GetParam();
  }
  Reference reference = readReference(folder);
  std::string model = folder + "/model.onnx";
  std::vector<Logits> oracle;
  for (const TokenScript &script : reference.scripts) {
    oracle.push_back(runOracle(model, script));
  }
  ASSERT_FALSE(HasFailure());
  ScratchFolder scratch;
  std::vector<Logits> firsts;
  for (const char *chip : chips) {
    std::string artifact = scratch.file(chip);
    ASSERT_TRUE(compileModel(model, chip, artifact));
    bool all = firsts.size() < chipsWithAllPrompts;
    firsts.push_back(compareChip(chip, artifact, reference, oracle, all ? oracle.size() : 1));
  }
  for (size_t a = 0; a < firsts.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      expectClose(firsts[a], firsts[b].values, oracleTolerance,
                  std::string(chips[a]) + " against " + chips[b]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Given, TrainedModel,
                         testing::Values("stories6M/onnx-genai-int4",
                                         "stories6M/onnx-genai-int4-asym",
                                         "stories260K/onnx-genai-int8"));

} // namespace
