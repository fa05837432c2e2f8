// Matrix instructions. Model for the floating ones, whose summation order AMD does not define: for
// each element, products are added to C in ascending k by fused multiply-add in single precision
// (double for f64), and the sum is rounded once more where D is narrower. Integers wrap.
#include "emulator/isa/lane/MatrixForm.h"
#include "emulator/isa/lane/SmallFloat.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Where an element lies: a lane, and its position among the lane's elements.
struct Spot {
  unsigned lane, item;
};

/// Source: AMD CDNA3 ISA manual, "Matrix Core register layouts"; RDNA3 and RDNA4 ISA manuals, "WMMA".
/// `row` is i for A and j for B; `rows` is M or N.
QCC_LANE_INLINE Spot inputSpot(const MatrixForm &f, unsigned lanes, unsigned rows, unsigned row,
                               unsigned k, unsigned block) {
  if (f.layout == MatrixLayout::Wmma11) {
    return {row, k};
  }
  const unsigned perLane = f.k / (lanes / (rows * f.blocks));
  return {row + rows * (block + f.blocks * (k / perLane)), k % perLane};
}
QCC_LANE_INLINE Spot outputSpot(const MatrixForm &f, unsigned lanes, unsigned i, unsigned j,
                                unsigned block) {
  const unsigned groups = lanes / 16;
  if (f.layout == MatrixLayout::Wmma11) {
    return {j + 16 * (i % groups), i / groups};
  }
  if (f.layout == MatrixLayout::Wmma12) {
    const unsigned perLane = 16 / groups;
    return {j + 16 * (i / perLane), i % perLane};
  }
  const unsigned height = f.d == Element::F64 ? 1 : 4;
  const unsigned area = f.n * f.m / height;
  const unsigned blocksInRow = (64 + area - 1) / area;
  const unsigned rowsInRow = 64 / blocksInRow / f.n;
  const unsigned stacked = f.m / (height * rowsInRow);
  return {j + f.n * (i / height % rowsInRow + rowsInRow * (block % blocksInRow)),
          i % height + height * (i / (height * rowsInRow) % stacked + stacked * (block / blocksInRow))};
}

/// The bits of item n of a lane.
QCC_LANE_INLINE uint64_t itemBits(const uint32_t *v, unsigned lane, unsigned n, unsigned bits) {
  const unsigned at = n * bits, word = at / 32, shift = at % 32;
  uint64_t two = v[word * laneStride + lane];
  if (shift + bits > 32) {
    two |= static_cast<uint64_t>(v[(word + 1) * laneStride + lane]) << 32;
  }
  return bits == 64 ? two : (two >> shift) & ((uint64_t(1) << bits) - 1);
}

/// Formats of 6 and 4 bits: no infinity, no NaN.
template <int ExponentBits, int MantissaBits> QCC_LANE_INLINE float tinyToFloat(uint32_t u) {
  constexpr int bias = (1 << (ExponentBits - 1)) - 1;
  const uint32_t mantissa = u & ((1u << MantissaBits) - 1);
  const int exponent = static_cast<int>((u >> MantissaBits) & ((1u << ExponentBits) - 1));
  const int power = (exponent == 0 ? 1 : exponent) - bias - MantissaBits;
  const float magnitude = static_cast<float>(mantissa | (exponent != 0 ? 1u << MantissaBits : 0)) *
                          std::bit_cast<float>(static_cast<uint32_t>(power + 127) << 23);
  return (u >> (ExponentBits + MantissaBits)) != 0 ? -magnitude : magnitude;
}

/// xf32 keeps 10 bits of mantissa, rounded to nearest even.
QCC_LANE_INLINE float toXf32(uint32_t u) {
  return std::bit_cast<float>((u + 0xfff + ((u >> 13) & 1)) & ~0x1fffu);
}

template <typename T> T decodeElement(Element e, uint64_t bits) {
  const uint32_t u = static_cast<uint32_t>(bits);
  switch (e) {
  case Element::F64: return static_cast<T>(std::bit_cast<double>(bits));
  case Element::F32: return static_cast<T>(std::bit_cast<float>(u));
  case Element::Xf32: return static_cast<T>(toXf32(u));
  case Element::F16: return static_cast<T>(halfToFloat(static_cast<u16>(u)));
  case Element::BF16: return static_cast<T>(bf16ToFloat(static_cast<u16>(u)));
  case Element::Fp8: return static_cast<T>(smallToFloat<fp8Ocp>(u));
  case Element::Bf8: return static_cast<T>(smallToFloat<bf8Ocp>(u));
  case Element::Fp8Fnuz: return static_cast<T>(smallToFloat<fp8Fnuz>(u));
  case Element::Bf8Fnuz: return static_cast<T>(smallToFloat<bf8Fnuz>(u));
  case Element::Fp6: return static_cast<T>(tinyToFloat<2, 3>(u));
  case Element::Bf6: return static_cast<T>(tinyToFloat<3, 2>(u));
  case Element::Fp4: return static_cast<T>(tinyToFloat<2, 1>(u));
  case Element::I8: return static_cast<T>(static_cast<int8_t>(u));
  case Element::I4: return static_cast<T>(static_cast<i32>(u << 28) >> 28);
  case Element::I32: return static_cast<T>(static_cast<i32>(u));
  case Element::U8:
  case Element::U4: return static_cast<T>(u);
  }
  return T(0);
}

QCC_LANE_INLINE float multiplyAdd(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
QCC_LANE_INLINE double multiplyAdd(double a, double b, double c) { return __builtin_fma(a, b, c); }
QCC_LANE_INLINE u32 multiplyAdd(u32 a, u32 b, u32 c) { return a * b + c; }

/// The lane of B that a lane reads under the BLGP modifier.
QCC_LANE_INLINE unsigned permutedLane(unsigned lane, unsigned pattern) {
  switch (pattern) {
  case 1: return lane % 32;
  case 2: return 32 + lane % 32;
  case 3: return (lane + 16) % 64;
  case 0: return lane;
  default: return 16 * (pattern - 4) + lane % 16;
  }
}

/// A 16-bit result's place: packed in pairs, or alone in the half that op_sel names (RDNA3).
struct NarrowPlace {
  unsigned word, shift;
};
QCC_LANE_INLINE NarrowPlace narrowPlace(const MatrixForm &f, const Instruction &i, unsigned item) {
  if (f.layout == MatrixLayout::Wmma11) {
    return {item, (i.mod.opSel & 4) != 0 ? 16u : 0u};
  }
  return {item / 2, item % 2 * 16};
}

template <typename T>
T readAddend(Wave &w, const Instruction &i, const MatrixForm &f, const Spot &spot) {
  const Operand &c = i.src[2];
  const unsigned bits = elementBits(f.d);
  if (c.place != Place::Vector) {
    return decodeElement<T>(f.d, c.value);
  }
  if (bits == 16) {
    const NarrowPlace place = narrowPlace(f, i, spot.item);
    return decodeElement<T>(f.d, w.vector(c.index)[place.word * laneStride + spot.lane] >> place.shift);
  }
  return decodeElement<T>(f.d, itemBits(w.vector(c.index), spot.lane, spot.item, bits));
}

template <typename T>
void writeResult(uint32_t *d, const Instruction &i, const MatrixForm &f, const Spot &spot, T value) {
  if (f.d == Element::F64) {
    const uint64_t u = std::bit_cast<uint64_t>(static_cast<double>(value));
    d[2 * spot.item * laneStride + spot.lane] = static_cast<u32>(u);
    d[(2 * spot.item + 1) * laneStride + spot.lane] = static_cast<u32>(u >> 32);
    return;
  }
  if (elementBits(f.d) == 16) {
    const NarrowPlace place = narrowPlace(f, i, spot.item);
    uint32_t &word = d[place.word * laneStride + spot.lane];
    const float narrow = static_cast<float>(value);
    const uint32_t bits = f.d == Element::F16 ? floatToHalf(narrow) : floatToBf16(narrow);
    word = (word & ~(0xffffu << place.shift)) | bits << place.shift;
    return;
  }
  uint32_t &word = d[spot.item * laneStride + spot.lane];
  if constexpr (std::is_same_v<T, u32>) {
    word = value;
  } else {
    word = std::bit_cast<u32>(static_cast<float>(value));
  }
}

constexpr unsigned mostRows = 32, mostDepth = 128;

/// One block: gathers A and B, multiplies, and leaves the sums in `sum`.
template <typename T>
void multiplyBlock(Wave &w, const Instruction &i, const MatrixForm &f, unsigned block,
                   T (&sum)[mostRows][mostRows]) {
  T a[mostRows][mostDepth], b[mostDepth][mostRows];
  const unsigned shared = i.mod.cbsz != 0 ? (block & ~((1u << i.mod.cbsz) - 1)) + i.mod.abid : block;
  const unsigned bitsA = elementBits(f.a), bitsB = elementBits(f.b);
  const uint32_t *va = w.vector(i.src[0].index), *vb = w.vector(i.src[1].index);
  for (unsigned k = 0; k < f.k; ++k) {
    for (unsigned row = 0; row < f.m; ++row) {
      const Spot s = inputSpot(f, w.lanes, f.m, row, k, shared);
      a[row][k] = decodeElement<T>(f.a, itemBits(va, s.lane, s.item, bitsA));
    }
    for (unsigned row = 0; row < f.n; ++row) {
      const Spot s = inputSpot(f, w.lanes, f.n, row, k, block);
      const unsigned lane = permutedLane(s.lane, i.mod.blgp);
      b[k][row] = decodeElement<T>(f.b, itemBits(vb, lane, s.item, bitsB));
    }
  }
  for (unsigned row = 0; row < f.m; ++row) {
    for (unsigned k = 0; k < f.k; ++k) {
      const T factor = a[row][k];
      for (unsigned j = 0; j < f.n; ++j) {
        sum[row][j] = multiplyAdd(factor, b[k][j], sum[row][j]);
      }
    }
  }
}

template <typename T> void multiply(Wave &w, const Instruction &i, const MatrixForm &f) {
  // All blocks are read before any is written: D may share registers with A, B and C.
  thread_local T sums[16][mostRows][mostRows];
  for (unsigned block = 0; block < f.blocks; ++block) {
    for (unsigned row = 0; row < f.m; ++row) {
      for (unsigned j = 0; j < f.n; ++j) {
        sums[block][row][j] = readAddend<T>(w, i, f, outputSpot(f, w.lanes, row, j, block));
      }
    }
    multiplyBlock(w, i, f, block, sums[block]);
  }
  uint32_t *d = w.vector(i.dst.index);
  for (unsigned block = 0; block < f.blocks; ++block) {
    for (unsigned row = 0; row < f.m; ++row) {
      for (unsigned j = 0; j < f.n; ++j) {
        writeResult(d, i, f, outputSpot(f, w.lanes, row, j, block), sums[block][row][j]);
      }
    }
  }
}

} // namespace

void runMatrix(Wave &w, const Instruction &i) {
  const MatrixForm f = unpackMatrixForm(i);
  if (f.d == Element::F64) {
    multiply<double>(w, i, f);
  } else if (f.d == Element::I32) {
    multiply<u32>(w, i, f);
  } else {
    multiply<float>(w, i, f);
  }
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
