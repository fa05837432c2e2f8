// Rotary embedding, the cache and attention, by hand.
#include "test/interpret/TinyModel.h"

#include <cmath>

using namespace qcc::interpret;

namespace {
class AttentionTest : public testing::Test {
protected:
  /// cos and sin of 90 degrees times the position for pair 0, and none for the others.
  std::string quarterTurns(size_t pairs) {
    Rows cos, sin;
    for (int position = 0; position < 3; ++position) {
      cos.emplace_back(pairs, 1.0f).front() = position == 0 ? 1 : position == 1 ? 0 : -1;
      sin.emplace_back(pairs, 0.0f).front() = position == 1 ? 1 : 0;
    }
    return model.matrix("cos", cos) + model.matrix("sin", sin);
  }

  /// The rotation of two rows of `x`, at positions 0 and 1.
  llvm::Expected<Rows> rope(const Rows &x, size_t pairs, const std::string &how) {
    std::string type = "tensor<?x" + std::to_string(x.front().size()) + "xf32>";
    return model.evaluate(model.tensor("x", x) + quarterTurns(pairs) +
                              "%r = lm.rope %x, %batch, %cos, %sin " + how + " : " + type +
                              ", !qnt.weight<[3, " + std::to_string(pairs) + "], f32>\n",
                          type, 2);
  }

  TinyModel model;
};
} // namespace

//===-- Rotary embedding ---------------------------------------------------------------------===//

TEST_F(AttentionTest, RopeRotatesHalves) {
  // Two heads of 4; the pair (0, 2) turns.
  expectRows(rope({{1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}}, 2, "head_size 4"),
             {{1, 2, 3, 4, 5, 6, 7, 8}, {-3, 2, 1, 4, -7, 6, 5, 8}});
}

TEST_F(AttentionTest, RopeInterleavedRotatesNeighbours) {
  expectRows(rope({{1, 2, 3, 4}, {1, 2, 3, 4}}, 2, "head_size 4 interleaved"),
             {{1, 2, 3, 4}, {-2, 1, 3, 4}});
}

TEST_F(AttentionTest, RopeKeepsFeaturesPastTheRotaryOnes) {
  expectRows(rope({{1, 2, 3, 4}, {1, 2, 3, 4}}, 1, "head_size 4"), {{1, 2, 3, 4}, {-2, 1, 3, 4}});
}

TEST_F(AttentionTest, RopePairedReadsPairsAndWritesOrdinaryOrder) {
  // Heads of 5 with 4 rotary: 1 3 2 4 5 is what pair_rows makes of 1 2 3 4 5.
  expectRows(rope({{1, 3, 2, 4, 5}, {1, 3, 2, 4, 5}}, 2, "head_size 5 paired"),
             {{1, 2, 3, 4, 5}, {-3, 2, 1, 4, 5}});
}

TEST_F(AttentionTest, RopeRefusesPositionsPastItsTable) {
  std::string body = model.tensor("x", {{1, 2}}) + quarterTurns(1) +
                     "%r = lm.rope %x, %batch, %cos, %sin head_size 2 : tensor<?x2xf32>, "
                     "!qnt.weight<[3, 1], f32>\n";
  ASSERT_FALSE(model.load(body, "tensor<?x2xf32>"));
  expectFailure(model.interpreter().step({{0, 0, 3}}, {0}),
                "'lm.rope': position 3 is past the 3 rows of the rotary table");
}

//===-- Attention ----------------------------------------------------------------------------===//

/// append and attention of tensors %q, %k, %v.
static std::string appendAndAttend(int64_t heads, const std::string &cache,
                                   const std::string &how = "") {
  std::string query = "tensor<?x" + std::to_string(2 * heads) + "xf32>";
  std::string key = cache.find("<1") == std::string::npos ? "tensor<?x4xf32>" : "tensor<?x2xf32>";
  return "%cache1 = lm.append %cache, %k, %v, %batch : " + cache + ", " + key + "\n" +
         "%r = lm.attention %q, %cache1, %batch heads " + std::to_string(heads) + " scale 1.0 " +
         how + " : " + query + ", " + cache + "\n";
}

TEST_F(AttentionTest, SeesPositionsUpToItsOwn) {
  // Equal scores: the mean of the values seen.
  std::string body =
      model.tensor("q", {{1, 1}, {1, 1}, {1, 1}}) + model.tensor("k", {{0, 0}, {1, -1}, {-2, 2}}) +
      model.tensor("v", {{3, 0}, {5, 6}, {10, -3}}) + appendAndAttend(1, "!lm.cache<1 x 2 x f32>");
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 3, "!lm.cache<1 x 2 x f32>"),
             {{3, 0}, {4, 3}, {6, 1}}, 1e-6f);
}

TEST_F(AttentionTest, WeighsBySoftmaxOfScaledProducts) {
  // Scores 0 and log 3: weights 1/4 and 3/4.
  std::string body =
      model.tensor("q", {{0, 0}, {1, 0}}) + model.tensor("k", {{0, 5}, {std::log(3.0f), 9}}) +
      model.tensor("v", {{4, 0}, {8, 1}}) + appendAndAttend(1, "!lm.cache<1 x 2 x f32>");
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 2, "!lm.cache<1 x 2 x f32>"),
             {{4, 0}, {7, 0.75}}, 1e-6f);
}

TEST_F(AttentionTest, WindowForgetsOldPositions) {
  std::string body = model.tensor("q", {{1, 1}, {1, 1}, {1, 1}}) +
                     model.tensor("k", {{0, 0}, {0, 0}, {0, 0}}) +
                     model.tensor("v", {{3, 0}, {5, 6}, {10, -3}}) +
                     appendAndAttend(1, "!lm.cache<1 x 2 x f32>", "{window = 2 : i64}");
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 3, "!lm.cache<1 x 2 x f32>"),
             {{3, 0}, {4, 3}, {7.5, 1.5}}, 1e-6f);
}

TEST_F(AttentionTest, SoftcapBoundsScores) {
  // Scores 0 and 1000 become 0 and log 3 (to within rounding): weights 1/4 and 3/4.
  std::string body =
      model.tensor("q", {{0, 0}, {1, 0}}) + model.tensor("k", {{0, 0}, {1000, 0}}) +
      model.tensor("v", {{4, 0}, {8, 1}}) +
      appendAndAttend(1, "!lm.cache<1 x 2 x f32>", "{softcap = 1.0986122886681098 : f64}");
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 2, "!lm.cache<1 x 2 x f32>"),
             {{4, 0}, {7, 0.75}}, 1e-6f);
}

TEST_F(AttentionTest, HeadsShareKeyValueHeadsInOrder) {
  // Four query heads over two key/value heads: 0 and 1 read the first, 2 and 3 the second.
  std::string body = model.tensor("q", {{1, 1, 1, 1, 1, 1, 1, 1}}) +
                     model.tensor("k", {{1, 1, 1, 1}}) + model.tensor("v", {{1, 2, 3, 4}}) +
                     appendAndAttend(4, "!lm.cache<2 x 2 x f32>");
  expectRows(model.evaluate(body, "tensor<?x8xf32>", 1, "!lm.cache<2 x 2 x f32>"),
             {{1, 2, 1, 2, 3, 4, 3, 4}});
}

TEST_F(AttentionTest, CacheRoundsToItsElementType) {
  std::string body = model.tensor("q", {{1, 1}}) + model.tensor("k", {{0, 0}}) +
                     model.tensor("v", {{2049, 1}}) + appendAndAttend(1, "!lm.cache<1 x 2 x f16>");
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1, "!lm.cache<1 x 2 x f16>"), {{2048, 1}});
}

TEST_F(AttentionTest, CacheOfEightBitsSaturates) {
  std::string type = "!lm.cache<1 x 2 x f8E4M3FN>";
  std::string body = model.tensor("q", {{1, 1}}) + model.tensor("k", {{0, 0}}) +
                     model.tensor("v", {{17, -1000}}) + appendAndAttend(1, type);
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 1, type), {{16, -448}});
}

TEST_F(AttentionTest, QuantizedCacheKeepsAScaleForEachHead) {
  // Of 2 * 127, the scale is 2: 3 is a tie between 2 and 4, of which 4 is twice an even number.
  // Another head, another scale; of zeros, zeros.
  std::string type = "!lm.cache<2 x 2 x i8>";
  std::string body = model.tensor("q", {{1, 1, 1, 1}, {1, 1, 1, 1}}) +
                     model.tensor("k", {{0, 0, 0, 0}, {0, 0, 0, 0}}) +
                     model.tensor("v", {{-254, 3, 127, 3}, {0, 0, 1.27f, 0.5f}}) +
                     appendAndAttend(2, type);
  expectRows(model.evaluate(body, "tensor<?x4xf32>", 2, type),
             {{-254, 4, 127, 3}, {-127, 2, 64.135f, 1.75f}}, 1e-6f);
}

TEST_F(AttentionTest, QuantizedKeysMakeScores) {
  // Keys of scale log 3: (0, 127 log 3) and (log 3, 127 log 3) as they are, (0.4 log 3, ...) as 0.
  float step = std::log(3.0f);
  std::string type = "!lm.cache<1 x 2 x i8>";
  std::string body = model.tensor("q", {{0, 0}, {1, 0}}) +
                     model.tensor("k", {{0.4f * step, 127 * step}, {step, 127 * step}}) +
                     model.tensor("v", {{127, 0}, {127, 127}}) + appendAndAttend(1, type);
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 2, type), {{127, 0}, {127, 95.25f}}, 1e-5f);
}

TEST_F(AttentionTest, SlotsAreApart) {
  std::string body =
      model.tensor("q", {{1, 1}, {1, 1}, {1, 1}}) + model.tensor("k", {{0, 0}, {0, 0}, {0, 0}}) +
      model.tensor("v", {{3, 0}, {5, 6}, {10, -3}}) + appendAndAttend(1, "!lm.cache<1 x 2 x f32>");
  ASSERT_FALSE(model.load(body, "tensor<?x2xf32>", "!lm.cache<1 x 2 x f32>"));
  Interpreter &oracle = model.interpreter();
  ASSERT_TRUE(static_cast<bool>(oracle.step({{0, 0, 0}, {1, 0, 1}, {2, 4, 0}}, {})));
  // Slot 0 holds two positions, slot 4 one.
  auto logits = oracle.step({{2, 0, 2}, {0, 4, 1}}, {0, 1});
  ASSERT_TRUE(static_cast<bool>(logits));
  expectRows(rowsOf(*logits), {{6, 1}, {6.5, -1.5}}, 1e-6f);
}

TEST_F(AttentionTest, TruncatedPositionsAreWrittenAnew) {
  std::string body = model.tensor("q", {{1, 1}, {1, 1}}) + model.tensor("k", {{0, 0}, {0, 0}}) +
                     model.tensor("v", {{3, 0}, {5, 6}}) +
                     appendAndAttend(1, "!lm.cache<1 x 2 x f32>");
  ASSERT_FALSE(model.load(body, "tensor<?x2xf32>", "!lm.cache<1 x 2 x f32>"));
  Interpreter &oracle = model.interpreter();
  ASSERT_TRUE(static_cast<bool>(oracle.step({{0, 0, 0}, {1, 0, 1}}, {})));
  oracle.truncate(0, 0);
  expectFailure(oracle.step({{1, 0, 1}}, {0}), "does not follow the 0 positions");
  auto logits = oracle.step({{1, 0, 0}}, {0});
  ASSERT_TRUE(static_cast<bool>(logits));
  EXPECT_EQ(rowsOf(*logits), (Rows{{5, 6}}));
}

//===-- GroupQueryAttention ------------------------------------------------------------------===//

TEST_F(AttentionTest, GroupQueryAttentionIsItsDecomposition) {
  std::string cache = "!lm.cache<1 x 4 x f16>";
  std::string head =
      model.tensor("x",
                   {{1, 2, 3, 4, .1f, .2f, .3f, .4f, 5, 6, 7, 8, 9, 8, 7, 6},
                    {.4f, .3f, .2f, .1f, 4, 3, 2, 1, .8f, .7f, .6f, .5f, 1, 2, 3, 4}},
                   "f16") +
      quarterTurns(2);
  std::string packed =
      "%r, %cache1 = lm.group_query_attention %x cache %cache, %batch rotary %cos, %sin heads 2 "
      "scale 5.0e-1 : (tensor<?x16xf16>, " +
      cache +
      ", !lm.batch, !qnt.weight<[3, 2], f32>, !qnt.weight<[3, 2], f32>) -> "
      "(tensor<?x8xf16>, " +
      cache + ")\n";
  std::string turn = ", %batch, %cos, %sin head_size 4 : ";
  std::string parts =
      "%q0 = lm.slice %x at 0 : tensor<?x16xf16> -> tensor<?x8xf16>\n"
      "%k0 = lm.slice %x at 8 : tensor<?x16xf16> -> tensor<?x4xf16>\n"
      "%v = lm.slice %x at 12 : tensor<?x16xf16> -> tensor<?x4xf16>\n"
      "%q = lm.rope %q0" +
      turn +
      "tensor<?x8xf16>, !qnt.weight<[3, 2], f32>\n"
      "%k = lm.rope %k0" +
      turn +
      "tensor<?x4xf16>, !qnt.weight<[3, 2], f32>\n"
      "%cache1 = lm.append %cache, %k, %v, %batch : " +
      cache +
      ", tensor<?x4xf16>\n"
      "%r = lm.attention %q, %cache1, %batch heads 2 scale 5.0e-1 : tensor<?x8xf16>, " +
      cache + "\n";
  auto decomposed = model.evaluate(head + parts, "tensor<?x8xf16>", 2, cache);
  ASSERT_TRUE(static_cast<bool>(decomposed));
  expectRows(model.evaluate(head + packed, "tensor<?x8xf16>", 2, cache), *decomposed);
}

TEST_F(AttentionTest, GroupQueryAttentionWithSeparateKeysAndNoRotary) {
  std::string cache = "!lm.cache<1 x 2 x f32>";
  std::string body =
      model.tensor("q", {{0, 0}, {1, 0}}) + model.tensor("k", {{0, 5}, {std::log(3.0f), 9}}) +
      model.tensor("v", {{4, 0}, {8, 1}}) +
      "%r, %cache1 = lm.group_query_attention %q key %k value %v cache %cache, %batch heads 1 "
      "scale 1.0 : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2xf32>, " +
      cache + ", !lm.batch) -> (tensor<?x2xf32>, " + cache + ")\n";
  expectRows(model.evaluate(body, "tensor<?x2xf32>", 2, cache), {{4, 0}, {7, 0.75}}, 1e-6f);
}
