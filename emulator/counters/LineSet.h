// A set of cache lines of the whole address space: which lines a launch has touched, each once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace qcc::emulator {

/// Lines of 64 bytes, kept as bitmaps of 64 KiB each where at least one line was touched.
class LineSet {
public:
  /// Adds the line with this number, its address divided by 64.
  void insert(uint64_t line) {
    const uint64_t number = line / linesInBlock;
    if (number != recentNumber) {
      find(number);
    }
    (*recent)[line % linesInBlock / 64] |= uint64_t(1) << line % 64;
  }

  /// Adds all lines of `other`.
  void merge(const LineSet &other);

  /// How many lines of 64 bytes, and of 128 bytes, are in the set.
  uint64_t lines64() const;
  uint64_t lines128() const;

private:
  static constexpr uint64_t linesInBlock = 1024;
  using Block = std::array<uint64_t, linesInBlock / 64>;

  void find(uint64_t number);

  std::unordered_map<uint64_t, std::unique_ptr<Block>> blocks;
  uint64_t recentNumber = UINT64_MAX; // accesses stay in a block for long
  Block *recent = nullptr;
};

} // namespace qcc::emulator
