// The order of elements inside a lane's 16 bytes (see #qnt.tiled): from low bits first to `linear`,
// `pairs` or `bytes`.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <cstdint>

namespace qcc::package {

/// Copies `bytes` (a multiple of 4) from `source`, elements low bits first, to `target` in the
/// order that the function is for, flipping the bits of `flip` in every source word on the way.
using Reorder = void (*)(const uint8_t *source, uint8_t *target, size_t bytes, uint32_t flip);

/// The function for elements of `bits` (2, 4, 8, 16 or 32) in `order`, "linear", "pairs" or,
/// for 4 and 8 bits, "bytes". Elements of 16 and 32 bits lie alike in the first two: a word of two
/// halves is a pair already.
Reorder reorderOf(unsigned bits, llvm::StringRef order);

/// The word that flips the top bit of each element of `bits`: what adding the midpoint does to
/// two's complement numbers.
uint32_t topBitsOf(unsigned bits);

} // namespace qcc::package
