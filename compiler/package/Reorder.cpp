#include "compiler/package/Reorder.h"

#include <cstring>

using namespace qcc::package;

/// Exchanges the bits of `mask` with those `shift` above them.
static inline uint32_t exchange(uint32_t word, uint32_t mask, unsigned shift) {
  uint32_t difference = (word ^ word >> shift) & mask;
  return word ^ difference ^ difference << shift;
}

/// Gathers the even elements of a word in its low half and the odd ones in its high half, by
/// exchanging the middle two quarters of ever larger groups (an "unshuffle", Knuth, TAOCP
/// 4A, 7.1.3).
template <unsigned bits> static inline uint32_t unshuffle(uint32_t word) {
  if constexpr (bits <= 2) {
    word = exchange(word, 0x0C0C0C0C, 2);
  }
  if constexpr (bits <= 4) {
    word = exchange(word, 0x00F000F0, 4);
  }
  if constexpr (bits <= 8) {
    word = exchange(word, 0x0000FF00, 8);
  }
  return word;
}

/// The Reorder that unshuffles words of elements of `bits`; 16 leaves the order as it is.
template <unsigned bits>
static void reorderWords(const uint8_t *__restrict source, uint8_t *__restrict target, size_t bytes,
                         uint32_t flip) {
  for (size_t i = 0; i < bytes; i += sizeof(uint32_t)) {
    uint32_t word;
    std::memcpy(&word, source + i, sizeof(word));
    word = unshuffle<bits>(word ^ flip);
    std::memcpy(target + i, &word, sizeof(word));
  }
}

Reorder qcc::package::reorderOf(unsigned bits, llvm::StringRef order) {
  if (order == "linear") {
    return reorderWords<16>;
  }
  switch (bits) {
  case 2:
    return reorderWords<2>;
  case 4:
    return reorderWords<4>;
  case 8:
    return reorderWords<8>;
  default:
    return reorderWords<16>;
  }
}

uint32_t qcc::package::topBitsOf(unsigned bits) {
  uint32_t word = 0;
  for (unsigned bit = bits; bit <= 32; bit += bits) {
    word |= uint32_t(1) << (bit - 1);
  }
  return word;
}
