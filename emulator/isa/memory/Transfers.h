// The width part of a memory instruction's name ("dwordx4", "d16_hi_b16", "u8") as a Transfer.
#pragma once

#include "emulator/isa/memory/Access.h"

#include <optional>
#include <string_view>

namespace qcc::emulator::isa {

/// Both generations' spellings; nothing when the text is none.
std::optional<Transfer> parseTransfer(std::string_view suffix);

/// A lane's transfer packed into an instruction's `detail` words, and back.
inline uint32_t packTransfer(const Transfer &t) {
  return t.bytes | t.dwords << 8 | t.signExtend << 16 | t.half << 17 | t.upper << 18;
}
inline Transfer unpackTransfer(uint32_t u) {
  return {static_cast<uint8_t>(u), static_cast<uint8_t>((u >> 8) & 0xff), (u >> 16 & 1) != 0,
          (u >> 17 & 1) != 0, (u >> 18 & 1) != 0};
}

} // namespace qcc::emulator::isa
