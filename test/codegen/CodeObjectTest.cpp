#include "compiler/codegen/CheckCodeObject.h"
#include "test/codegen/Compilation.h"

#include <gtest/gtest.h>

using namespace qcc;
using qcc::test::Compilation;

namespace {

/// Two kernels, the second with LDS.
constexpr const char *source = R"(
tile.kernel @first(%a: !tile.buffer<global>, %b: !tile.buffer<global>) attributes {
    kind = "rows", schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>,
    row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %v = tile.load %a[%lane : i32] : !tile.buffer<global> -> i8
  tile.store %v, %b[%lane : i32] : i8, !tile.buffer<global>
  tile.return
}
tile.kernel @second(%a: !tile.buffer<global>) attributes {
    kind = "rows", schedule = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>,
    row_capacity = 1, workgroup = 128, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %lds = tile.shared 1024 : !tile.buffer<shared>
  %v = tile.load %a[%lane : i32] : !tile.buffer<global> -> i8
  tile.store %v, %lds[%lane : i32] : i8, !tile.buffer<shared>
  tile.barrier
  %w = tile.load %lds[%lane : i32] : !tile.buffer<shared> -> i8
  tile.store %w, %a[%lane : i32] : i8, !tile.buffer<global>
  tile.return
}
)";

} // namespace

TEST(CodeObject, StatesWhatKernelsTake) {
  auto object = Compilation().compile(source, *findChip("gfx942"));
  ASSERT_TRUE(static_cast<bool>(object)) << llvm::toString(object.takeError());
  ASSERT_EQ(object->kernels.size(), 2u);
  const codegen::KernelResources &first = object->kernels[0], &second = object->kernels[1];
  EXPECT_EQ(first.name, "first");
  EXPECT_EQ(first.kernargBytes, 16u);
  EXPECT_EQ(first.workgroup, 64u);
  EXPECT_EQ(first.ldsBytes, 0u);
  EXPECT_GT(first.vgprs, 0u);
  EXPECT_GT(first.codeBytes, 0u);
  EXPECT_EQ(second.name, "second");
  EXPECT_EQ(second.ldsBytes, 1024u);
  EXPECT_EQ(second.scratchBytes, 0u);
  EXPECT_EQ(second.vgprSpills + second.sgprSpills, 0u);
}

TEST(CodeObject, BytesDoNotDependOnThreads) {
  for (const Chip &chip : allChips()) {
    SCOPED_TRACE(chip.name.str());
    auto parallel = Compilation(true).compile(source, chip);
    ASSERT_TRUE(static_cast<bool>(parallel)) << llvm::toString(parallel.takeError());
    auto serial = Compilation(false).compile(source, chip);
    ASSERT_TRUE(static_cast<bool>(serial)) << llvm::toString(serial.takeError());
    EXPECT_EQ(parallel->bytes, serial->bytes);
  }
}

TEST(CodeObject, InstructionsOfAnotherChipAreRefused) {
  auto object = Compilation().compile(source, *findChip("gfx1201"));
  ASSERT_TRUE(static_cast<bool>(object)) << llvm::toString(object.takeError());
  llvm::Error error = codegen::checkCodeObject(object->bytes, *findChip("gfx90a"));
  std::string message = llvm::toString(std::move(error));
  EXPECT_NE(message.find("kernel '"), std::string::npos) << message;
  EXPECT_NE(message.find("are no instruction of gfx90a"), std::string::npos) << message;
}

TEST(CodeObject, DamageIsRefused) {
  auto object = Compilation().compile(source, *findChip("gfx942"));
  ASSERT_TRUE(static_cast<bool>(object)) << llvm::toString(object.takeError());
  std::vector<uint8_t> truncated(object->bytes.begin(), object->bytes.begin() + 100);
  llvm::Error error = codegen::checkCodeObject(truncated, *findChip("gfx942"));
  EXPECT_TRUE(static_cast<bool>(error));
  llvm::consumeError(std::move(error));
}
