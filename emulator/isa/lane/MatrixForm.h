// The shape, element types and register layout of a matrix instruction.
#pragma once

#include "emulator/isa/Instruction.h"

namespace qcc::emulator::isa {

enum class Element : uint8_t {
  F64,
  F32,
  Xf32,
  F16,
  BF16,
  Fp8,
  Bf8,
  Fp8Fnuz,
  Bf8Fnuz,
  I8,
  U8,
  I4,
  U4,
  I32,
  Fp6,
  Bf6,
  Fp4
};

/// Which lane and register holds which element.
enum class MatrixLayout : uint8_t {
  Mfma,   // CDNA
  Wmma11, // RDNA3: A and B repeated in each 16 lanes
  Wmma12, // RDNA4
};

/// D[m][n] = C[m][n] + sum over k of A[m][k] * B[k][n], for each of `blocks`.
struct MatrixForm {
  uint8_t m = 0, n = 0, k = 0, blocks = 1;
  Element a = Element::F32, b = Element::F32, d = Element::F32;
  MatrixLayout layout = MatrixLayout::Mfma;
  bool sparse = false; // A keeps two of every four k, C is D, source 2 is the index
  bool scaled = false; // every 32 k of a row of A and a column of B have a scale
  bool flush = false;  // denormal inputs and results are zero
};

/// Kept in an instruction's `detail` words.
inline void packMatrixForm(const MatrixForm &f, Instruction &i) {
  i.detail[0] = f.m | f.n << 8 | f.k << 16 | static_cast<uint32_t>(f.blocks) << 24;
  i.detail[1] = static_cast<uint32_t>(f.a) | static_cast<uint32_t>(f.b) << 8 |
                static_cast<uint32_t>(f.d) << 16 | static_cast<uint32_t>(f.layout) << 24;
  i.detail[2] = (f.sparse ? 1u : 0) | (f.scaled ? 2u : 0) | (f.flush ? 4u : 0);
}
inline MatrixForm unpackMatrixForm(const Instruction &i) {
  auto byte = [](uint32_t word, unsigned n) { return static_cast<uint8_t>(word >> (8 * n)); };
  return {byte(i.detail[0], 0),
          byte(i.detail[0], 1),
          byte(i.detail[0], 2),
          byte(i.detail[0], 3),
          static_cast<Element>(byte(i.detail[1], 0)),
          static_cast<Element>(byte(i.detail[1], 1)),
          static_cast<Element>(byte(i.detail[1], 2)),
          static_cast<MatrixLayout>(byte(i.detail[1], 3)),
          (i.detail[2] & 1) != 0,
          (i.detail[2] & 2) != 0,
          (i.detail[2] & 4) != 0};
}

/// Bits of an element in memory and registers.
constexpr unsigned elementBits(Element e) {
  switch (e) {
  case Element::F64:
    return 64;
  case Element::F32:
  case Element::Xf32:
  case Element::I32:
    return 32;
  case Element::F16:
  case Element::BF16:
    return 16;
  case Element::Fp6:
  case Element::Bf6:
    return 6;
  case Element::I4:
  case Element::U4:
  case Element::Fp4:
    return 4;
  default:
    return 8;
  }
}

} // namespace qcc::emulator::isa
