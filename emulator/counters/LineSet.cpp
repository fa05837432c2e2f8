#include "emulator/counters/LineSet.h"

#include <bit>

namespace qcc::emulator {

void LineSet::find(uint64_t number) {
  std::unique_ptr<Block> &block = blocks[number];
  if (!block) {
    block = std::make_unique<Block>();
  }
  recent = block.get();
  recentNumber = number;
}

void LineSet::merge(const LineSet &other) {
  for (const auto &[number, block] : other.blocks) {
    find(number);
    for (size_t n = 0; n < block->size(); ++n) {
      (*recent)[n] |= (*block)[n];
    }
  }
}

uint64_t LineSet::lines64() const {
  uint64_t lines = 0;
  for (const auto &[number, block] : blocks) {
    for (uint64_t word : *block) {
      lines += static_cast<uint64_t>(std::popcount(word));
    }
  }
  return lines;
}

uint64_t LineSet::lines128() const {
  constexpr uint64_t everyOther = 0x5555555555555555;
  uint64_t lines = 0;
  for (const auto &[number, block] : blocks) {
    for (uint64_t word : *block) {
      lines += static_cast<uint64_t>(std::popcount((word | word >> 1) & everyOther));
    }
  }
  return lines;
}

} // namespace qcc::emulator
