// Generation and perplexity with a model whose logits are known: token t is followed by t + 1.
#include "compiler/interpret/Generate.h"
#include "compiler/interpret/Perplexity.h"
#include "test/interpret/TinyModel.h"

#include <cmath>

using namespace qcc::interpret;

namespace {
class GenerateTest : public testing::Test {
protected:
  void SetUp() override {
    // Logit log 3 for the successor (token 3 goes to 0), 0 for the three others: probabilities 1/2,
    // 1/6.
    float high = std::log(3.0f);
    Rows logits = {{0, high, 0, 0}, {0, 0, high, 0}, {0, 0, 0, high}, {high, 0, 0, 0}};
    std::string body = model.tensor("x", logits) +
                       "%cache1 = lm.append %cache, %x, %x, %batch : !lm.cache<1 x 4 x f32>, "
                       "tensor<?x4xf32>\n"
                       "%r = lm.select_rows %x, %batch : tensor<?x4xf32>\n";
    ASSERT_FALSE(model.load(body, "tensor<?x4xf32>", "!lm.cache<1 x 4 x f32>",
                            "lm.model = {vocabulary_size = 4 : i64, end_of_sequence = [3 : i64]}"));
  }

  Generation run(const GenerateOptions &options) {
    auto generation = generate(model.interpreter(), {2, 0}, options);
    EXPECT_TRUE(static_cast<bool>(generation));
    return std::move(*generation);
  }

  TinyModel model;
};
} // namespace

TEST_F(GenerateTest, StopsAtTheEndOfSequence) {
  Generation generation = run({.maxTokens = 10});
  EXPECT_EQ(generation.tokens, (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(generation.vocabulary, 4);
  EXPECT_EQ(generation.logits.size(), 3u * 4);
}

TEST_F(GenerateTest, GoesOnWhenTold) {
  Generation generation = run({.maxTokens = 5, .ignoreEndOfSequence = true});
  EXPECT_EQ(generation.tokens, (std::vector<int32_t>{1, 2, 3, 0, 1}));
}

TEST_F(GenerateTest, FeedsForcedTokensAndKeepsItsChoices) {
  Generation generation = run({.maxTokens = 4, .forced = {3, 3, 2}});
  EXPECT_EQ(generation.tokens, (std::vector<int32_t>{1, 0, 0, 3}));
}

TEST_F(GenerateTest, PerplexityScoresEveryTargetOnce) {
  std::vector<int32_t> sequence;
  for (int32_t i = 0; i < 150; ++i) {
    sequence.push_back(i % 4);
  }
  for (PerplexityOptions options :
       {PerplexityOptions{512, 256}, PerplexityOptions{8, 3}, PerplexityOptions{100, 100}}) {
    auto result = perplexity(model.interpreter(), {sequence, {0, 2}, {1}}, options);
    ASSERT_TRUE(static_cast<bool>(result));
    EXPECT_EQ(result->targets, 150);
    // 149 successors of probability 1/2, one surprise of 1/6.
    EXPECT_NEAR(result->negativeLogLikelihood, 149 * std::log(2) + std::log(6), 1e-4);
  }
}

TEST_F(GenerateTest, PerplexityRefusesImpossibleRequests) {
  expectFailure(perplexity(model.interpreter(), {{0, 1}}, {4, 5}), "need a stride between 1");
  expectFailure(perplexity(model.interpreter(), {{0, 4}}, {}), "token 4 is not one of");
  expectFailure(perplexity(model.interpreter(), {{0}}, {}), "no sequence of two tokens");
}
