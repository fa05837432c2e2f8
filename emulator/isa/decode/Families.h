// What each instruction family offers to the decoder: turning a line of assembler text into an
// executable instruction.
#pragma once

#include "emulator/isa/Chip.h"
#include "emulator/isa/decode/AssemblyText.h"

#include <cstdint>

namespace qcc::emulator::isa {

/// Keeps constants repeated for all lanes, once for each value, as long as the program lives.
class SplatPool {
public:
  virtual ~SplatPool() = default;
  /// `2 * laneStride` words: the low dword for every lane, then the high one.
  virtual const uint32_t *splat(uint64_t value) = 0;
};

struct DecodeContext {
  const ChipRow *chip = nullptr;
  uint32_t lanes = 64;     // of the wave
  uint32_t dwordIndex = 0; // where the instruction lies
  uint32_t codeDwords = 0; // of the whole program
  int64_t immediate = 0;   // the encoded immediate (branch offset, register number, swizzle)
  SplatPool *splats = nullptr;
};

/// Each returns false when the mnemonic or its operands are not of the family or not known.
/// `next` of the instruction is set already.
bool bindScalar(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindScalarMemory(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindVector(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindCrossLane(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindMatrix(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindScaledConversion(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindFlat(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindBuffer(const AssemblyLine &line, const DecodeContext &context, Instruction &i);
bool bindLds(const AssemblyLine &line, const DecodeContext &context, Instruction &i);

/// Operand n of the line; false when it is missing or not an operand. `off` gives Place::None.
bool takeOperand(const AssemblyLine &line, size_t n, Type type, Operand &operand);
/// The same for a destination: `null` becomes a place that nobody reads.
bool takeDestination(const AssemblyLine &line, size_t n, Operand &operand);

} // namespace qcc::emulator::isa
