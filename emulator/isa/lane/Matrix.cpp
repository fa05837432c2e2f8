// Matrix instructions. Model for the floating ones, whose summation order AMD does not define: for
// each element, products are added to C in ascending k by fused multiply-add in single precision
// (double for f64), and the sum is rounded once more where D is narrower. A NaN result is the
// positive quiet one. Rounding is to nearest even and denormals are kept, whatever MODE says.
// Integers wrap, or saturate at the end with `clamp`. EXEC is ignored.
#include "emulator/isa/lane/MatrixInputs.h"
#include "emulator/isa/lane/MatrixRows.h"
#include "emulator/isa/lane/Tables.h"

#include <xmmintrin.h>

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Rounding to nearest even while it lives, and denormals flushed or not.
class MatrixFloatMode {
public:
  explicit MatrixFloatMode(bool flush) : saved(_mm_getcsr()) {
    constexpr unsigned allMasked = 0x1f80, inputsAreZero = 0x0040, flushResults = 0x8000;
    _mm_setcsr(allMasked | (flush ? inputsAreZero | flushResults : 0));
  }
  ~MatrixFloatMode() { _mm_setcsr(saved); }
  MatrixFloatMode(const MatrixFloatMode &) = delete;
  MatrixFloatMode &operator=(const MatrixFloatMode &) = delete;

private:
  unsigned saved;
};

/// sum[r] += A[row + r][k] * B[k] for every k.
template <typename T, unsigned N, unsigned R>
QCC_LANE_INLINE void accumulateDense(const Inputs<T> &in, unsigned row, Row<T, N> (&sum)[R]) {
  for (unsigned k = 0; k < in.depth; ++k) {
    const Row<T, N> b = loadRow<T, N>(in.b[k]);
#pragma unroll
    for (unsigned r = 0; r < R; ++r) {
      sum[r] = multiplyAdd<T, N>(splat<T, N>(in.a[k][row + r]), b, sum[r]);
    }
  }
}

/// The same with each row's own choice of k.
template <typename T, unsigned N, unsigned R>
QCC_LANE_INLINE void accumulateSparse(const Inputs<T> &in, unsigned row, Row<T, N> (&sum)[R]) {
  for (unsigned n = 0; n < in.depth; ++n) {
#pragma unroll
    for (unsigned r = 0; r < R; ++r) {
      const Row<T, N> b = loadRow<T, N>(in.b[in.chosen[n][row + r]]);
      sum[r] = multiplyAdd<T, N>(splat<T, N>(in.a[n][row + r]), b, sum[r]);
    }
  }
}

/// The same with both scales of each 32 k. The product of two elements is exact in single precision
/// and so is its product with one half of the scale, save where the sum overflows or the product
/// vanishes anyway: one rounding a step, as without scales.
template <unsigned N, unsigned R>
QCC_LANE_INLINE void accumulateScaled(const Inputs<float> &in, const Scales &scales, unsigned row,
                                      Row<float, N> (&sum)[R]) {
  for (unsigned k = 0; k < in.depth; ++k) {
    const Row<float, N> b = loadRow<float, N>(in.b[k]);
#pragma unroll
    for (unsigned r = 0; r < R; ++r) {
      const Row<float, N> product = splat<float, N>(in.a[k][row + r]) * b;
      const Row<float, N> first = loadRow<float, N>(scales.first[k / 32][row + r]);
      const Row<float, N> second = loadRow<float, N>(scales.second[k / 32][row + r]);
      sum[r] = multiplyAdd<float, N>(product * first, second, sum[r]);
    }
  }
}

/// What an instruction works on; too large for the stack of a thread.
template <typename T> struct Workspace {
  alignas(64) Tile<T> a, b;
  Inputs<T> inputs;
  Scales scales;
  alignas(64) uint32_t addend[mostResults * laneStride];
};

template <typename T, unsigned N>
void multiplyBlock(const MatrixForm &f, const Workspace<T> &work, const Run *runs,
                   const RowAccess<T, N> &access) {
  constexpr unsigned R = rowsAtOnce<T, N>();
  for (unsigned row = 0; row < f.m; row += R) {
    Row<T, N> sum[R];
#pragma unroll
    for (unsigned r = 0; r < R; ++r) {
      sum[r] = access.load(runs[row + r]);
    }
    if (f.sparse) {
      accumulateSparse<T, N, R>(work.inputs, row, sum);
    } else if constexpr (std::is_same_v<T, float> && N >= 16) {
      if (f.scaled) {
        accumulateScaled<N, R>(work.inputs, work.scales, row, sum);
      } else {
        accumulateDense<T, N, R>(work.inputs, row, sum);
      }
    } else {
      accumulateDense<T, N, R>(work.inputs, row, sum);
    }
#pragma unroll
    for (unsigned r = 0; r < R; ++r) {
      access.store(runs[row + r], sum[r]);
    }
  }
}

template <typename T, unsigned N>
void multiplyColumns(Wave &w, const Instruction &i, const MatrixForm &f, Workspace<T> &work) {
  const RowAccess<T, N> access(w, i, f, work.addend);
  for (unsigned block = 0; block < f.blocks; ++block) {
    Run runs[mostRows];
    outputRuns(f, w.lanes, block, runs);
    findInputs(w, i, f, block, work.a, work.b, work.inputs);
    multiplyBlock<T, N>(f, work, runs, access);
  }
}

template <typename T> void multiply(Wave &w, const Instruction &i, MatrixForm f) {
  // A, B, scales and index are read before D is written: they may share registers.
  thread_local Workspace<T> work;
  widenInputs(w, i, f, work.a, work.b);
  if (f.sparse) {
    chooseColumns(w, i, f, work.inputs);
  }
  if constexpr (std::is_same_v<T, float>) {
    f.scaled = f.scaled && !foldScales(w, i, f, work.a, work.b, work.scales);
    if (f.n == 32) {
      return multiplyColumns<T, 32>(w, i, f, work);
    }
  }
  if constexpr (std::is_same_v<T, u32>) {
    if (f.n == 32) {
      return multiplyColumns<T, 32>(w, i, f, work);
    }
  }
  if (f.n == 16) {
    multiplyColumns<T, 16>(w, i, f, work);
  } else {
    multiplyColumns<T, 4>(w, i, f, work);
  }
}

} // namespace

void runMatrix(Wave &w, const Instruction &i) {
  const MatrixForm f = unpackMatrixForm(i);
  const MatrixFloatMode mode(f.flush);
  if (f.d == Element::F64) {
    multiply<double>(w, i, f);
  } else if (f.d == Element::I32) {
    multiply<u32>(w, i, f);
  } else {
    multiply<float>(w, i, f);
  }
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
