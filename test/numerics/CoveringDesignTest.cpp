// The rows of a covering design: every pair that may meet is in one, no other, and few rows do it.
#include "test/numerics/CoveringDesign.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace qcc::test;

namespace {

constexpr int sizes[] = {4, 3, 2, 5};

/// Value 3 of the first dimension meets value 0 of the second alone.
bool mayMeet(int first, int a, int second, int b) {
  return first != 0 || second != 1 || a != 3 || b == 0;
}

bool contains(const std::vector<DesignRow> &rows, int first, int a, int second, int b) {
  return std::ranges::any_of(
      rows, [&](const DesignRow &row) { return row[first] == a && row[second] == b; });
}

class CoveringDesign : public testing::TestWithParam<int> {};

TEST_P(CoveringDesign, HasThePairsThatMayMeet) {
  const std::vector<DesignRow> rows = coverPairs(sizes, mayMeet, GetParam());
  for (int first = 0; first < 4; ++first) {
    for (int second = first + 1; second < 4; ++second) {
      for (int a = 0; a < sizes[first]; ++a) {
        for (int b = 0; b < sizes[second]; ++b) {
          EXPECT_EQ(contains(rows, first, a, second, b), mayMeet(first, a, second, b))
              << first << " " << a << " " << second << " " << b;
        }
      }
    }
  }
}

TEST_P(CoveringDesign, HasFewRows) {
  // No design has less than the product of the two largest dimensions, 20.
  EXPECT_LE(coverPairs(sizes, mayMeet, GetParam()).size(), 24u);
}

TEST(CoveringDesignTurn, GivesOtherRows) {
  EXPECT_EQ(coverPairs(sizes, mayMeet, 1), coverPairs(sizes, mayMeet, 1));
  EXPECT_NE(coverPairs(sizes, mayMeet, 1), coverPairs(sizes, mayMeet, 2));
}

INSTANTIATE_TEST_SUITE_P(Turns, CoveringDesign, testing::Range(0, 5));

} // namespace
