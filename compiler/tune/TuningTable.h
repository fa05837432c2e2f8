// Tuning tables: which schedule a matmul kernel runs best with, as a file that people read, compare
// and merge. One entry a line, a JSON object, sorted by its key:
//
//   {"chip":"gfx942","op":"matmul","k":4096,"n":[4096,1024,1024],"weights":"u4 128 f16",
//    "rows":"f16","batch":1,"compiler":"0.1.0","lanes_k":16,"loads":4,"columns_per_lane":1,
//    "tile_rows":1,"split_k":4,"stage":0,"prefetch":16,"projected_us":2.71}
//
// The key is everything up to "compiler"; what follows is #tile.tuning and the time that the
// machine model projects. Where a device was measured, "measured_us" follows: the median of its
// times. docs/autotuner.md says how entries come about.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qcc::tune {

/// What a schedule is tuned for.
struct TuningKey {
  std::string chip;
  std::string op;         ///< "matmul", or "matmul_gate_up" where matmuls are combined
  int64_t k = 0;          ///< input features
  std::vector<int64_t> n; ///< output features of each matmul of the kernel
  std::string weights;    ///< encoding, block, type of scales and, if any, of zero points
  std::string rows;       ///< element type of the rows in memory; quantized: and their block
  int64_t batch = 1;      ///< rows of the entry point
  std::string compiler;   ///< version of the compiler that made the entry
  auto operator<=>(const TuningKey &) const = default;
};

/// The layout and the schedule of a kernel (#tile.tuning, but for its batch).
struct MatmulTuning {
  int64_t lanesK = 1, loads = 1, columnsPerLane = 1;
  int64_t rows = 1, splitK = 1, stage = 0, prefetch = 1;
  auto operator<=>(const MatmulTuning &) const = default;
};

struct TuningEntry {
  MatmulTuning tuning;
  double microseconds = 0; ///< the machine model's projection
  /// Of a launch on a device with cold weights, its launch included; none where none was measured.
  std::optional<double> measuredMicroseconds = std::nullopt;
};

/// An entry as tables have it, without the end of its line.
std::string lineOf(const TuningKey &key, const TuningEntry &entry);

class TuningTable {
public:
  /// Adds the entries of `text`, in place of those with the same key. An error names `name`, the
  /// line and what is wrong with it; the table is then as it was.
  llvm::Error read(llvm::StringRef text, llvm::StringRef name);
  /// The same for a file; one that does not exist is empty.
  llvm::Error readFile(const std::string &path);

  /// Null where the table knows nothing.
  const TuningEntry *find(const TuningKey &key) const;
  void set(const TuningKey &key, const TuningEntry &entry) { entries[key] = entry; }
  size_t size() const { return entries.size(); }
  auto begin() const { return entries.begin(); }
  auto end() const { return entries.end(); }

  std::string text() const;
  /// Writes the table in one step: whoever reads the file meets the old or the new one.
  llvm::Error writeFile(const std::string &path) const;

private:
  std::map<TuningKey, TuningEntry> entries;
};

} // namespace qcc::tune
