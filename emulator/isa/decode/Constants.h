// Constants of the assembler text as bits of the type that the instruction reads.
#pragma once

#include "emulator/isa/Instruction.h"

#include <optional>
#include <string_view>

namespace qcc::emulator::isa {

/// "-4", "0x3f800000", "0.5": an integer is taken as it is (a hexadecimal literal of a 64-bit float
/// is its upper half), a decimal fraction is converted to `type`.
std::optional<Operand> parseConstant(std::string_view text, Type type);

/// src_shared_base, src_private_base and their limits: 64-bit values that a 32-bit read takes the
/// upper half of.
std::optional<Operand> apertureConstant(std::string_view text);

} // namespace qcc::emulator::isa
