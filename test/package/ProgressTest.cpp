// What progress prints, by a clock of the test's own.
#include "compiler/Progress.h"

#include "gtest/gtest.h"

using namespace qcc;

/// What is printed by work of 100 MB in steps of 5 that take `seconds` each.
static std::string printed(bool terminal, double seconds) {
  std::string text;
  llvm::raw_string_ostream out(text);
  double now = 50;
  Progress progress(out, terminal, [&] { return now; });
  progress.begin("packing", 100'000'000);
  for (int i = 0; i < 20; ++i) {
    now += seconds;
    progress.advance(5'000'000);
  }
  progress.end();
  return text;
}

TEST(Progress, KeepsQuietAboutShortWork) {
  EXPECT_EQ(printed(false, 0.09), "");
  EXPECT_EQ(printed(true, 0.09), "");
}

TEST(Progress, PrintsALineForEveryTenPercent) {
  EXPECT_EQ(printed(false, 0.29),
            "packing: 35 % of 100 MB\npacking: 40 % of 100 MB\npacking: 50 % of 100 MB\n"
            "packing: 60 % of 100 MB\npacking: 70 % of 100 MB\npacking: 80 % of 100 MB\n"
            "packing: 90 % of 100 MB\npacking: 100 % of 100 MB\n");
}

TEST(Progress, CountsOtherThingsThanBytes) {
  std::string text;
  llvm::raw_string_ostream out(text);
  double now = 0;
  Progress progress(out, /*terminal=*/false, [&] { return now; });
  progress.begin("searching", 2, "kernels");
  now = 3;
  progress.advance(1);
  EXPECT_EQ(text, "searching: 50 % of 2 kernels\n");
}

TEST(Progress, DrawsABarOnATerminal) {
  std::string text = printed(true, 1);
  EXPECT_EQ(text.find("\rpacking [####....................................]  10 % of 100 MB"), 0u);
  EXPECT_EQ(text.back(), '\n');
}
