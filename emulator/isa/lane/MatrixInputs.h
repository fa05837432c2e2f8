// A, B, scales and sparse index of a matrix instruction, read and put in order of k.
// Only for the sources of this folder: everything here is local to the source that includes it.
#pragma once

#include "emulator/isa/lane/MatrixLayout.h"
#include "emulator/isa/lane/MatrixTile.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

constexpr unsigned mostRows = 32, mostDepth = 128;

/// Columns of A and rows of B in ascending k.
template <typename T> struct Inputs {
  const T *a[mostDepth]; // sparse: the stored columns
  const T *b[mostDepth];
  unsigned depth = 0;                        // columns of A
  uint8_t chosen[mostDepth / 2][mostRows]{}; // sparse: the k of a stored column, for each row
};

/// The scale of 32 products, as two factors because it can lie outside of single precision.
struct Scales {
  alignas(64) float first[mostDepth / 32][mostRows][mostRows];
  alignas(64) float second[mostDepth / 32][mostRows][mostRows];
};

inline InputLayout layoutOfA(const MatrixForm &f, unsigned lanes) {
  return inputLayout(f, lanes, f.m, f.sparse ? f.k / 2 : f.k, f.a);
}
inline InputLayout layoutOfB(const MatrixForm &f, unsigned lanes) {
  return inputLayout(f, lanes, f.n, f.k, f.b);
}

/// The lane of B that a lane reads under the BLGP modifier.
inline unsigned permutedLane(unsigned lane, unsigned pattern) {
  switch (pattern) {
  case 1:
    return lane % 32;
  case 2:
    return 32 + lane % 32;
  case 3:
    return (lane + 16) % 64;
  default:
    return 16 * (pattern - 4) + lane % 16;
  }
}

template <typename T> void permuteLanes(Tile<T> &tile, unsigned items, unsigned pattern) {
  for (unsigned n = 0; n < items; ++n) {
    T moved[laneStride];
    for (unsigned lane = 0; lane < laneStride; ++lane) {
      moved[lane] = tile[n][permutedLane(lane, pattern)];
    }
    __builtin_memcpy(tile[n], moved, sizeof(moved));
  }
}

/// neg_lo negates elements in the lower half of each register, neg_hi those in the upper.
template <typename T>
void negateItems(Tile<T> &tile, unsigned items, const Instruction &i, unsigned source) {
  const bool low = ((i.mod.negLo >> source) & 1) != 0, high = ((i.mod.negHi >> source) & 1) != 0;
  for (unsigned n = 0; n < items; ++n) {
    for (unsigned lane = 0; (n % 2 != 0 ? high : low) && lane < laneStride; ++lane) {
      tile[n][lane] = -tile[n][lane];
    }
  }
}

/// Denormal halves, which are normal in single precision, become zero.
inline void flushHalves(Tile<float> &tile, unsigned items) {
  for (unsigned n = 0; n < items; ++n) {
    for (float &value : tile[n]) {
      value = std::fabs(value) < 0x1p-14f ? value * 0.0f : value;
    }
  }
}

template <typename T>
void widenInput(Wave &w, const Instruction &i, const MatrixForm &f, unsigned source, Element e,
                unsigned items, Tile<T> &tile) {
  widen(e, w.vector(i.src[source].index), items, tile);
  if constexpr (!std::is_same_v<T, u32>) {
    if (((i.mod.negLo | i.mod.negHi) >> source & 1) != 0) {
      negateItems(tile, items, i, source);
    }
  }
  if constexpr (std::is_same_v<T, float>) {
    if (f.flush && e == Element::F16) {
      flushHalves(tile, items);
    }
  }
}

template <typename T>
void widenInputs(Wave &w, const Instruction &i, const MatrixForm &f, Tile<T> &a, Tile<T> &b) {
  const unsigned itemsB = layoutOfB(f, w.lanes).items;
  widenInput(w, i, f, 0, f.a, layoutOfA(f, w.lanes).items, a);
  widenInput(w, i, f, 1, f.b, itemsB, b);
  if (i.mod.blgp != 0) {
    permuteLanes(b, itemsB, i.mod.blgp);
  }
}

/// Points `in` at one block's columns of A and rows of B. CBSZ and ABID give 2^CBSZ blocks one A.
template <typename T>
void findInputs(const Wave &w, const Instruction &i, const MatrixForm &f, unsigned block,
                const Tile<T> &a, const Tile<T> &b, Inputs<T> &in) {
  const unsigned group = f.sparse ? 1 : std::min(1u << i.mod.cbsz, unsigned{f.blocks});
  const unsigned shared = group > 1 ? (block & ~(group - 1)) + i.mod.abid % group : block;
  Run runs[mostDepth];
  in.depth = f.sparse ? f.k / 2 : f.k;
  inputRuns(f, layoutOfA(f, w.lanes), f.m, shared, runs);
  for (unsigned k = 0; k < in.depth; ++k) {
    in.a[k] = a[runs[k].item] + runs[k].lane;
  }
  inputRuns(f, layoutOfB(f, w.lanes), f.n, block, runs);
  for (unsigned k = 0; k < f.k; ++k) {
    in.b[k] = b[runs[k].item] + runs[k].lane;
  }
}

/// Reads the index: two bits a stored element say which of four k it is. Where the sets of several
/// instructions fit one register, ABID (with CBSZ 0) or index_key says which is meant.
template <typename T>
void chooseColumns(Wave &w, const Instruction &i, const MatrixForm &f, Inputs<T> &in) {
  const InputLayout layout = layoutOfA(f, w.lanes);
  const uint32_t *index = w.vector(i.src[2].index);
  const unsigned set = f.layout != MatrixLayout::Mfma ? i.mod.indexKey
                       : i.mod.cbsz == 0              ? i.mod.abid
                                                      : 0;
  const unsigned first = set * 2 * layout.items % 32;
  Run runs[mostDepth];
  inputRuns(f, layout, f.m, 0, runs);
  for (unsigned n = 0; n < f.k / 2u; ++n) {
    const uint32_t *words = index + runs[n].lane;
    for (unsigned row = 0; row < f.m; ++row) {
      const uint32_t which = words[row] >> (first + 2 * runs[n].item) & 3;
      in.chosen[n][row] = static_cast<uint8_t>(4 * (n / 2) + which);
    }
  }
}

/// The exponents of 64 lanes: byte `byte` of a register or constant, E8M0.
inline void readExponents(Wave &w, const Operand &o, unsigned byte, int (&exponents)[laneStride]) {
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    const uint32_t word = o.place == Place::Vector ? w.vector(o.index)[lane] : read32(w, o);
    exponents[lane] = static_cast<int>(word >> (8 * byte) & 0xff);
  }
}

QCC_LANE_INLINE float powerOfTwo(int exponent) {
  const int biased = exponent < -126 ? 1 : exponent + 127;
  return std::bit_cast<float>(static_cast<uint32_t>(biased) << 23);
}

/// The biased exponents of the scales of A (source 3) and B (`carry`): lane l holds that of row or
/// column l % m for the 32 k from 32 * (l / m) on.
struct Exponents {
  Exponents(Wave &w, const Instruction &i) {
    const auto byte = [&i](unsigned n) {
      return (i.mod.opSel >> n & 1u) | (i.mod.opSelHi >> n & 1u) << 1;
    };
    readExponents(w, i.src[3], byte(0), a);
    readExponents(w, i.carry, byte(1), b);
  }
  static constexpr int bias = 127, notANumber = 255;
  int a[laneStride], b[laneStride];
};

/// Whether every element times its scale is exact and finite: elements lie within 2^-16 and 2^16.
inline bool canFold(const Exponents &e) {
  constexpr int most = 96;
  bool can = true;
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    const int a = e.a[lane] - Exponents::bias, b = e.b[lane] - Exponents::bias;
    can &= a >= -most && a <= most && b >= -most && b <= most;
  }
  return can;
}

inline void scaleTile(const MatrixForm &f, const InputLayout &layout, unsigned rows,
                      const int (&exponents)[laneStride], Tile<float> &tile) {
  float factors[laneStride];
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    factors[lane] = powerOfTwo(exponents[lane] - Exponents::bias);
  }
  Run runs[mostDepth];
  inputRuns(f, layout, rows, 0, runs);
  for (unsigned k = 0; k < f.k; ++k) {
    float *row = tile[runs[k].item] + runs[k].lane;
    const float *factor = factors + rows * (k / 32);
    for (unsigned n = 0; n < rows; ++n) {
      row[n] *= factor[n];
    }
  }
}

/// Scales for use beside the products, where they do not fold into the elements.
inline void spreadScales(const Exponents &e, const MatrixForm &f, Scales &scales) {
  for (unsigned group = 0; group < f.k / 32u; ++group) {
    for (unsigned row = 0; row < f.m; ++row) {
      const int ofRow = e.a[f.m * group + row];
      for (unsigned j = 0; j < f.n; ++j) {
        const int ofColumn = e.b[f.n * group + j];
        const int power = ofRow + ofColumn - 2 * Exponents::bias, half = power >> 1;
        const bool isNan = ofRow == Exponents::notANumber || ofColumn == Exponents::notANumber;
        scales.first[group][row][j] = isNan ? std::bit_cast<float>(0x7fc00000u) : powerOfTwo(half);
        scales.second[group][row][j] = powerOfTwo(power - half);
      }
    }
  }
}

/// Applies the scales to A and B, or gives them in `scales` and false where that would not be
/// exact.
inline bool foldScales(Wave &w, const Instruction &i, const MatrixForm &f, Tile<float> &a,
                       Tile<float> &b, Scales &scales) {
  const Exponents exponents(w, i);
  if (!canFold(exponents)) {
    spreadScales(exponents, f, scales);
    return false;
  }
  scaleTile(f, layoutOfA(f, w.lanes), f.m, exponents.a, a);
  scaleTile(f, layoutOfB(f, w.lanes), f.n, exponents.b, b);
  return true;
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
