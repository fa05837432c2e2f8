#include "runtime/text/StopMatcher.h"

#include <gtest/gtest.h>

namespace qcc::text {
namespace {

TEST(StopMatcher, PassesTextOnWithoutStops) {
  StopMatcher matcher({});
  EXPECT_EQ(matcher.push("any text"), "any text");
  EXPECT_FALSE(matcher.stopped());
  EXPECT_EQ(matcher.finish(), "");
}

TEST(StopMatcher, HoldsBackAPossibleStart) {
  StopMatcher matcher({"END"});
  EXPECT_EQ(matcher.push("the E"), "the ");
  EXPECT_EQ(matcher.push("N"), "");
  EXPECT_EQ(matcher.push("TER"), "ENTER");
  EXPECT_FALSE(matcher.stopped());
}

TEST(StopMatcher, CutsAStopThatIsSpreadOverPieces) {
  StopMatcher matcher({"END"});
  EXPECT_EQ(matcher.push("a E"), "a ");
  EXPECT_EQ(matcher.push("ND b"), "");
  EXPECT_TRUE(matcher.stopped());
  EXPECT_EQ(matcher.push("more"), "");
  EXPECT_EQ(matcher.finish(), "");
}

TEST(StopMatcher, FindsAStopAfterAFalseStart) {
  StopMatcher matcher({"aab"});
  EXPECT_EQ(matcher.push("aaa"), "a");
  EXPECT_EQ(matcher.push("b!"), "");
  EXPECT_TRUE(matcher.stopped());
}

TEST(StopMatcher, TheFirstToEndStopsAndOfThoseTheLongest) {
  StopMatcher matcher({"world", "lo", "hello"});
  EXPECT_EQ(matcher.push("say hello world"), "say ");
  EXPECT_TRUE(matcher.stopped());
}

TEST(StopMatcher, FinishGivesBackWhatWasHeld) {
  StopMatcher matcher({"\n\nUser:"});
  EXPECT_EQ(matcher.push("text\n\nUs"), "text");
  EXPECT_EQ(matcher.finish(), "\n\nUs");
}

TEST(StopMatcher, SameForAnyCutOfTheStream) {
  const std::string text = "xababaabab\nabcd";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    StopMatcher matcher({"abab\n", "zz", ""});
    std::string out = matcher.push(text.substr(0, cut)) + matcher.push(text.substr(cut));
    EXPECT_EQ(out, "xababa") << cut;
    EXPECT_TRUE(matcher.stopped());
  }
}

} // namespace
} // namespace qcc::text
