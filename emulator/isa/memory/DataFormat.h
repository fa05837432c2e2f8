// Data formats of typed buffer instructions: how components lie in memory and what numbers they
// are.
#pragma once

#include "emulator/isa/decode/AssemblyText.h"

#include <cstdint>
#include <optional>

namespace qcc::emulator::isa {

enum class NumberFormat : uint8_t { Unorm, Snorm, Uscaled, Sscaled, Uint, Sint, None, Float };

struct DataFormat {
  uint8_t bits[4] = {0, 0, 0, 0}; // of each component, from the lowest bit up; 0: there is none
  NumberFormat number = NumberFormat::Unorm;

  unsigned components() const;
  unsigned bitOf(unsigned component) const; // where it begins
  unsigned bytes() const;                   // of an element
  bool isInteger() const { return number == NumberFormat::Uint || number == NumberFormat::Sint; }
};

/// Layouts are numbered as gfx9's descriptors have them ("8" is 1), 0 for one that does not exist.
DataFormat dataFormat(unsigned layout, NumberFormat number);
/// The format that gfx11 and gfx12 have under one number.
DataFormat unifiedFormat(unsigned number);
/// The format in the fourth word of a buffer descriptor.
DataFormat descriptorFormat(uint32_t word, bool gfx9);
/// The format that a tbuffer instruction names; what the text leaves out is the first of its kind.
std::optional<DataFormat> namedFormat(const AssemblyLine &line);

/// A component's bits as the 32-bit register that a load leaves, and the reverse: rounded to
/// nearest even, and held within what the component has.
uint32_t decodeComponent(uint32_t raw, unsigned bits, NumberFormat number);
uint32_t encodeComponent(uint32_t value, unsigned bits, NumberFormat number);

} // namespace qcc::emulator::isa
