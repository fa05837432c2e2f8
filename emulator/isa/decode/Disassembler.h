// LLVM's disassembler for one chip, giving the assembler text of one instruction at a time.
#pragma once

#include "emulator/isa/decode/Facts.h"

#include <cstdint>
#include <memory>
#include <string>

namespace qcc::emulator::isa {

/// One instruction as LLVM reads it.
struct Disassembled {
  uint32_t bytes = 0; // 0: not an instruction
  std::string text;
  int64_t immediate = 0; // the last immediate operand (branch offset, swizzle pattern)
  Facts facts;           // registers; the class is the caller's
};

class Disassembler {
public:
  /// `features` as LLVM spells them ("+wavefrontsize64").
  Disassembler(const std::string &chip, const std::string &features);
  ~Disassembler();
  /// The instruction at `code`, of which `available` bytes may be read; `offset` is its address.
  Disassembled at(const uint8_t *code, size_t available, uint64_t offset) const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts;
};

} // namespace qcc::emulator::isa
