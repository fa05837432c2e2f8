// How many copies and launches a measurement takes, and which of its times counts.
#include "compiler/tune/TimingPlan.h"

#include <gtest/gtest.h>

using namespace qcc::tune;

TEST(TimingPlan, CopiesLeaveNothingInACache) {
  constexpr uint64_t mebibyte = 1 << 20;
  for (uint64_t cache : {8 * mebibyte, 96 * mebibyte, 256 * mebibyte}) {
    for (uint64_t bytes : {uint64_t(1), 3 * mebibyte - 1, 96 * mebibyte, 5000 * mebibyte}) {
      uint64_t copies = copiesOf(bytes, cache);
      EXPECT_GE((copies - 1) * bytes, 2 * cache);
      EXPECT_LT((copies - 2) * bytes, 2 * cache) << "one copy fewer would do";
    }
  }
  EXPECT_EQ(copiesOf(4096, 0), 2u) << "they take turns in any case";
}

TEST(TimingPlan, LaunchesAreWholeTurnsThatLastLongEnough) {
  EXPECT_EQ(launchesOf(4, 10, 1000, 4096), 100u);
  EXPECT_EQ(launchesOf(3, 10, 1000, 4096), 102u);
  EXPECT_EQ(launchesOf(4, 5000, 1000, 4096), 4u) << "one turn at least";
  EXPECT_EQ(launchesOf(5000, 1, 1000, 4096), 5000u) << "one turn, though it is more than the most";
  EXPECT_EQ(launchesOf(1000, 0, 1000, 4096), 4000u) << "no more turns than fit";
}

TEST(TimingPlan, TheMedianIgnoresWhatIsFarOff) {
  EXPECT_EQ(medianOf({7}), 7);
  EXPECT_EQ(medianOf({900, 2, 1, 3, 800}), 3);
  EXPECT_EQ(medianOf({4, 1, 3, 2}), 2) << "of two in the middle the lower one";
}
