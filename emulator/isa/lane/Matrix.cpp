// Matrix instructions. Model for the floating ones, whose summation order AMD does not define: for
// each element, products are added to C in ascending k by fused multiply-add in single precision
// (double for f64), and the sum is rounded once more where D is narrower. Integers wrap.
#include "emulator/isa/lane/MatrixForm.h"
#include "emulator/isa/lane/SmallFloat.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Where a row of elements lies: one item of consecutive lanes, from `lane` on.
struct Run {
  unsigned lane, item;
};

/// Source: AMD CDNA3 ISA manual, "Matrix Core register layouts"; RDNA3 and RDNA4 ISA manuals,
/// "WMMA". The elements (row, k) for row = 0 .. rows - 1: rows of A, columns of B.
QCC_LANE_INLINE Run inputRun(const MatrixForm &f, unsigned lanes, unsigned rows, unsigned k,
                             unsigned block) {
  if (f.layout == MatrixLayout::Wmma11) {
    return {0, k};
  }
  const unsigned perLane = f.k / (lanes / (rows * f.blocks));
  return {rows * (block + f.blocks * (k / perLane)), k % perLane};
}
/// Items that a lane holds of A or B.
QCC_LANE_INLINE unsigned inputItems(const MatrixForm &f, unsigned lanes, unsigned rows) {
  return f.layout == MatrixLayout::Wmma11 ? f.k : f.k / (lanes / (rows * f.blocks));
}
/// The elements (i, j) of C and D for j = 0 .. n - 1.
QCC_LANE_INLINE Run outputRun(const MatrixForm &f, unsigned lanes, unsigned i, unsigned block) {
  const unsigned groups = lanes / 16;
  if (f.layout == MatrixLayout::Wmma11) {
    return {16 * (i % groups), i / groups};
  }
  if (f.layout == MatrixLayout::Wmma12) {
    const unsigned perLane = 16 / groups;
    return {16 * (i / perLane), i % perLane};
  }
  const unsigned height = f.d == Element::F64 ? 1 : 4;
  const unsigned area = f.n * f.m / height;
  const unsigned blocksInRow = (64 + area - 1) / area;
  const unsigned rowsInRow = 64 / blocksInRow / f.n;
  const unsigned stacked = f.m / (height * rowsInRow);
  return {f.n * (i / height % rowsInRow + rowsInRow * (block % blocksInRow)),
          i % height +
              height * (i / (height * rowsInRow) % stacked + stacked * (block / blocksInRow))};
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

/// One item of every lane, converted.
template <typename T, typename F>
QCC_LANE_INLINE void widenItem(const uint32_t *v, unsigned item, unsigned bits, T *out, F convert) {
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    out[lane] = static_cast<T>(convert(itemBits(v, lane, item, bits)));
  }
}

template <typename T> void widen(Element e, const uint32_t *v, unsigned item, T *out) {
  using u8 = uint8_t;
  const auto half = [](u64 u) { return halfToFloat(static_cast<u16>(u)); };
  switch (e) {
  case Element::F64:
    return widenItem(v, item, 64, out, [](u64 u) { return std::bit_cast<double>(u); });
  case Element::F32:
    return widenItem(v, item, 32, out,
                     [](u64 u) { return std::bit_cast<float>(static_cast<u32>(u)); });
  case Element::Xf32:
    return widenItem(v, item, 32, out, [](u64 u) { return toXf32(static_cast<u32>(u)); });
  case Element::F16:
    return widenItem(v, item, 16, out, half);
  case Element::BF16:
    return widenItem(v, item, 16, out, [](u64 u) { return bf16ToFloat(static_cast<u16>(u)); });
  case Element::Fp8:
    return widenItem(v, item, 8, out,
                     [](u64 u) { return smallToFloat<fp8Ocp>(static_cast<u8>(u)); });
  case Element::Bf8:
    return widenItem(v, item, 8, out,
                     [](u64 u) { return smallToFloat<bf8Ocp>(static_cast<u8>(u)); });
  case Element::Fp8Fnuz:
    return widenItem(v, item, 8, out,
                     [](u64 u) { return smallToFloat<fp8Fnuz>(static_cast<u8>(u)); });
  case Element::Bf8Fnuz:
    return widenItem(v, item, 8, out,
                     [](u64 u) { return smallToFloat<bf8Fnuz>(static_cast<u8>(u)); });
  case Element::Fp6:
    return widenItem(v, item, 6, out, [](u64 u) { return tinyToFloat<2, 3>(static_cast<u32>(u)); });
  case Element::Bf6:
    return widenItem(v, item, 6, out, [](u64 u) { return tinyToFloat<3, 2>(static_cast<u32>(u)); });
  case Element::Fp4:
    return widenItem(v, item, 4, out, [](u64 u) { return tinyToFloat<2, 1>(static_cast<u32>(u)); });
  case Element::I8:
    return widenItem(v, item, 8, out,
                     [](u64 u) { return static_cast<i32>(static_cast<int8_t>(u)); });
  case Element::U8:
    return widenItem(v, item, 8, out, [](u64 u) { return static_cast<u32>(u); });
  case Element::I4:
    return widenItem(v, item, 4, out,
                     [](u64 u) { return static_cast<i32>(static_cast<u32>(u) << 28) >> 28; });
  case Element::U4:
    return widenItem(v, item, 4, out, [](u64 u) { return static_cast<u32>(u); });
  case Element::I32:
    return widenItem(v, item, 32, out, [](u64 u) { return static_cast<u32>(u); });
  }
}

QCC_LANE_INLINE float multiplyAdd(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
QCC_LANE_INLINE double multiplyAdd(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}
QCC_LANE_INLINE u32 multiplyAdd(u32 a, u32 b, u32 c) {
  return a * b + c;
}

/// The lane of B that a lane reads under the BLGP modifier.
QCC_LANE_INLINE unsigned permutedLane(unsigned lane, unsigned pattern) {
  switch (pattern) {
  case 1:
    return lane % 32;
  case 2:
    return 32 + lane % 32;
  case 3:
    return (lane + 16) % 64;
  case 0:
    return lane;
  default:
    return 16 * (pattern - 4) + lane % 16;
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

/// Row of C that starts at `run`, `f.n` elements.
template <typename T>
void readRow(Wave &w, const Instruction &i, const MatrixForm &f, const Run &run, T *row) {
  const Operand &c = i.src[2];
  T all[laneStride];
  if (c.place != Place::Vector) {
    alignas(64) uint32_t constant[2 * laneStride];
    const uint64_t value = read64(w, c);
    for (unsigned lane = 0; lane < laneStride; ++lane) {
      constant[lane] = static_cast<u32>(value);
      constant[laneStride + lane] = static_cast<u32>(value >> 32);
    }
    widen<T>(f.d, constant, 0, all);
  } else if (elementBits(f.d) == 16) {
    const NarrowPlace place = narrowPlace(f, i, run.item);
    widen<T>(f.d, w.vector(c.index + place.word), place.shift / 16, all);
  } else {
    widen<T>(f.d, w.vector(c.index), run.item, all);
  }
  for (unsigned j = 0; j < f.n; ++j) {
    row[j] = all[run.lane + j];
  }
}

template <typename T>
void writeRow(Wave &w, const Instruction &i, const MatrixForm &f, const Run &run, const T *row) {
  uint32_t *d = w.vector(i.dst.index);
  if (elementBits(f.d) == 16) {
    const NarrowPlace place = narrowPlace(f, i, run.item);
    uint32_t *words = d + place.word * laneStride + run.lane;
    for (unsigned j = 0; j < f.n; ++j) {
      const float value = static_cast<float>(row[j]);
      const uint32_t bits = f.d == Element::F16 ? floatToHalf(value) : floatToBf16(value);
      words[j] = (words[j] & ~(0xffffu << place.shift)) | bits << place.shift;
    }
    return;
  }
  d += (sizeof(T) / 4) * run.item * laneStride + run.lane;
  for (unsigned j = 0; j < f.n; ++j) {
    if constexpr (sizeof(T) == 8) {
      Lane<T>::set(d, j, row[j]);
    } else {
      d[j] = std::bit_cast<u32>(row[j]);
    }
  }
}

constexpr unsigned mostRows = 32, mostDepth = 128, mostBlocks = 16;

/// The matrices of one instruction, one element type for all: A and B by k, so that a column of A
/// times a row of B is the inner step.
template <typename T> struct Operands {
  T items[2][mostDepth][laneStride]; // of A and B: item by item, all lanes
  T sums[mostBlocks][mostRows][mostRows];
};

template <typename T>
void widenOperands(Wave &w, const Instruction &i, const MatrixForm &f, Operands<T> &o) {
  for (unsigned n = 0; n < inputItems(f, w.lanes, f.m); ++n) {
    widen<T>(f.a, w.vector(i.src[0].index), n, o.items[0][n]);
  }
  for (unsigned n = 0; n < inputItems(f, w.lanes, f.n); ++n) {
    T lanes[laneStride];
    T *row = o.items[1][n];
    widen<T>(f.b, w.vector(i.src[1].index), n, i.mod.blgp != 0 ? lanes : row);
    for (unsigned lane = 0; i.mod.blgp != 0 && lane < laneStride; ++lane) {
      row[lane] = lanes[permutedLane(lane, i.mod.blgp)];
    }
  }
}

/// sum[row][j] += A[row][k] * B[k][j] for j < N, a width that the compiler knows.
template <unsigned N, typename T>
QCC_LANE_INLINE void outerProduct(unsigned rows, const T *a, const T *b, T (*sum)[mostRows]) {
  for (unsigned row = 0; row < rows; ++row) {
    for (unsigned j = 0; j < N; ++j) {
      sum[row][j] = multiplyAdd(a[row], b[j], sum[row][j]);
    }
  }
}

template <typename T>
void multiplyBlock(Wave &w, const Instruction &i, const MatrixForm &f, unsigned block,
                   Operands<T> &o) {
  const unsigned group = 1u << i.mod.cbsz;
  const unsigned shared = i.mod.cbsz != 0 ? (block & ~(group - 1)) + i.mod.abid : block;
  for (unsigned k = 0; k < f.k; ++k) {
    const Run ra = inputRun(f, w.lanes, f.m, k, shared), rb = inputRun(f, w.lanes, f.n, k, block);
    const T *a = o.items[0][ra.item] + ra.lane, *b = o.items[1][rb.item] + rb.lane;
    if (f.n == 32) {
      outerProduct<32>(f.m, a, b, o.sums[block]);
    } else if (f.n == 16) {
      outerProduct<16>(f.m, a, b, o.sums[block]);
    } else {
      outerProduct<4>(f.m, a, b, o.sums[block]);
    }
  }
}

template <typename T> void multiply(Wave &w, const Instruction &i, const MatrixForm &f) {
  // All is read before any is written: D may share registers with A, B and C.
  thread_local Operands<T> o;
  widenOperands(w, i, f, o);
  for (unsigned block = 0; block < f.blocks; ++block) {
    for (unsigned row = 0; row < f.m; ++row) {
      readRow<T>(w, i, f, outputRun(f, w.lanes, row, block), o.sums[block][row]);
    }
    multiplyBlock(w, i, f, block, o);
  }
  for (unsigned block = 0; block < f.blocks; ++block) {
    for (unsigned row = 0; row < f.m; ++row) {
      writeRow<T>(w, i, f, outputRun(f, w.lanes, row, block), o.sums[block][row]);
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
