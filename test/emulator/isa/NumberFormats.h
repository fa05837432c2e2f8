// Number formats of matrix and conversion instructions by their definitions, bit by bit, for tests:
// independent of the emulator's own conversions.
#pragma once

#include <cstdint>

namespace qcc::emulator::test {

enum class Format {
  F64,
  F32,
  Xf32,
  F16,
  BF16,
  Fp8,
  Bf8,
  Fp8Fnuz,
  Bf8Fnuz,
  Fp6,
  Bf6,
  Fp4,
  I8,
  U8,
  I4,
  U4,
  I32,
};

/// Bits of one element.
unsigned bitsOf(Format format);

/// The value of an encoding of at most 16 bits; NaN for its NaNs.
/// Source: OCP 8-bit Floating Point Specification; OCP Microscaling Formats; IEEE 754; for FNUZ,
/// arXiv 2206.02915.
double decode(Format format, uint32_t code);

/// The encoding of a value that the format has.
uint64_t encode(Format format, double value);

/// Rounds to the nearest value, ties to even; what is too large gives infinity where the format has
/// one, else NaN where it has one, else the largest value. Found by search over all encodings.
uint32_t roundTo(Format format, double value);

} // namespace qcc::emulator::test
