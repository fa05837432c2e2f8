// What observers need to know of an instruction beside its semantics: its class and the registers
// that it reads and writes, as LLVM's instruction descriptions have them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace llvm {
class MCInst;
class MCInstrInfo;
class MCRegisterInfo;
} // namespace llvm

namespace qcc::emulator::isa {

/// Instructions by the unit that executes them.
enum class InstructionClass : uint8_t {
  Vector,         // vector ALU
  Transcendental, // vector ALU at a quarter of the rate: exp, log, rcp, rsq, sqrt, sin, cos
  Matrix,         // MFMA, SMFMAC, WMMA, SWMMAC
  Scalar,         // scalar ALU
  ScalarMemory,
  Lds,          // LDS memory, and moves between lanes through its crossbar
  Global,       // global and buffer memory
  Flat,         // an address of any space
  Scratch,      // scratch memory
  CacheControl, // invalidations and write-backs
  Branch,       // jumps and the end of the program
  Barrier,
  Wait,  // s_waitcnt and its successors
  Other, // hints, messages, modes
};
constexpr unsigned instructionClassCount = 14;

/// "vector", "transcendental", ...: for tables and JSON.
std::string_view nameOf(InstructionClass c);

constexpr bool isVectorArithmetic(InstructionClass c) {
  return c == InstructionClass::Vector || c == InstructionClass::Transcendental;
}

/// Consecutive dwords of registers.
struct RegisterSpan {
  bool vector = false; // `first` is a vector register (accumulation from 256), else a scalar slot
  uint16_t first = 0;
  uint8_t count = 1;
};

/// The bit SCC as a scalar slot, for register spans only.
constexpr uint16_t slotScc = 143;

/// What single mnemonics have to themselves, as bits.
enum Trait : uint16_t {
  TraitMove = 1 << 0,          // moves a value and does nothing else to it
  TraitBuffer = 1 << 1,        // addresses memory by a buffer descriptor
  TraitReplaces = 1 << 2,      // an atomic whose result does not depend on what was in memory
  TraitClock = 1 << 3,         // reads a clock or another state of the chip
  TraitLaneSelect = 1 << 4,    // v_readlane, v_writelane
  TraitWritesOneLane = 1 << 5, // v_writelane: whatever EXEC says
  TraitDivFmas = 1 << 6,
  TraitHiddenM0 = 1 << 7,     // uses M0 without a wait of the hardware's own on gfx9
  TraitCrossbar = 1 << 8,     // an LDS instruction that reaches no memory: a move between lanes
  TraitCompareSwap = 1 << 9,  // an atomic
  TraitIndexes = 1 << 10,     // s_set_gpr_idx_on: executes what follows with registers moved
  TraitMovesResult = 1 << 11, // M0 is added to the number of the result's register
};

struct Facts {
  InstructionClass unit = InstructionClass::Other;
  uint16_t traits = 0;
  uint8_t waitStates = 1;   // that it takes: s_nop more than one
  uint8_t matrixPasses = 0; // of a matrix instruction of CDNA, four cycles each
  std::vector<RegisterSpan> reads, writes;
};

/// Fills in the registers of a decoded instruction. EXEC is not among the reads: every vector
/// instruction has it. MODE, and M0 and FLAT_SCRATCH where LLVM names them for every LDS and flat
/// instruction, are left out.
void findRegisters(const llvm::MCInst &inst, const llvm::MCInstrInfo &instructions,
                   const llvm::MCRegisterInfo &registers, Facts &facts);

/// The traits and the wait states of an instruction's text.
void findTraits(std::string_view text, Facts &facts);

/// The class of a mnemonic.
InstructionClass classify(std::string_view mnemonic);

} // namespace qcc::emulator::isa
