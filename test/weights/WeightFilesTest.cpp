// Mapped weight files: what is read, and what is refused.
#include "compiler/weights/WeightFiles.h"

#include "mlir/IR/MLIRContext.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace qcc;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class WeightFilesTest : public testing::Test {
protected:
  WeightFilesTest() {
    context.loadDialect<qnt::QntDialect>();
    std::string pattern = (std::filesystem::temp_directory_path() / "qcc-weights-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    std::ofstream(folder + "/w.bin", std::ios::binary) << "0123456789";
  }
  ~WeightFilesTest() override { std::filesystem::remove_all(folder); }

  qnt::SourceAttr source(const std::string &file, int64_t offset, int64_t bytes) {
    return qnt::SourceAttr::get(&context, file, offset, bytes);
  }
  /// The sentence with which reading is refused.
  std::string refusal(qnt::SourceAttr source) {
    WeightFiles files(folder);
    auto bytes = files.bytes(source);
    return bytes ? "" : llvm::toString(bytes.takeError());
  }

  mlir::MLIRContext context;
  std::string folder;
};

TEST_F(WeightFilesTest, ReadsRanges) {
  WeightFiles files(folder);
  EXPECT_THAT(llvm::cantFail(files.bytes(source("w.bin", 3, 2))), ElementsAre('3', '4'));
  EXPECT_THAT(llvm::cantFail(files.bytes(source("w.bin", 10, 0))), ElementsAre());
  EXPECT_THAT(llvm::cantFail(files.bytes(source(folder + "/w.bin", 9, 1))), ElementsAre('9'));
}

TEST_F(WeightFilesTest, StaysReadableBehind) {
  std::ofstream(folder + "/large.bin", std::ios::binary) << std::string(1 << 20, 'x');
  WeightFiles files(folder);
  llvm::ArrayRef<uint8_t> bytes = llvm::cantFail(files.bytes(source("large.bin", 1, 1000000)));
  files.dropBehind(bytes);
  EXPECT_TRUE(llvm::all_of(bytes, [](uint8_t byte) { return byte == 'x'; }));
}

TEST_F(WeightFilesTest, RefusesWhatIsNotThere) {
  EXPECT_THAT(refusal(source("gone.bin", 0, 1)), HasSubstr("cannot open the weight file"));
  EXPECT_THAT(refusal(source("w.bin", 9, 2)),
              HasSubstr("has 10 bytes, but the model reads 2 bytes at offset 9"));
  EXPECT_THAT(refusal(source("w.bin", INT64_MAX, INT64_MAX)), HasSubstr("has 10 bytes"));
  EXPECT_THAT(refusal(source(".", 0, 1)), HasSubstr("is not a regular file"));
}

} // namespace
