// From text to text: the tokenizer travels in the artifact, and qrun takes prompts as text.
#include "test/end_to_end/support/Models.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace qcc::test;

namespace {

class Text : public testing::Test {
protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<ScratchFolder>();
    artifact = folder->file("model.hsaco");
    ASSERT_TRUE(compileModel(demoModel() + "/model.onnx", "gfx942", artifact,
                             {"--tokenizer", demoTokenizer()}));
  }
  static void TearDownTestSuite() { folder.reset(); }

  /// qrun's JSON for these options.
  static nlohmann::json generate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {artifact, "--device", "emulated", "--json"});
    Outcome outcome = run("qrun", arguments);
    EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
    return outcome.exitCode == 0 ? nlohmann::json::parse(outcome.output) : nlohmann::json();
  }

  static inline std::unique_ptr<ScratchFolder> folder;
  static inline std::string artifact;
};

} // namespace

TEST_F(Text, PromptsAreTheReferencesIds) {
  Reference reference = readReference(demoModel());
  for (size_t i = 0; i < reference.texts.size(); ++i) {
    std::string fromText = folder->file("text.npy"), fromIds = folder->file("ids.npy");
    generate({"--prompt", reference.texts[i], "--max-tokens", "1", "--logits", fromText});
    generate({"--tokens", joined(reference.scripts[i].prompt), "--max-tokens", "1", "--logits",
              fromIds});
    // The same ids give the same bits.
    EXPECT_EQ(readFile(fromText), readFile(fromIds)) << reference.texts[i];
  }
}

TEST_F(Text, ContinuesAStory) {
  Reference reference = readReference(demoModel());
  nlohmann::json story = generate({"--prompt", reference.texts[0], "--max-tokens", "16"});
  // The first choices of the reference, as text; later ones could hang on a rounding.
  nlohmann::json expected =
      generate({"--tokens", joined(reference.scripts[0].prompt), "--max-tokens", "16"});
  EXPECT_EQ(story["tokens"].size(), 16u);
  EXPECT_EQ(story["text"], expected["text"]);
  EXPECT_GT(story["text"].get<std::string>().size(), 30u);
  EXPECT_EQ(story["device"], "emulated gfx942");
}

TEST_F(Text, SameSeedSameStory) {
  std::vector<std::string> sampled{
      "--prompt", "Once upon a time", "--max-tokens", "12", "--temperature", "1", "--top-k", "50"};
  auto withSeed = [&](const char *seed) {
    std::vector<std::string> arguments = sampled;
    arguments.insert(arguments.end(), {"--seed", seed});
    return generate(arguments)["tokens"];
  };
  EXPECT_EQ(withSeed("1"), withSeed("1"));
  EXPECT_NE(withSeed("1"), withSeed("2"));
}

TEST_F(Text, StopsAtAString) {
  nlohmann::json story =
      generate({"--prompt", "Once upon a time, there was", "--max-tokens", "48", "--stop", "."});
  EXPECT_LT(story["tokens"].size(), 48u);
}
