// Scalar instructions that make register numbers depend on M0: s_movrel*, s_set_gpr_idx_*.
#pragma once

#include "emulator/isa/decode/Families.h"

namespace qcc::emulator::isa::scalar {

/// False for other mnemonics.
bool bindIndexed(const AssemblyLine &line, const DecodeContext &context, Instruction &i);

} // namespace qcc::emulator::isa::scalar
