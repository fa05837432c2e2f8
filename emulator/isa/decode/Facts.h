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
  Lds,       // LDS memory, and moves between lanes through its crossbar
  Global,    // global and buffer memory
  Flat,      // an address of any space
  Scratch,   // scratch memory
  CacheControl, // invalidations and write-backs
  Branch,    // jumps and the end of the program
  Barrier,
  Wait,      // s_waitcnt and its successors
  Other,     // hints, messages, modes
};
constexpr unsigned instructionClassCount = 14;

/// "vector", "transcendental", ...: for tables and JSON.
std::string_view nameOf(InstructionClass c);

/// Consecutive dwords of registers.
struct RegisterSpan {
  bool vector = false; // `first` is a vector register (accumulation from 256), else a scalar slot
  uint16_t first = 0;
  uint8_t count = 1;
};

/// The bit SCC as a scalar slot, for register spans only.
constexpr uint16_t slotScc = 143;

struct Facts {
  InstructionClass unit = InstructionClass::Other;
  uint8_t matrixPasses = 0; // of a matrix instruction of CDNA, four cycles each
  std::vector<RegisterSpan> reads, writes;
};

/// Fills in the registers of a decoded instruction. EXEC is not among the reads: every vector
/// instruction has it. MODE, and M0 and FLAT_SCRATCH where LLVM names them for every LDS and flat
/// instruction, are left out.
void findRegisters(const llvm::MCInst &inst, const llvm::MCInstrInfo &instructions,
                   const llvm::MCRegisterInfo &registers, Facts &facts);

/// The class of a mnemonic.
InstructionClass classify(std::string_view mnemonic);

} // namespace qcc::emulator::isa
