// Program flow, barriers, hardware registers and everything else that a scalar instruction can do
// beyond computing a value.
#pragma once

#include "emulator/isa/decode/Families.h"

namespace qcc::emulator::isa::scalar {

/// Branches, s_endpgm, s_barrier, s_sleep, s_getreg and their like; false for other mnemonics.
bool bindControl(const AssemblyLine &line, const DecodeContext &context, Instruction &i);

} // namespace qcc::emulator::isa::scalar
