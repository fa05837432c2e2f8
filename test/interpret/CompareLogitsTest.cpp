// Comparison of logits, and the files they are kept in.
#include "compiler/interpret/CompareLogits.h"
#include "compiler/interpret/Npy.h"
#include "test/interpret/TinyModel.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace qcc;
using qcc::interpret::expectFailure;

TEST(CompareLogits, RelativeErrorOfAllAndOfTheWorstRow) {
  // Differences 0.5 and 0; norms 5 and 12.
  auto result = compareLogits({3, 4.5, 0, 12}, {3, 4, 0, 12}, 2);
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(result->rows, 2);
  EXPECT_DOUBLE_EQ(result->relativeError, 0.5 / 13);
  EXPECT_DOUBLE_EQ(result->largestRowError, 0.1);
  EXPECT_TRUE(result->disagreements.empty());
}

TEST(CompareLogits, DisagreementsHaveTheMarginOfTheExpectedRow) {
  auto result = compareLogits({1, 2, 0, 0, 1, 0}, {2, 1.5, 0, 0, 1, 1.25}, 3);
  ASSERT_TRUE(static_cast<bool>(result));
  ASSERT_EQ(result->disagreements.size(), 2u);
  EXPECT_EQ(result->disagreements[0].expected, 0);
  EXPECT_EQ(result->disagreements[0].actual, 1);
  EXPECT_EQ(result->disagreements[0].margin, 0.5);
  EXPECT_EQ(result->disagreementsBeyond(0.3), 1);
}

TEST(CompareLogits, RefusesWhatCannotBeCompared) {
  expectFailure(compareLogits({1, 2}, {1}, 1), "not equally many rows");
  expectFailure(compareLogits({1, 2, 3}, {1, 2, 3}, 2), "not equally many rows");
  expectFailure(compareLogits({NAN}, {1}, 1), "not finite");
}

namespace {
class NpyTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("qcc", "npy", path)); }
  void TearDown() override { llvm::sys::fs::remove(path); }
  void writeText(llvm::StringRef text) {
    std::error_code code;
    llvm::raw_fd_ostream(path, code) << text;
  }
  llvm::SmallString<128> path;
};
} // namespace

TEST_F(NpyTest, ReadsWhatItWrites) {
  ASSERT_FALSE(writeNpy(path, {2, 3}, {1, 2, 3, 4, 5, -0.5f}));
  auto array = readNpy(path);
  ASSERT_TRUE(static_cast<bool>(array));
  EXPECT_EQ(array->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(array->data, (std::vector<float>{1, 2, 3, 4, 5, -0.5f}));
  EXPECT_EQ(array->columns(), 3);
}

TEST_F(NpyTest, RefusesOtherFiles) {
  writeText("not an array");
  expectFailure(readNpy(path), "is not a .npy file of version 1.0");
  llvm::StringRef prefix("\x93NUMPY\x01\0\x40\0", 10);
  std::string dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
  dictionary.resize(64, ' ');
  writeText(prefix.str() + dictionary + std::string(8, '\0'));
  expectFailure(readNpy(path), "does not hold float32 in row-major order");
  dictionary.replace(dictionary.find("f8"), 2, "f4");
  writeText(prefix.str() + dictionary + std::string(8, '\0'));
  expectFailure(readNpy(path), "has 8 bytes of data, not what the shape in its header says");
  writeText(prefix);
  expectFailure(readNpy(path), "does not hold float32");
}
