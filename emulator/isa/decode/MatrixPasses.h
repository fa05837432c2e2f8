// How long a matrix instruction of CDNA holds the matrix unit, as LLVM's scheduling models have it.
#pragma once

#include <cstdint>

namespace llvm {
class MCInst;
class MCInstrInfo;
class MCSubtargetInfo;
} // namespace llvm

namespace qcc::emulator::isa {

/// Passes of four cycles; 1 for an instruction for which the chip's model states no more.
uint8_t matrixPasses(const llvm::MCInst &inst, const llvm::MCInstrInfo &instructions,
                     const llvm::MCSubtargetInfo &chip);

} // namespace qcc::emulator::isa
