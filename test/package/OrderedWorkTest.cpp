// Parallel items that are consumed in order, and their failures.
#include "compiler/package/OrderedWork.h"

#include "gtest/gtest.h"

#include <numeric>

using namespace qcc::package;

TEST(OrderedWork, ConsumesEveryItemInOrder) {
  for (unsigned threads : {0u, 1u, 2u, 7u}) {
    std::vector<size_t> seen;
    llvm::Error error = forEachInOrder(
        1000, threads,
        [](size_t item, std::vector<uint8_t> &buffer) {
          buffer.assign(item % 5, static_cast<uint8_t>(item));
          return llvm::Error::success();
        },
        [&](size_t item, llvm::ArrayRef<uint8_t> buffer) {
          EXPECT_EQ(buffer.size(), item % 5);
          EXPECT_TRUE(llvm::all_of(buffer, [&](uint8_t b) { return b == uint8_t(item); }));
          seen.push_back(item);
        });
    EXPECT_FALSE(bool(error));
    std::vector<size_t> all(1000);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(seen, all);
  }
}

TEST(OrderedWork, ReportsTheFirstFailure) {
  for (unsigned threads : {1u, 2u, 7u}) {
    size_t consumed = 0;
    llvm::Error error = forEachInOrder(
        1000, threads,
        [](size_t item, std::vector<uint8_t> &) {
          return item >= 300 ? llvm::createStringError("item " + llvm::Twine(item))
                             : llvm::Error::success();
        },
        [&](size_t, llvm::ArrayRef<uint8_t>) { ++consumed; });
    EXPECT_EQ(llvm::toString(std::move(error)), "item 300");
    EXPECT_EQ(consumed, 300u);
  }
}

TEST(OrderedWork, TakesNoItems) {
  EXPECT_FALSE(bool(forEachInOrder(
      0, 2, [](size_t, std::vector<uint8_t> &) { return llvm::createStringError("none"); },
      [](size_t, llvm::ArrayRef<uint8_t>) {})));
}
