// Rounding to f16 and bf16, by values whose neighbours are known.
#include "compiler/interpret/ElementType.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace qcc::interpret;

TEST(ElementType, RoundsToNearestHalf) {
  // Above 1 the values of binary16 are 2^-10 apart.
  EXPECT_EQ(roundTo(ElementType::f16, 1 + 0x0.9p-10), 1 + 0x1p-10f);
  EXPECT_EQ(roundTo(ElementType::f16, 1 + 0x0.7p-10), 1.0f);
  EXPECT_EQ(roundTo(ElementType::f16, -3.1415926), -3.140625f);
}

TEST(ElementType, TiesGoToEven) {
  EXPECT_EQ(roundTo(ElementType::f16, 1 + 0x1p-11), 1.0f);
  EXPECT_EQ(roundTo(ElementType::f16, 1 + 0x3p-11), 1 + 0x1p-9f);
  EXPECT_EQ(roundTo(ElementType::bf16, 1 + 0x1p-8), 1.0f);
  EXPECT_EQ(roundTo(ElementType::bf16, 1 + 0x3p-8), 1 + 0x1p-6f);
}

TEST(ElementType, RoundsOnce) {
  // By way of fp32 this would become a tie, and go to 1.
  double justAboveTie = 1 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(roundTo(ElementType::f16, justAboveTie), 1 + 0x1p-10f);
}

TEST(ElementType, SubnormalsAndZero) {
  EXPECT_EQ(roundTo(ElementType::f16, 0x1.8p-24), 0x1p-23f); // tie between 1 and 2 quanta
  EXPECT_EQ(roundTo(ElementType::f16, 0x1p-25), 0.0f);
  EXPECT_TRUE(std::signbit(roundTo(ElementType::f16, -0x1p-26)));
  EXPECT_EQ(roundTo(ElementType::bf16, 0x1p-133), 0x1p-133f);
}

TEST(ElementType, LargeValuesBecomeInfinite) {
  EXPECT_EQ(roundTo(ElementType::f16, 65519), 65504.0f);
  EXPECT_EQ(roundTo(ElementType::f16, 65520), INFINITY);
  EXPECT_EQ(roundTo(ElementType::f16, -1e300), -INFINITY);
  EXPECT_TRUE(std::isnan(roundTo(ElementType::bf16, NAN)));
}

TEST(ElementType, EightBitsRoundAndSaturate) {
  auto round = [](double value) { return roundTo(ElementType::f8E4M3FN, value); };
  EXPECT_EQ(round(1.0625), 1.0f); // ties between 8, 9 and 10 eighths
  EXPECT_EQ(round(1.1875), 1.25f);
  EXPECT_EQ(round(-3.3), -3.25f);
  EXPECT_EQ(round(0x1.8p-10), 0x1p-9f); // subnormal: multiples of 2^-9
  EXPECT_EQ(round(0x1p-10), 0.0f);
  EXPECT_EQ(round(0x1.fp-7), 0x1p-6f);
  EXPECT_EQ(round(448), 448.0f);
  EXPECT_EQ(round(463), 448.0f);
  EXPECT_EQ(round(-INFINITY), -448.0f);
  EXPECT_EQ(round(NAN), 448.0f);
}

TEST(ElementType, Names) {
  EXPECT_EQ(elementTypeNamed("bf16"), ElementType::bf16);
  EXPECT_EQ(elementTypeNamed("f64"), std::nullopt);
}
