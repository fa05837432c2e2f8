// Tuning tables: what is written is read again, and what is damaged is refused by its line.
#include "compiler/tune/Autotune.h"
#include "compiler/tune/ShippedTables.h"

#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>
#include <unistd.h>

using namespace qcc;
using namespace qcc::tune;

namespace {

const TuningKey key = {"gfx942",     "matmul", 4096, {4096, 1024, 1024},
                       "u4 128 f16", "f16",    1,    "0.1.0"};
const TuningEntry entry = {{16, 4, 1, 1, 4, 2048, 16}, 2.75};
const char *const line =
    R"({"chip":"gfx942","op":"matmul","k":4096,"n":[4096,1024,1024],"weights":"u4 128 f16",)"
    R"("rows":"f16","batch":1,"compiler":"0.1.0","lanes_k":16,"loads":4,"columns_per_lane":1,)"
    R"("tile_rows":1,"split_k":4,"stage":2048,"prefetch":16,"projected_us":2.75})";

TEST(TuningTable, WritesWhatItReads) {
  EXPECT_EQ(lineOf(key, entry), line);
  TuningTable table;
  ASSERT_FALSE(bool(table.read(std::string("\n") + line + "\n", "t")));
  const TuningEntry *found = table.find(key);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->tuning, entry.tuning);
  EXPECT_EQ(found->microseconds, 2.75);
  EXPECT_EQ(table.text(), std::string(line) + "\n");
  TuningKey other = key;
  other.compiler = "0.0.9";
  EXPECT_EQ(table.find(other), nullptr);
}

TEST(TuningTable, IsSortedAndTheLastOfAKeyCounts) {
  TuningKey second = key;
  second.k = 512;
  TuningEntry better = entry;
  better.microseconds = 1.5;
  TuningTable table;
  std::string text = lineOf(key, entry) + "\n" + lineOf(second, entry) + "\n";
  ASSERT_FALSE(bool(table.read(text + lineOf(key, better), "t")));
  EXPECT_EQ(table.text(), lineOf(second, entry) + "\n" + lineOf(key, better) + "\n");
}

/// A measurement stands behind the projection, and lines without one are as good as ever.
TEST(TuningTable, KeepsMeasurements) {
  TuningEntry measured = entry;
  measured.measuredMicroseconds = 3.5;
  std::string text = lineOf(key, measured) + "\n";
  EXPECT_NE(text.find(R"("projected_us":2.75,"measured_us":3.50})"), std::string::npos) << text;
  TuningTable table;
  ASSERT_FALSE(bool(table.read(text, "t")));
  EXPECT_EQ(table.find(key)->measuredMicroseconds, 3.5);
  EXPECT_EQ(table.text(), text);
  ASSERT_FALSE(bool(table.read(line, "t")));
  EXPECT_EQ(table.find(key)->measuredMicroseconds, std::nullopt);
}

struct Damage {
  const char *name, *from, *to, *message;
};

class DamagedTable : public testing::TestWithParam<Damage> {};

TEST_P(DamagedTable, IsRefusedByLine) {
  std::string text = line;
  text.replace(text.find(GetParam().from), strlen(GetParam().from), GetParam().to);
  TuningTable table;
  llvm::Error error = table.read(lineOf(key, entry) + "\n" + text + "\n", "mine.jsonl");
  ASSERT_TRUE(bool(error));
  std::string message = toString(std::move(error));
  EXPECT_EQ(message.rfind("mine.jsonl:2: ", 0), 0u) << message;
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_EQ(table.size(), 0u) << "nothing of a refused text is kept";
}

INSTANTIATE_TEST_SUITE_P(
    Lines, DamagedTable,
    testing::Values(Damage{"CutOff", "2.75}", "", "it is no JSON"},
                    Damage{"NoObject", line, "7", "it is no JSON object"},
                    Damage{"NoChip", "\"chip\":\"gfx942\",", "", "\"chip\" is not a word"},
                    Damage{"NoShape", "[4096,1024,1024]", "[]", "\"n\" is not a list"},
                    Damage{"Depth", "\"k\":4096", "\"k\":0", "\"k\" is not positive"},
                    Damage{"Lanes", "\"lanes_k\":16", "\"lanes_k\":12", "\"lanes_k\" is 12"},
                    Damage{"Time", "2.75", "-1", "\"projected_us\" is not a positive number"},
                    Damage{"Measurement", "2.75}", "2.75,\"measured_us\":0}",
                           "\"measured_us\" is not a positive number"},
                    Damage{"MeasuredWord", "2.75}", "2.75,\"measured_us\":\"fast\"}",
                           "\"measured_us\" is not a positive number"},
                    Damage{"Extra", "\"batch\"", "\"batches\":1,\"batch\"", "members that no"}),
    [](const auto &info) { return std::string(info.param.name); });

TEST(TuningTable, FilesAreContinued) {
  std::string path = testing::TempDir() + "tuning-" + std::to_string(getpid()) + ".jsonl";
  TuningTable first;
  ASSERT_FALSE(bool(first.readFile(path))) << "a file that does not exist is empty";
  first.set(key, entry);
  ASSERT_FALSE(bool(first.writeFile(path)));
  TuningTable second;
  ASSERT_FALSE(bool(second.readFile(path)));
  EXPECT_EQ(second.text(), first.text());
  TuningKey more = key;
  more.batch = 8;
  second.set(more, entry);
  ASSERT_FALSE(bool(second.writeFile(path)));
  TuningTable third;
  ASSERT_FALSE(bool(third.readFile(path)));
  EXPECT_EQ(third.size(), 2u);
  llvm::sys::fs::remove(path);
}

/// A table of another version would never be followed, and a lookup would search for nothing.
TEST(ShippedTables, AreOfThisCompiler) {
  for (const char *name : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    const Chip &chip = *findChip(name);
    llvm::Expected<TuningTable> table = shippedTable(chip);
    ASSERT_TRUE(bool(table)) << toString(table.takeError());
    EXPECT_GT(table->size(), 0u) << name;
    const auto *text = llvm::find_if(shippedTables(), [&](auto &t) { return chip.name == t.chip; });
    EXPECT_TRUE(table->text() == text->text) << name << " is not as qcc-tune writes it";
    for (const auto &[shipped, unused] : *table) {
      EXPECT_EQ(shipped.chip, name);
      EXPECT_EQ(shipped.compiler, compilerVersion());
    }
  }
}

} // namespace
