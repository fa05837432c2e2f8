// Where the elements of a matrix instruction's operands lie: lane, and item (element number in the
// lane's registers).
//
// Sources: AMD's CDNA3 and CDNA4 ISA manuals, "Matrix Arithmetic Instructions"; AMD's matrix
// instruction calculator; RDNA3 and RDNA4 ISA manuals, "WMMA".
#pragma once

#include "emulator/isa/lane/MatrixForm.h"

#include <algorithm>

namespace qcc::emulator::isa {

/// Elements of consecutive rows or columns: item `item` of consecutive lanes, from `lane` on.
struct Run {
  uint8_t lane, item;
};

/// How A spreads its columns, or B its rows (k in both), over the wave.
struct InputLayout {
  unsigned items;  // of a lane
  unsigned chunk;  // consecutive k that a lane has before the next group's begin
  unsigned groups; // of lanes that hold different k
  unsigned stride; // lanes of a group
};

/// `rows`: rows of A or columns of B; `depth`: values of k that are stored.
inline InputLayout inputLayout(const MatrixForm &f, unsigned lanes, unsigned rows, unsigned depth,
                               Element e) {
  const unsigned bits = elementBits(e);
  if (f.layout == MatrixLayout::Wmma11) {
    return {depth, depth, 1, rows};
  }
  const unsigned stride = rows * f.blocks;
  // A lane never has less than a register's worth: 4-bit rows of 16 fill two groups of four.
  const unsigned items = std::max(depth * stride / lanes, 32 / bits);
  // CDNA: 16 bytes at a time; six-bit elements come in one piece of 24.
  const unsigned piece = bits == 6 ? items : 128 / bits;
  const unsigned chunk = f.layout == MatrixLayout::Mfma ? std::min(items, piece) : items;
  return {items, chunk, depth / items, stride};
}

/// The lane group that holds the n-th chunk. RDNA4 in wave64: the upper half of the wave holds what
/// the upper half of each lane's registers does in wave32.
inline unsigned laneGroup(const MatrixForm &f, const InputLayout &l, unsigned n) {
  return f.layout == MatrixLayout::Wmma12 && l.groups == 4 ? (n & 1) << 1 | n >> 1 : n;
}

/// Fills `runs` with the places of row or column 0 for k = 0, 1, ...
inline void inputRuns(const MatrixForm &f, const InputLayout &l, unsigned rows, unsigned block,
                      Run *runs) {
  for (unsigned first = 0; first < l.items; first += l.chunk) {
    for (unsigned n = 0; n < l.groups; ++n) {
      const unsigned lane = rows * block + l.stride * laneGroup(f, l, n);
      for (unsigned e = 0; e < l.chunk; ++e) {
        *runs++ = {static_cast<uint8_t>(lane), static_cast<uint8_t>(first + e)};
      }
    }
  }
}

/// CDNA: bands of four rows (f64: one) side by side in the lanes, then further registers.
inline void mfmaOutputRuns(const MatrixForm &f, unsigned block, Run *runs) {
  const unsigned height = f.d == Element::F64 ? 1 : 4;
  const unsigned blocksAbreast = std::max(1u, 64 * height / (f.m * f.n));
  const unsigned bands = 64 / (blocksAbreast * f.n);
  const unsigned stacked = f.m / (height * bands);
  for (unsigned i = 0; i < f.m; ++i) {
    const unsigned band = i / height % bands, layer = i / (height * bands);
    runs[i] = {
        static_cast<uint8_t>(f.n * (band * blocksAbreast + block % blocksAbreast)),
        static_cast<uint8_t>(i % height + height * (layer + stacked * (block / blocksAbreast)))};
  }
}

/// Fills `runs` with the places of column 0 of C and D for row 0, 1, ...
inline void outputRuns(const MatrixForm &f, unsigned lanes, unsigned block, Run *runs) {
  if (f.layout == MatrixLayout::Mfma) {
    return mfmaOutputRuns(f, block, runs);
  }
  const unsigned groups = lanes / 16;
  for (unsigned i = 0; i < f.m; ++i) {
    if (f.layout == MatrixLayout::Wmma11) {
      runs[i] = {static_cast<uint8_t>(16 * (i % groups)), static_cast<uint8_t>(i / groups)};
    } else if (groups == 2) {
      runs[i] = {static_cast<uint8_t>(16 * (i / 8)), static_cast<uint8_t>(i % 8)};
    } else {
      runs[i] = {static_cast<uint8_t>(16 * (i / 8) + 32 * (i / 4 % 2)),
                 static_cast<uint8_t>(i % 4)};
    }
  }
}

} // namespace qcc::emulator::isa
