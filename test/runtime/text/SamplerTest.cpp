#include "runtime/text/Sampler.h"
#include "runtime/text/Philox.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <set>

namespace qcc::text {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

Sampler make(const SamplingOptions &options) {
  auto sampler = Sampler::create(options);
  EXPECT_TRUE(sampler.ok()) << sampler.status().message;
  return *std::move(sampler);
}

std::uint32_t pick(Sampler &sampler, std::vector<float> logits,
                   std::vector<std::uint32_t> history = {}) {
  auto id = sampler.sample(logits, history);
  EXPECT_TRUE(id.ok()) << id.status().message;
  return id.ok() ? *id : UINT32_MAX;
}

/// The ids that come up in 2,000 draws.
std::set<std::uint32_t> support(const SamplingOptions &options, const std::vector<float> &logits) {
  Sampler sampler = make(options);
  std::set<std::uint32_t> ids;
  for (int draw = 0; draw < 2000; ++draw) {
    ids.insert(pick(sampler, logits));
  }
  return ids;
}

/// Logits of the probabilities 0.5, 0.25, 0.15, 0.1, in another order.
const std::vector<float> logits = {std::log(0.15f), std::log(0.5f), std::log(0.1f),
                                   std::log(0.25f)};

TEST(Sampler, GreedyTakesTheLargestAndOfEqualsTheFirst) {
  Sampler sampler = make({});
  EXPECT_EQ(pick(sampler, {1.0f, 3.0f, 3.0f, -2.0f}), 1u);
  EXPECT_EQ(pick(sampler, {-infinity, -5.0f}), 1u);
}

// The known answers that the generator's authors publish with it (Random123, kat_vectors).
TEST(Sampler, RandomNumbersAreThePublishedGenerators) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Sampler, EachDrawTakesTheNextRandomNumber) {
  Sampler sampler = make({.temperature = 1.0f, .seed = 5});
  for (int turn = 0; turn < 2; ++turn) {
    for (std::uint64_t draw = 0; draw < 20; ++draw) {
      EXPECT_EQ(pick(sampler, {0.0f, 0.0f}), drawRandom(5, draw) >> 63);
    }
    sampler.reset();
  }
}

// A weight is 2^31 / 2^octaves, rounded: half a unit, and what fp32 rounds in two steps.
TEST(Sampler, WeightsArePowersOfTwo) {
  for (std::uint32_t distance = 0; distance < distanceLimit; distance += 1234567) {
    double exact = std::exp2(31 - distance * 0x1p-27);
    EXPECT_NEAR(weightOf(distance), exact, 0.5 + exact * 0x1p-23) << distance;
  }
  EXPECT_EQ(weightOf(distanceLimit - 1), 1u);
}

// 20,000 draws of probability p deviate by sqrt(20000 p (1-p)) <= 71; the bound is four of those.
TEST(Sampler, FollowsTheProbabilities) {
  Sampler sampler = make({.temperature = 1.0f, .seed = 7});
  std::array<int, 4> counts{};
  for (int draw = 0; draw < 20000; ++draw) {
    ++counts[pick(sampler, logits)];
  }
  EXPECT_NEAR(counts[0], 3000, 284);
  EXPECT_NEAR(counts[1], 10000, 284);
  EXPECT_NEAR(counts[2], 2000, 284);
  EXPECT_NEAR(counts[3], 5000, 284);
}

// At temperature 1/2 the weights are squared: 0.25 and 0.0625 are in the proportion 4 to 1.
TEST(Sampler, TemperatureSharpens) {
  Sampler sampler = make({.temperature = 0.5f, .topK = 2, .seed = 3});
  int likeliest = 0;
  for (int draw = 0; draw < 20000; ++draw) {
    likeliest += pick(sampler, logits) == 1;
  }
  EXPECT_NEAR(likeliest, 16000, 227); // four times sqrt(20000 * 0.8 * 0.2)
}

TEST(Sampler, FiltersKeepWhatTheirPapersSay) {
  using Ids = std::set<std::uint32_t>;
  EXPECT_EQ(support({.temperature = 1.0f}, logits), (Ids{0, 1, 2, 3}));
  EXPECT_EQ(support({.temperature = 1.0f, .topK = 2}, logits), (Ids{1, 3}));
  EXPECT_EQ(support({.temperature = 1.0f, .topP = 0.45f}, logits), (Ids{1}));
  EXPECT_EQ(support({.temperature = 1.0f, .topP = 0.7f}, logits), (Ids{1, 3}));
  EXPECT_EQ(support({.temperature = 1.0f, .topP = 0.8f}, logits), (Ids{0, 1, 3}));
  EXPECT_EQ(support({.temperature = 1.0f, .minP = 0.25f}, logits), (Ids{0, 1, 3}));
  EXPECT_EQ(support({.temperature = 1.0f, .minP = 1.0f}, logits), (Ids{1}));
}

// Among the two that top-k leaves, 0.5 has two thirds of the mass, so top-p 0.6 keeps it alone.
TEST(Sampler, TopPWorksOnWhatTopKLeaves) {
  EXPECT_EQ(support({.temperature = 1.0f, .topK = 2, .topP = 0.6f}, logits),
            (std::set<std::uint32_t>{1}));
}

TEST(Sampler, TopKOfEqualsKeepsTheFirst) {
  EXPECT_EQ(support({.temperature = 1.0f, .topK = 2}, {0.0f, 0.0f, 0.0f, 0.0f}),
            (std::set<std::uint32_t>{0, 1}));
}

TEST(Sampler, RepetitionPenaltyCountsAnIdOnce) {
  Sampler sampler = make({.repetitionPenalty = 2.0f});
  EXPECT_EQ(pick(sampler, {3.0f, 2.0f, 1.0f}, {0}), 1u);       // 3 / 2 = 1.5
  EXPECT_EQ(pick(sampler, {3.0f, 1.4f, 1.0f}, {0, 0, 0}), 0u); // still 1.5
  EXPECT_EQ(pick(sampler, {-1.0f, -1.5f, -9.0f}, {0}), 1u);    // -1 * 2 = -2
  EXPECT_EQ(pick(sampler, {3.0f, 2.0f}, {0, 4096}), 1u);       // an id beyond the logits
}

TEST(Sampler, SameSeedSameIds) {
  SamplingOptions options{.temperature = 0.8f, .topK = 40, .topP = 0.9f, .minP = 0.01f, .seed = 42};
  Sampler first = make(options);
  Sampler second = make(options);
  std::vector<float> many(1000);
  for (std::size_t id = 0; id < many.size(); ++id) {
    many[id] = static_cast<float>((id * 2654435761u) % 1000) / 100.0f;
  }
  for (int draw = 0; draw < 100; ++draw) {
    EXPECT_EQ(pick(first, many), pick(second, many));
  }
}

// A tiny temperature spreads logits over more than fp32's exponents can tell apart.
TEST(Sampler, SurvivesExtremeTemperatures) {
  EXPECT_EQ(support({.temperature = 1e-30f}, logits), (std::set<std::uint32_t>{1}));
  EXPECT_EQ(support({.temperature = 1e30f}, logits).size(), 4u);
}

TEST(Sampler, RefusesBadOptions) {
  const float nan = std::nanf("");
  for (const SamplingOptions &options :
       {SamplingOptions{.temperature = -1.0f}, SamplingOptions{.temperature = nan},
        SamplingOptions{.topP = 0.0f}, SamplingOptions{.topP = 1.5f},
        SamplingOptions{.minP = -0.1f}, SamplingOptions{.repetitionPenalty = 0.0f},
        SamplingOptions{.repetitionPenalty = nan}}) {
    EXPECT_EQ(Sampler::create(options).status().code, StatusCode::InvalidArgument);
  }
}

TEST(Sampler, RefusesBadLogits) {
  Sampler sampler = make({});
  for (const std::vector<float> &bad :
       {std::vector<float>{}, std::vector<float>{1.0f, std::nanf("")},
        std::vector<float>{infinity, 0.0f}, std::vector<float>{-infinity, -infinity}}) {
    EXPECT_EQ(sampler.sample(bad, {}).status().code, StatusCode::InvalidArgument);
  }
}

} // namespace
} // namespace qcc::text
