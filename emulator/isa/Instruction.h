// One decoded instruction in a form that no chip generation shows through: what to call, where the
// operands are, and the modifiers that the assembler text carried.
#pragma once

#include "emulator/isa/decode/Facts.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace qcc::emulator::isa {

struct Wave;
struct Instruction;
struct LaneArgs;
class AccessList;

/// Executes one instruction for a wave; the program counter already points behind it.
using Handler = void (*)(Wave &, const Instruction &);
/// Tells observers what memory an instruction is about to touch; changes nothing.
using Describe = void (*)(Wave &, const Instruction &, AccessList &);
/// Computes a result for every lane of a wave from arrays of operands.
using LaneKernel = void (*)(LaneArgs &);

/// What the bits of an operand mean: decides constants, negation and half selection.
enum class Type : uint8_t {
  None,
  B16, // integer in 16 bits
  F16,
  BF16,
  B32,
  F32,
  B64,
  F64,
  PkB16, // two 16-bit integers in a dword
  PkF16,
  PkBF16,
  PkF32, // two floats in two dwords
  Mask,  // one bit a lane in one (wave32) or two scalar registers
  Mix,   // fma_mix source: f32, or the half of a dword that op_sel names
  Wide,  // more than two dwords, read by the handler itself
};

enum class Place : uint8_t { None, Vector, Scalar, Constant, Scc, Vccz, Execz };

/// Indices of scalar slots beyond the numbered SGPRs (the hardware's encoding where it has one).
enum Slot : uint16_t {
  SlotVcc = 106,
  SlotTtmp = 108,
  SlotM0 = 124,
  SlotExec = 126,
  SlotFlatScratch = 128,
  SlotXnackMask = 130,
  SlotDiscard = 144, // `null` as a destination; 16 dwords
  SlotCount = 160,
};

/// Index of the first accumulation register in the vector register array.
constexpr uint16_t accumulationBase = 256;

struct Operand {
  Place place = Place::None;
  uint8_t dwords = 0;
  uint16_t index = 0; // vector register (accumulation registers from 256), or scalar slot
  bool negate = false;
  bool absolute = false;
  bool signExtend = false;
  int8_t half = -1;                // 0: `.l`, 1: `.h`, -1: not said
  uint64_t value = 0;              // bits of a constant, converted to the operand's type
  const uint32_t *splat = nullptr; // a vector instruction's constant, repeated for every lane
};

/// How DPP fetches source 0: the lane that each lane reads from, or -1 where there is none.
struct LanePermutation {
  std::array<int8_t, 64> from{};
  alignas(64) std::array<uint32_t, 64> index{}; // `from`; the lane itself where there is none
  bool staysInRow = false;                      // no lane reads from another row of 16
  uint64_t present = 0;                         // lanes that have a source
  uint64_t writeMask = ~0ull;                   // of row_mask and bank_mask
  bool zeroInvalid = false;                     // bound_ctrl
  bool fetchInactive = false;                   // fi
};

/// Which part of a dword an SDWA operand is.
enum class Select : uint8_t { Dword, Byte0, Byte1, Byte2, Byte3, Word0, Word1 };
enum class Unused : uint8_t { Pad, SignExtend, Preserve };

/// Modifiers that few instructions have.
struct Modifiers {
  uint8_t opSel = 0; // bit n: source n (bit 3, or the bit after the last source: destination)
  uint8_t opSelHi = 7;
  uint8_t negLo = 0;
  uint8_t negHi = 0;
  bool clamp = false;
  int8_t outputScale = 0; // result times 2^n
  bool sdwa = false;
  Select sourceSelect[2] = {Select::Dword, Select::Dword};
  Select resultSelect = Select::Dword;
  Unused unused = Unused::Pad;
  std::unique_ptr<LanePermutation> permutation;
  // Matrix instructions.
  uint8_t cbsz = 0, abid = 0, blgp = 0, indexKey = 0;
};

struct VectorRow;

struct Instruction {
  Handler execute = nullptr;
  LaneKernel kernel = nullptr;
  Describe describe = nullptr; // memory instructions only
  uint32_t next = 0;           // dword index of the instruction behind this one
  uint8_t sourceCount = 0;
  uint8_t resultHalf = 0;     // 1: a 16-bit result goes to the upper half
  bool known = true;          // false: not an instruction, or one without semantics here
  bool keepOtherHalf = false; // a 16-bit result leaves the other half of the register as it was
  const VectorRow *row = nullptr;
  Operand dst;  // first destination
  Operand dst2; // carry or mask destination
  Operand src[4];
  Operand carry;                     // mask that is read
  int64_t immediate = 0;             // offset, simm16, table index: the handler's own
  uint32_t detail[4] = {0, 0, 0, 0}; // the handler's own
  Modifiers mod;
  std::unique_ptr<Instruction> second; // VOPD: the other half
  std::string text;                    // as LLVM prints it, for messages and traces
  Facts facts;                         // for observers
};

} // namespace qcc::emulator::isa
