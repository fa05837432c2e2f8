// Rows in and out, norms, elementwise ops and matmul, on values small enough to compute by hand.
#include "test/interpret/TinyModel.h"

#include <cmath>

using namespace qcc::interpret;

namespace {
class OpsTest : public testing::Test {
protected:
  TinyModel model;
};
} // namespace

TEST_F(OpsTest, EmbedTakesTheTokensRow) {
  ASSERT_FALSE(model.load(model.tensor("r", {{1, 2}, {3, 4}, {5, 6}}), "tensor<?x2xf32>"));
  auto logits = model.interpreter().step({{2, 0, 0}, {0, 0, 1}, {2, 0, 2}}, {0, 1, 2});
  ASSERT_TRUE(static_cast<bool>(logits));
  EXPECT_EQ(rowsOf(*logits), (Rows{{5, 6}, {1, 2}, {5, 6}}));
}

TEST_F(OpsTest, EmbedRefusesTokensOutsideItsTable) {
  ASSERT_FALSE(model.load(model.tensor("r", {{1, 2}}), "tensor<?x2xf32>"));
  expectFailure(model.interpreter().step({{1, 0, 0}}, {0}),
                "'lm.embed': token 1 is not one of the 1 of the vocabulary");
}

TEST_F(OpsTest, SelectRowsTakesTheWantedRows) {
  std::string body =
      model.tensor("x", {{1}, {2}, {3}}) + "%r = lm.select_rows %x, %batch : tensor<?x1xf32>\n";
  ASSERT_FALSE(model.load(body, "tensor<?x1xf32>"));
  auto logits = model.interpreter().step({{0, 0, 0}, {1, 0, 1}, {2, 0, 2}}, {2, 0});
  ASSERT_TRUE(static_cast<bool>(logits));
  EXPECT_EQ(rowsOf(*logits), (Rows{{3}, {1}}));
}

TEST_F(OpsTest, SamplePicksATokenForEachWantedRow) {
  std::string logits = model.tensor("x", {{1, 3, 2}, {9, 0, 0}, {0, 2, 2}}) +
                       "%r = lm.select_rows %x, %batch : tensor<?x3xf32>\n";
  ASSERT_FALSE(model.loadSampling(logits, 3));
  Interpreter &oracle = model.interpreter();
  ASSERT_TRUE(static_cast<bool>(oracle.step({{0, 4, 7}, {1, 5, 0}, {2, 5, 1}}, {2, 0})));
  const Batch &next = oracle.nextBatch();
  ASSERT_EQ(next.rows.size(), 2u);
  EXPECT_EQ(next.wanted, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(std::tuple(next.rows[0].token, next.rows[0].slot, next.rows[0].position),
            std::tuple(1, 5, 2));
  EXPECT_EQ(std::tuple(next.rows[1].token, next.rows[1].slot, next.rows[1].position),
            std::tuple(1, 4, 8));
  // The penalty applies to what was picked since: 3 / 2 of token 1 is less than token 2's 2.
  oracle.setSampler(4, *qcc::text::Sampler::create({.repetitionPenalty = 2.0f}), {});
  for (int32_t expected : {1, 2, 1}) {
    ASSERT_TRUE(static_cast<bool>(oracle.step({{0, 4, 0}}, {0})));
    EXPECT_EQ(oracle.nextBatch().rows[0].token, expected);
    oracle.truncate(4, 0);
  }
}

TEST_F(OpsTest, SampleRefusesWhatHasNoLargest) {
  std::string logits = model.tensor("x", {{1, std::nanf("")}}) +
                       "%r = lm.select_rows %x, %batch : tensor<?x2xf32>\n";
  ASSERT_FALSE(model.loadSampling(logits, 2));
  expectFailure(model.interpreter().step({{0, 0, 0}}, {0}),
                "'lm.sample': The logit of token 1 is not a finite number");
}

TEST_F(OpsTest, RmsNorm) {
  // The mean of 1, 49, 1, 49 is 25.
  std::string body = model.tensor("x", {{1, 7, -1, -7}, {0, 0, 0, 0}}) +
                     model.vector("w", {5, 10, 5, 1}) +
                     "%r = lm.rms_norm %x, %w epsilon 1.0e-30 : tensor<?x4xf32>, "
                     "!qnt.weight<[4], f32> -> tensor<?x4xf32>\n";
  expectRows(model.evaluate(body, "tensor<?x4xf32>", 2), {{1, 14, -1, -1.4f}, {0, 0, 0, 0}});
}

TEST_F(OpsTest, RmsNormEpsilonIsInsideTheRoot) {
  std::string body = model.tensor("x", {{3, 3}}) + model.vector("w", {1, 2}) +
                     "%r = lm.rms_norm %x, %w epsilon 1.6e+1 : tensor<?x2xf32>, "
                     "!qnt.weight<[2], f32> -> tensor<?x2xf32>\n";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1), {{0.6f, 1.2f}});
}

TEST_F(OpsTest, RmsNormByGroups) {
  std::string body = model.tensor("x", {{1, 7, 30, 40}}) + model.vector("w", {1, 2}) +
                     "%r = lm.rms_norm %x, %w epsilon 0.0e+0 group 2 : tensor<?x4xf32>, "
                     "!qnt.weight<[2], f32> -> tensor<?x4xf32>\n";
  float root = std::sqrt(1250.0f);
  expectRows(model.evaluate(body, "tensor<?x4xf32>", 1), {{0.2f, 2.8f, 30 / root, 80 / root}},
             1e-6f);
}

TEST_F(OpsTest, RmsNormComputesWideAndRoundsToItsResult) {
  // Squares of 300 overflow f16; 1/3 * 3 would not be 1 if the quotient were rounded first.
  std::string body = model.tensor("x", {{300, 300}}, "f16") + model.vector("w", {3, 1.0f / 3}) +
                     "%r = lm.rms_norm %x, %w epsilon 0.0e+0 : tensor<?x2xf16>, "
                     "!qnt.weight<[2], f32> -> tensor<?x2xf16>\n";
  expectRows(model.evaluate(body, "tensor<?x2xf16>", 1), {{3, roundTo(ElementType::f16, 1.0 / 3)}});
}

TEST_F(OpsTest, SkipRmsNormHasBothResults) {
  std::string head =
      model.tensor("x", {{1, 3}}) + model.tensor("y", {{0, 4}}) + model.vector("w", {5, 10});
  std::string op = "%0, %1 = lm.skip_rms_norm %x, %y, %w epsilon 0.0e+0 : tensor<?x2xf32>, "
                   "tensor<?x2xf32>, !qnt.weight<[2], f32> -> tensor<?x2xf32>, tensor<?x2xf32>\n";
  std::string keep = " by 1.0 : tensor<?x2xf32>\n";
  expectRows(model.evaluate(head + op + "%r = lm.scale %0" + keep, "tensor<?x2xf32>", 1),
             {{1, 14}});
  expectRows(model.evaluate(head + op + "%r = lm.scale %1" + keep, "tensor<?x2xf32>", 1), {{1, 7}});
}

TEST_F(OpsTest, SkipRmsNormNormalizesTheRoundedSum) {
  // 2048 + 1 is 2048 in f16: with the other feature alike, the norm is exactly 1.
  std::string body = model.tensor("x", {{2048, 2048}}, "f16") + model.tensor("y", {{1, 0}}, "f16") +
                     model.vector("w", {1, 1}) +
                     "%r, %s = lm.skip_rms_norm %x, %y, %w epsilon 0.0e+0 : tensor<?x2xf16>, "
                     "tensor<?x2xf16>, !qnt.weight<[2], f32> -> tensor<?x2xf32>, tensor<?x2xf16>\n";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1), {{1, 1}});
}

TEST_F(OpsTest, Activations) {
  auto unary = [&](const std::string &name) {
    return model.evaluate(model.tensor("x", {{0, 1, -2}}) + "%r = lm." + name +
                              " %x : tensor<?x3xf32>\n",
                          "tensor<?x3xf32>", 1);
  };
  // sigmoid(1) = 1 / (1 + 1/e), sigmoid(-2) = 1 / (1 + e^2)
  expectRows(unary("sigmoid"), {{0.5f, 0.7310586f, 0.1192029f}}, 1e-7f);
  expectRows(unary("silu"), {{0, 0.7310586f, -0.2384058f}}, 1e-7f);
  // tanh(sqrt(2/pi) * 1.044715) = 0.6823838; tanh(sqrt(2/pi) * -2.35772) = -0.9545977
  expectRows(unary("gelu"), {{0, 0.8411920f, -0.0454023f}}, 1e-6f);
}

TEST_F(OpsTest, SumsAndProductsRoundOnce) {
  auto binary = [&](const std::string &name) {
    return model.evaluate(model.tensor("x", {{2048, 3}}, "f16") +
                              model.tensor("y", {{3, 0.25}}, "f16") + "%r = lm." + name +
                              " %x, %y : tensor<?x2xf16>\n",
                          "tensor<?x2xf16>", 1);
  };
  expectRows(binary("add"), {{2052, 3.25}}); // 2051 is a tie between 2050 and 2052
  expectRows(binary("mul"), {{6144, 0.75}});
}

TEST_F(OpsTest, ScaleCastAndSlice) {
  std::string x = model.tensor("x", {{1, 2, 3.0009765625f}});
  expectRows(
      model.evaluate(x + "%r = lm.scale %x by -2.0 : tensor<?x3xf32>\n", "tensor<?x3xf32>", 1),
      {{-2, -4, -6.001953125f}});
  expectRows(model.evaluate(x + "%r = lm.cast %x : tensor<?x3xf32> -> tensor<?x3xbf16>\n",
                            "tensor<?x3xbf16>", 1),
             {{1, 2, 3}});
  expectRows(model.evaluate(x + "%r = lm.slice %x at 1 : tensor<?x3xf32> -> tensor<?x2xf32>\n",
                            "tensor<?x2xf32>", 1),
             {{2, 3.0009765625f}});
}

//===-- Quantized activations ----------------------------------------------------------------===//

TEST_F(OpsTest, MatmulOfQuantizedRows) {
  // A scale for two features. 127 / 2 is a tie, and goes to the even 64; the second block is zero.
  std::string body =
      model.tensor("x", {{254, 127, 0, 0}, {-3.5f, 1, 127, -127}}) +
      model.matrix("w", {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 1}, {1, 1, 1, 0}}) +
      "%q = qnt.quantize %x : tensor<?x4xf32> -> !qnt.activation<?x4xi8, block = 2>\n"
      "%r = qnt.matmul %q, %w : !qnt.activation<?x4xi8, block = 2>, !qnt.weight<[4, 4], f32> -> "
      "tensor<?x4xf32>\n";
  float scale = 3.5f / 127; // 1 / scale is 36.3
  expectRows(model.evaluate(body, "tensor<?x4xf32>", 2),
             {{254, 128, 0, 382}, {-127 * scale, 36 * scale, 0, -91 * scale + 127}}, 1e-5f);
}

TEST_F(OpsTest, NormOfQuantizedRows) {
  // The mean of the squares 1, 49, 1, 49 is 25. Weighted: 127, 7 and -254, -7 of scales 1 and 2.
  std::string body =
      model.tensor("x", {{1, 7, -1, -7}}) + model.vector("w", {127, 1, 254, 1}) +
      model.matrix("m", {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}) +
      "%q = qnt.quantize %x weighted(%w : !qnt.weight<[4], f32>) : tensor<?x4xf32> -> "
      "!qnt.activation<?x4xi8, block = 2, squares>\n"
      "%n = qnt.scale_by_norm %q epsilon 0.0e+0 : !qnt.activation<?x4xi8, block = 2, squares> -> "
      "!qnt.activation<?x4xi8, block = 2>\n"
      "%r = qnt.matmul %n, %m : !qnt.activation<?x4xi8, block = 2>, !qnt.weight<[4, 4], f32> -> "
      "tensor<?x4xf32>\n";
  // -7 / 2 is a tie, and goes to the even -4.
  expectRows(model.evaluate(body, "tensor<?x4xf32>", 1), {{25.4f, 1.4f, -50.8f, -1.6f}}, 1e-5f);
}

TEST_F(OpsTest, SelectRowsOfQuantizedRows) {
  std::string body =
      model.tensor("x", {{1, 2}, {3, 4}, {5, 6}}) + model.vector("w", {1, 1}) +
      model.matrix("m", {{0, 1}}) +
      "%q = qnt.quantize %x weighted(%w : !qnt.weight<[2], f32>) : tensor<?x2xf32> -> "
      "!qnt.activation<?x2xi8, block = 2, squares>\n"
      "%s = lm.select_rows %q, %batch : !qnt.activation<?x2xi8, block = 2, squares>\n"
      "%n = qnt.scale_by_norm %s epsilon 0.0e+0 : !qnt.activation<?x2xi8, block = 2, squares> -> "
      "!qnt.activation<?x2xi8, block = 2>\n"
      "%r = qnt.matmul %n, %m : !qnt.activation<?x2xi8, block = 2>, !qnt.weight<[1, 2], f32> -> "
      "tensor<?x1xf32>\n";
  ASSERT_FALSE(model.load(body, "tensor<?x1xf32>"));
  auto logits = model.interpreter().step({{0, 0, 0}, {1, 0, 1}, {2, 0, 2}}, {2, 0});
  expectRows(rowsOf(*logits), {{6 / std::sqrt(30.5f)}, {2 / std::sqrt(2.5f)}}, 1e-5f);
}

//===-- Matmul -------------------------------------------------------------------------------===//

TEST_F(OpsTest, MatmulWithBias) {
  std::string body = model.tensor("x", {{1, 2, 3}, {0, -1, 0.5}}) +
                     model.matrix("w", {{1, 0, 0}, {4, 5, 6}}) + model.vector("b", {10, 100}) +
                     "%r = qnt.matmul %x, %w bias(%b : !qnt.weight<[2], f32>) : tensor<?x3xf32>, "
                     "!qnt.weight<[2, 3], f32> -> tensor<?x2xf32>\n";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 2), {{11, 132}, {10, 98}});
}

TEST_F(OpsTest, MatmulOfQuantizedWeight) {
  // 9 features, more than one vector of the processor; q - 8 is 1 for all but the last, -8.
  std::string body =
      model.tensor("x", {{1, 2, 3, 4, 5, 6, 7, 8, 9}}) + "%w = qnt.parameter \"w\" values " +
      model.bytes({0x99, 0x99, 0x99, 0x99, 0x90, 0x99, 0x99, 0x99}) + " storage blocks scales " +
      model.f32({2, 3}) + " : !qnt.weight<[1, 9], u4, block = 8, scale = f32>\n" +
      "%r = qnt.matmul %x, %w : tensor<?x9xf32>, "
      "!qnt.weight<[1, 9], u4, block = 8, scale = f32> -> tensor<?x1xf32>\n";
  expectRows(model.evaluate(body, "tensor<?x1xf32>", 1), {{36 * 2 - 9 * 8 * 3}});
}

TEST_F(OpsTest, MatmulAccumulatesWideAndRoundsOnce) {
  // In fp16 (or in fp32, for the second column) the ones would be lost one by one.
  std::vector<float> ones(65, 1.0f), big = ones;
  big[0] = 16777216;
  std::string body = model.tensor("x", {ones}) + model.matrix("w", {ones, big}) +
                     "%r = qnt.matmul %x, %w : tensor<?x65xf32>, !qnt.weight<[2, 65], f32> -> "
                     "tensor<?x2xf32>\n";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1), {{65, 16777280}});
}

TEST_F(OpsTest, MatmulNeedsNoMemoryForDecodedWeights) {
  std::string body = model.tensor("x", {{1, 2}}) + model.matrix("w", {{3, 4}}) +
                     "%r = qnt.matmul %x, %w : tensor<?x2xf32>, !qnt.weight<[1, 2], f32> -> "
                     "tensor<?x1xf32>\n";
  InterpreterOptions options;
  options.decodedWeightBytes = 0;
  ASSERT_FALSE(model.load(body, "tensor<?x1xf32>", "", "", options));
  auto logits = model.interpreter().step({{0, 0, 0}}, {0});
  ASSERT_TRUE(static_cast<bool>(logits));
  EXPECT_EQ(rowsOf(*logits), (Rows{{11}}));
}
