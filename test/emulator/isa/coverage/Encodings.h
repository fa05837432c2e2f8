// The encodings of each generation: where the opcode lies, and operand fields that are legal for
// most of its instructions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace qcc::emulator::coverage {

/// Values of an instruction's dwords beside the fixed bits and the opcode.
struct Fill {
  uint32_t dwords[4];
};

struct Encoding {
  const char *family;  // as the ISA manuals name the encoding
  uint32_t fixed;      // of the first dword
  uint8_t shift;       // of the opcode in the first dword
  uint16_t opcodes;    // how many values it has
  uint8_t opcodeDword; // 0; a later one where a prefix comes first
  std::span<const Fill> fills;
  bool again; // a second way to encode instructions: no family, but a form that must bind too
};

/// The encodings of a generation ("gfx9", "gfx11", "gfx12"); a family of several rows is one.
std::span<const Encoding> encodingsOf(std::string_view generation);

} // namespace qcc::emulator::coverage
