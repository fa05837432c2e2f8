// The chips that qcc compiles for, one row each: what schedules, cost models and instruction
// selection ask. Code asks a row for a property and never compares a chip's name.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>

namespace qcc {

/// The family of matrix instructions. Layouts of operands differ between families.
enum class MatrixFamily : uint8_t {
  mfmaCdna2, ///< MFMA with i8 16x16x16, f16 and bf16 16x16x16.
  mfmaCdna3, ///< MFMA with i8 16x16x32 and FNUZ fp8; i8 16x16x16 is gone.
  mfmaCdna4, ///< MFMA of CDNA3 with OCP fp8, wider shapes and scaled f8f6f4.
  wmmaRdna3, ///< WMMA 16x16x16, operands repeated in both halves of a wave.
  wmmaRdna4, ///< WMMA 16x16x16 without repetition, with fp8 and iu4 16x16x32.
};

/// The 32-bit dot product of four 8-bit integers.
enum class Dot4Kind : uint8_t {
  sameSigns,  ///< v_dot4_i32_i8 and v_dot4_u32_u8: both sides signed or both unsigned.
  mixedSigns, ///< v_dot4_i32_iu8: a sign bit for each side.
};

/// Conversions between f32 and 8-bit floats of 4 exponent bits, two an instruction.
enum class Fp8Conversion : uint8_t {
  none,
  fnuz, ///< v_cvt_pk_f32_fp8 and its inverse on E4M3 FNUZ: half of what OCP's E4M3 means by a code.
  ocp,  ///< The same instructions on OCP's E4M3.
};

/// An instruction that multiplies matrices: D[rows, columns] += A[rows, depth] * B[depth, columns],
/// A and B f16 or bf16 and D f32, or A and B bytes and D i32. `#tile.matrix_shape` says which lane
/// holds what.
struct MatrixShape {
  unsigned rows, columns, depth;
  unsigned depthLanes; ///< Groups of lanes that hold different parts of the depth; 1: all hold all.
  unsigned rowRun;     ///< Consecutive rows of D that a lane holds.
  unsigned cycles;     ///< For which it holds a SIMD's matrix unit.

  /// In the order of `#tile.matrix_shape`.
  std::array<int64_t, 5> sizes() const { return {rows, columns, depth, depthLanes, rowRun}; }
};

/// Instructions that only some chips have.
struct Instructions {
  bool dot2F32F16;            ///< v_dot2_f32_f16: two f16 products added to f32.
  bool dot2F32Bf16;           ///< v_dot2_f32_bf16.
  Dot4Kind dot4;              ///< Which 8-bit dot product.
  bool convertBf16;           ///< v_cvt_pk_bf16_f32: two f32 rounded to bf16.
  Fp8Conversion convertFp8;   ///< Which 8-bit floats are converted.
  bool packedF32;             ///< v_pk_fma_f32: two f32 operations an instruction.
  bool rowBroadcast;          ///< DPP row_bcast:15 and row_bcast:31 (waves of 64).
  bool rowXmask;              ///< DPP row_xmask: the lane whose index differs by a mask below 16.
  bool permlaneX16;           ///< v_permlanex16_b32: lanes of the other row of 16 of a half wave.
  bool permlaneSwap;          ///< v_permlane16_swap_b32 and v_permlane32_swap_b32.
  bool vop3Literal;           ///< A three-operand instruction takes a literal, and two SGPRs.
  MatrixFamily matrix;        ///< Matrix instructions.
  MatrixShape matrixOfHalves; ///< The one for 16-bit floats that takes the fewest issues and reads.
  MatrixShape matrixOfBytes;  ///< The same for 8-bit integers.
  MatrixShape matrixOfFewRows; ///< For 16-bit floats, the one of the fewest rows.
};

/// One chip, as a compute device sees it (one die of a product with several devices).
struct Chip {
  llvm::StringLiteral name;    ///< LLVM's processor, for example "gfx942".
  llvm::StringLiteral product; ///< The product whose figures the row holds.
  unsigned waveSize;           ///< Lanes of a wave.
  unsigned computeUnits;       ///< Compute units of the product.
  unsigned simdsPerUnit;       ///< SIMDs of a compute unit.
  unsigned vectorCycles;       ///< Cycles in which a SIMD issues a wave's vector instruction.
  unsigned wavesPerSimd;       ///< Waves that a SIMD holds at most.
  unsigned ldsBytes;           ///< LDS that one workgroup can have, bytes.
  unsigned ldsBytesPerUnit;    ///< LDS of a compute unit, shared by its workgroups, bytes.
  unsigned vgprs;              ///< 32-bit vector registers of a SIMD, a lane.
  unsigned vgprGranule;        ///< Vector registers are allocated in multiples of this.
  unsigned vgprsPerWave;       ///< Vector registers of one wave at most, accumulators not counted.
  unsigned sgprsPerWave;       ///< Scalar registers of one wave at most.
  unsigned clockMhz;           ///< Peak engine clock, MHz.
  unsigned lastCacheBytes;     ///< The cache in front of memory: Infinity Cache, or L2 without one.
  double bandwidth;            ///< Peak memory bandwidth by specification, GB/s (10^9 bytes).
  double readBandwidth;        ///< The most that reads are known or assumed to reach, GB/s.
  double memoryNanoseconds;    ///< From a load to its data, from memory under load, nanoseconds.
  double launchMicroseconds; ///< What a launch adds to a sequence of dependent ones, microseconds.
  double gridBarrierMicroseconds; ///< For all workgroups of a launch to meet, microseconds.
  Instructions has;               ///< Instructions that only some chips have.
};

/// Bytes that must be under way to keep the memory busy: bandwidth times latency (Little's law).
inline double bytesInFlight(const Chip &chip) {
  return chip.bandwidth * chip.memoryNanoseconds;
}

/// The row of the chip that LLVM calls `name`, or null.
const Chip *findChip(llvm::StringRef name);

/// Every row: CDNA, then RDNA, oldest first.
llvm::ArrayRef<Chip> allChips();

} // namespace qcc
