// What holds for whole modules: fused regions, activation types, what is refused.
#include "test/interpret/TinyModel.h"

using namespace qcc::interpret;

namespace {
class InterpreterTest : public testing::Test {
protected:
  TinyModel model;
};
} // namespace

TEST_F(InterpreterTest, FusedRegionsComputeTheirBodies) {
  std::string body = model.tensor("x", {{1, 2}}) + R"(
    %y, %r = lm.fused "rows" {
      %a = lm.add %x, %x : tensor<?x2xf32>
      %b = lm.mul %a, %x : tensor<?x2xf32>
      lm.yield %a, %b : tensor<?x2xf32>, tensor<?x2xf32>
    } : tensor<?x2xf32>, tensor<?x2xf32>
  )";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1), {{2, 8}});
}

TEST_F(InterpreterTest, FusedRegionsYieldCachesAndHoldWeights) {
  std::string cache = "!lm.cache<1 x 2 x f32>";
  std::string body = model.tensor("x", {{1, 2}}) + R"(
    %cache1, %r = lm.fused "matmul" {
)" + model.matrix("w", {{0, 1}, {1, 0}}) +
                     R"(
      %k = qnt.matmul %x, %w : tensor<?x2xf32>, !qnt.weight<[2, 2], f32> -> tensor<?x2xf32>
      %c = lm.append %cache, %k, %k, %batch : !lm.cache<1 x 2 x f32>, tensor<?x2xf32>
      %a = lm.attention %x, %c, %batch heads 1 scale 1.0 : tensor<?x2xf32>, !lm.cache<1 x 2 x f32>
      lm.yield %c, %a : !lm.cache<1 x 2 x f32>, tensor<?x2xf32>
    } : !lm.cache<1 x 2 x f32>, tensor<?x2xf32>
  )";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1, cache), {{2, 1}});
}

TEST_F(InterpreterTest, PackChangesNoValue) {
  std::string body = model.tensor("x", {{1, 2}}) + model.matrix("w", {{3, 4}}) + R"(
    %p = qnt.pack %w : !qnt.weight<[1, 2], f32> -> !qnt.weight<[1, 2], f32,
      layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
    %r = qnt.matmul %x, %p : tensor<?x2xf32>, !qnt.weight<[1, 2], f32,
      layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
      -> tensor<?x1xf32>
  )";
  expectRows(model.evaluate(body, "tensor<?x1xf32>", 1), {{11}});
}

TEST_F(InterpreterTest, ActivationsReplaceTheTypeOfTheEmbedding) {
  std::string body = model.tensor("x", {{2048, 4096}}, "f32") + R"(
    %h = lm.cast %x : tensor<?x2xf32> -> tensor<?x2xbf16>
    %y = lm.cast %h : tensor<?x2xbf16> -> tensor<?x2xf32>
  )" + model.tensor("ones", {{1, 1}}, "f32") +
                     "%r = lm.add %y, %ones : tensor<?x2xf32>\n";
  InterpreterOptions options;
  options.activations = ElementType::f16;
  ASSERT_FALSE(model.load(body, "tensor<?x2xf32>", "", "", options));
  auto logits = model.interpreter().step({{0, 0, 0}}, {0});
  ASSERT_TRUE(static_cast<bool>(logits));
  EXPECT_EQ(rowsOf(*logits), (Rows{{2048, 4096}}));
  EXPECT_EQ(logits->type, ElementType::f16);
}

TEST_F(InterpreterTest, ReadsTheFactsOfTheModel) {
  ASSERT_FALSE(model.load(model.tensor("r", {{1}}), "tensor<?x1xf32>", "",
                          "lm.model = {vocabulary_size = 7 : i64, max_positions = 2 : i64, "
                          "end_of_sequence = [2 : i64, 5 : i64]}"));
  const ModelFacts &facts = model.interpreter().facts();
  EXPECT_EQ(facts.vocabularySize, 7);
  EXPECT_EQ(facts.endOfSequence, (std::vector<int32_t>{2, 5}));
  expectFailure(model.interpreter().step({{0, 0, 2}}, {0}),
                "position 2 is past the model's 2 positions");
}

TEST_F(InterpreterTest, RefusesWantedRowsThatAreNotThere) {
  ASSERT_FALSE(model.load(model.tensor("r", {{1}}), "tensor<?x1xf32>"));
  expectFailure(model.interpreter().step({{0, 0, 0}}, {1}), "row 1 is wanted of a step of 1 rows");
}

TEST_F(InterpreterTest, RefusesOpsWithoutAMeaning) {
  expectFailure(model.load(model.tensor("x", {{1}}) +
                               "%r = builtin.unrealized_conversion_cast %x : tensor<?x1xf32> to "
                               "tensor<?x1xf32>\n",
                           "tensor<?x1xf32>"),
                "'builtin.unrealized_conversion_cast' is not an op that the interpreter knows");
}

TEST_F(InterpreterTest, RefusesOtherElementTypes) {
  expectFailure(model.load(model.tensor("x", {{1}}) +
                               "%r = lm.cast %x : tensor<?x1xf32> -> tensor<?x1xf64>\n",
                           "tensor<?x1xf64>"),
                "'lm.cast' computes elements that are not f32, f16 or bf16");
}

TEST_F(InterpreterTest, RefusesFunctionsThatAreNotThere) {
  InterpreterOptions options;
  options.function = "prefill";
  expectFailure(model.load(model.tensor("r", {{1}}), "tensor<?x1xf32>", "", "", options),
                "the module has no function 'prefill'");
}

TEST_F(InterpreterTest, RefusesFunctionsThatAreNoDecoder) {
  std::string weight = "!qnt.weight<[1], f32>";
  expectFailure(model.load(model.vector("r", {1}), weight),
                "function 'decoder' does not take a batch and caches and return logits");
}
