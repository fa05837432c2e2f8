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
/// 4A, 7.1.3). Elements of 16 bits stay where they are.
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

/// Interleaves the 4-bit elements of a word's halves: the inverse of unshuffle.
static inline uint32_t shuffleNibbles(uint32_t word) {
  return exchange(exchange(word, 0x0000FF00, 8), 0x00F000F0, 4);
}

/// Copies words through `change`, which sees them with their bits flipped.
template <uint32_t (*change)(uint32_t)>
static void changeWords(const uint8_t *__restrict source, uint8_t *__restrict target, size_t bytes,
                        uint32_t flip) {
  for (size_t i = 0; i < bytes; i += sizeof(uint32_t)) {
    uint32_t word;
    std::memcpy(&word, source + i, sizeof(word));
    word = change(word ^ flip);
    std::memcpy(target + i, &word, sizeof(word));
  }
}

/// A word of the `bytes` order: the top bit of each byte turns an unsigned element, or the one in
/// its high half, into two's complement without its midpoint.
static inline uint32_t nibblesToBytes(uint32_t word) {
  return shuffleNibbles(word) ^ 0x80808080;
}
static inline uint32_t bytesToSigned(uint32_t word) {
  return word ^ 0x80808080;
}

Reorder qcc::package::reorderOf(unsigned bits, llvm::StringRef order) {
  if (order == "bytes") {
    return bits == 4 ? changeWords<nibblesToBytes> : changeWords<bytesToSigned>;
  }
  if (order == "linear") {
    return changeWords<unshuffle<16>>;
  }
  switch (bits) {
  case 2:
    return changeWords<unshuffle<2>>;
  case 4:
    return changeWords<unshuffle<4>>;
  case 8:
    return changeWords<unshuffle<8>>;
  default:
    return changeWords<unshuffle<16>>;
  }
}

uint32_t qcc::package::topBitsOf(unsigned bits) {
  uint32_t word = 0;
  for (unsigned bit = bits; bit <= 32; bit += bits) {
    word |= uint32_t(1) << (bit - 1);
  }
  return word;
}
