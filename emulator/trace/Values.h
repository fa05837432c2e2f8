// Registers and addresses as a trace prints them.
#pragma once

#include "emulator/isa/Observer.h"

#include <string>
#include <vector>

namespace qcc::emulator {

/// "v12", "a3", "s7", "vcc_lo", "m0", "scc", ...
std::string registerName(bool vector, unsigned index);

/// What a register holds: of a vector register the lanes of `exec`. "0x5" when they agree, else the
/// first four and how many there are: "0x0 0x4 0x8 0xc .. (64 lanes)"; "no lane" when exec is 0.
std::string registerValue(isa::Wave &w, bool vector, unsigned index, uint64_t exec);

/// "load global 4 bytes: 0x7f0000001000 0x7f0000001004 .. (64 lanes)".
std::string accessText(const isa::MemoryAccess &access);

/// One register of an instruction's facts.
struct NamedRegister {
  bool vector;
  uint16_t index;
};

/// Each register once, in the order of its first mention.
std::vector<NamedRegister> registersOf(const std::vector<isa::RegisterSpan> &spans);

} // namespace qcc::emulator
