// The row that a vector mnemonic of any generation stands for.
#pragma once

#include "emulator/isa/decode/Families.h"

#include <string>

namespace qcc::emulator::isa {

/// "v_add_nc_u32" -> "v_add_u32": one name for the same meaning, with what selects between rows of
/// one mnemonic (clamp, signedness, 8-bit float encoding) appended.
std::string vectorRowName(const AssemblyLine &line, const DecodeContext &context);

/// Whether a 16-bit result leaves the other half of its register as it was.
bool keepsOtherHalf(std::string_view mnemonic, const ChipRow &chip);

} // namespace qcc::emulator::isa
