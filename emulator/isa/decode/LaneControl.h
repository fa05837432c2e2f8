// DPP and SDWA modifiers of the assembler text.
#pragma once

#include "emulator/isa/decode/Families.h"

namespace qcc::emulator::isa {

/// The lane permutation of a DPP instruction; null when the line's control is not known.
std::unique_ptr<LanePermutation> parsePermutation(const AssemblyLine &line,
                                                  const DecodeContext &context);

/// Fills in the SDWA selections.
void parseSdwa(const AssemblyLine &line, Modifiers &mod);

} // namespace qcc::emulator::isa
