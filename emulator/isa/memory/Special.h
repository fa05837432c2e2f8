// Memory instructions whose lanes do not each move their own few registers.
#pragma once

#include "emulator/isa/decode/Families.h"

namespace qcc::emulator::isa {

/// ds_read_*_tr_*: loads that transpose a small matrix among 16 lanes; false for other mnemonics.
bool bindTransposingLoad(const AssemblyLine &line, Instruction &i);

/// global_*_addtid_b32 and global_, scratch_*_block; false for other mnemonics.
bool bindBlockMove(const AssemblyLine &line, Instruction &i);

/// buffer_*_format_* and tbuffer_*: moves that convert by a data format; false for other mnemonics.
bool bindBufferFormat(const AssemblyLine &line, Instruction &i);

/// Operand 2 of a scalar memory instruction, "0x10", "s6 offset:0x10" or "null", which may be
/// absent: its register to src[1] and its constants to the immediate.
bool takeScalarOffset(const AssemblyLine &line, Instruction &i);

/// s_store_*, s_atomic_* and their buffer and scratch forms; false for other mnemonics.
bool bindScalarStore(const AssemblyLine &line, Instruction &i);

} // namespace qcc::emulator::isa
