// Atomic operations by name: what the new value is, given the old one and the operands.
#pragma once

#include "emulator/isa/Instruction.h"

#include <cstdint>
#include <string_view>

namespace qcc::emulator::isa {

/// The value to store; `operand` and `second` (what to compare with, mostly) are zero-extended.
using AtomicFunction = uint64_t (*)(uint64_t old, uint64_t operand, uint64_t second);

struct AtomicRow {
  const char *name; // "add", "smin_u32": the part behind the family's prefix
  uint8_t bytes;    // 4 or 8
  bool compares;    // two data operands
  AtomicFunction apply;
};

/// The row of a name, in the spelling of global, flat and buffer or of LDS instructions of any
/// generation; null when there is none.
const AtomicRow *findAtomic(std::string_view name);

/// An atomic instruction keeps its row in detail[2..3].
inline void setAtomicRow(Instruction &i, const AtomicRow &row) {
  const uint64_t address = reinterpret_cast<uint64_t>(&row);
  i.detail[2] = static_cast<uint32_t>(address);
  i.detail[3] = static_cast<uint32_t>(address >> 32);
}
inline const AtomicRow &atomicRow(const Instruction &i) {
  return *reinterpret_cast<const AtomicRow *>(i.detail[2] | static_cast<uint64_t>(i.detail[3])
                                                                << 32);
}

/// Applies a row at `p` as one indivisible step and gives the old value.
uint64_t applyAtomic(const AtomicRow &row, uint8_t *p, uint64_t operand, uint64_t compare);

} // namespace qcc::emulator::isa
