// Rows of a matrix product as vectors, and how rows of C are read and rows of D written.
// Only for the sources of this folder: everything here is local to the source that includes it.
#pragma once

#include "emulator/isa/lane/MatrixLayout.h"
#include "emulator/isa/lane/MatrixTile.h"

#include <cstring>
#include <limits>

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Registers that hold C or D, at most.
constexpr unsigned mostResults = 32;

/// N elements of a row.
template <typename T, unsigned N> using Row = T __attribute__((ext_vector_type(N)));

template <typename T, unsigned N> QCC_LANE_INLINE Row<T, N> loadRow(const T *from) {
  Row<T, N> row;
  __builtin_memcpy(&row, from, sizeof(row));
  return row;
}
template <typename T, unsigned N> QCC_LANE_INLINE Row<T, N> splat(T value) {
  return static_cast<Row<T, N>>(value);
}
template <typename T, unsigned N>
QCC_LANE_INLINE Row<T, N> multiplyAdd(Row<T, N> a, Row<T, N> b, Row<T, N> c) {
  if constexpr (std::is_same_v<T, u32>) {
    return a * b + c;
  } else {
    return __builtin_elementwise_fma(a, b, c);
  }
}

/// How many rows' sums fit the host's registers beside one row of B.
template <typename T, unsigned N> constexpr unsigned rowsAtOnce() {
#if defined(__AVX512F__)
  constexpr unsigned bytes = 64;
#elif defined(__AVX2__)
  constexpr unsigned bytes = 32;
#else
  constexpr unsigned bytes = 16;
#endif
  constexpr unsigned registers = sizeof(T) * N / bytes;
  return N == 4 ? 4 : registers <= 1 ? 8 : registers >= 8 ? 1 : 8 / registers;
}

/// Reads rows of C and writes rows of D of one instruction.
template <typename T, unsigned N> class RowAccess {
public:
  /// `spare` takes a copy of C where D would overwrite rows of it that are still to be read.
  RowAccess(Wave &w, const Instruction &i, const MatrixForm &f, uint32_t *spare)
      : d(w.vector(i.dst.index)), c(d), element(f.d),
        narrow(f.d == Element::F16 || f.d == Element::BF16),
        alone(f.layout == MatrixLayout::Wmma11), upper((i.mod.opSel & 4) != 0), clamp(i.mod.clamp),
        negate((i.mod.negLo & 4) != 0), absolute((i.mod.negHi & 4) != 0) {
    const Operand &addend = i.src[2];
    if (f.sparse) {
      return;
    }
    if (addend.place != Place::Vector) {
      c = nullptr;
      constant = constantOf(read64(w, addend));
      return;
    }
    c = w.vector(addend.index);
    const int apart = static_cast<int>(addend.index) - static_cast<int>(i.dst.index);
    if (apart != 0 && apart < i.dst.dwords && -apart < i.dst.dwords) {
      std::memcpy(spare, c, sizeof(uint32_t) * laneStride * i.dst.dwords);
      c = spare;
    }
  }

  /// What a sum starts from: the row of C, or zero where `clamp` adds C in the end.
  QCC_LANE_INLINE Row<T, N> load(Run run) const {
    if constexpr (std::is_same_v<T, u32>) {
      return clamp ? splat<T, N>(0) : addend(run);
    } else {
      Row<T, N> row = addend(run);
      row = absolute ? __builtin_elementwise_abs(row) : row;
      return negate ? -row : row;
    }
  }

  QCC_LANE_INLINE void store(Run run, Row<T, N> sum) const {
    if constexpr (std::is_same_v<T, u32>) {
      put(run, clamp ? addSaturated(sum, addend(run)) : sum);
    } else {
      put(run, sum != sum ? splat<T, N>(std::numeric_limits<T>::quiet_NaN()) : sum);
    }
  }

private:
  T constantOf(uint64_t value) const {
    if constexpr (sizeof(T) == 8) {
      return std::bit_cast<T>(value);
    } else if constexpr (std::is_same_v<T, float>) {
      return narrow ? widened(static_cast<uint32_t>(value))
                    : std::bit_cast<float>(static_cast<uint32_t>(value));
    } else {
      return static_cast<T>(value);
    }
  }

  static QCC_LANE_INLINE Row<T, N> addSaturated(Row<T, N> a, Row<T, N> b) {
    using Signed = Row<i32, N>;
    return __builtin_bit_cast(Row<T, N>,
                              __builtin_elementwise_add_sat(__builtin_bit_cast(Signed, a),
                                                            __builtin_bit_cast(Signed, b)));
  }

  QCC_LANE_INLINE Row<T, N> addend(Run run) const {
    if (c == nullptr) {
      return splat<T, N>(constant);
    }
    Row<T, N> row;
    if constexpr (sizeof(T) == 8) {
      for (unsigned j = 0; j < N; ++j) {
        row[j] = Lane<T>::get(c + 2 * run.item * laneStride + run.lane, j);
      }
      return row;
    }
    if constexpr (std::is_same_v<T, float>) {
      if (narrow) {
        const uint32_t *words = c + word(run.item) * laneStride + run.lane;
        for (unsigned j = 0; j < N; ++j) {
          row[j] = widened(words[j] >> shift(run.item));
        }
        return row;
      }
    }
    __builtin_memcpy(&row, c + run.item * laneStride + run.lane, sizeof(row));
    return row;
  }

  QCC_LANE_INLINE void put(Run run, Row<T, N> row) const {
    if constexpr (sizeof(T) == 8) {
      for (unsigned j = 0; j < N; ++j) {
        Lane<T>::set(d + 2 * run.item * laneStride + run.lane, j, row[j]);
      }
      return;
    }
    if constexpr (std::is_same_v<T, float>) {
      if (narrow) {
        uint32_t *words = d + word(run.item) * laneStride + run.lane;
        const unsigned at = shift(run.item);
        for (unsigned j = 0; j < N; ++j) {
          words[j] = (words[j] & ~(0xffffu << at)) | narrowed(row[j]) << at;
        }
        return;
      }
    }
    __builtin_memcpy(d + run.item * laneStride + run.lane, &row, sizeof(row));
  }

  QCC_LANE_INLINE float widened(uint32_t bits) const {
    const auto half = static_cast<uint16_t>(bits);
    return element == Element::F16 ? halfToFloat(half) : bf16ToFloat(half);
  }
  QCC_LANE_INLINE uint32_t narrowed(float value) const {
    return element == Element::F16 ? floatToHalf(value) : floatToBf16(value);
  }
  /// Register and bit of a 16-bit item.
  unsigned word(unsigned item) const { return alone ? item : item / 2; }
  unsigned shift(unsigned item) const { return (alone ? upper : item % 2 != 0) ? 16 : 0; }

  uint32_t *d;
  const uint32_t *c; // null: `constant`
  T constant{};
  Element element;
  bool narrow; // D has 16 bits
  bool alone;  // and each item lies alone in the half of a dword that `upper` says (RDNA3)
  bool upper;
  bool clamp, negate, absolute;
};

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
