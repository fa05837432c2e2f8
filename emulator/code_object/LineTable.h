// Source lines of a code object's instructions, from its DWARF line tables.
#pragma once

#include "emulator/code_object/Bytes.h"
#include "emulator/isa/Dispatch.h"

#include <memory>

namespace qcc::emulator {

/// A table for code that lies at `codeAddress` in the code object's address space; `file` is
/// copied. Null when the object has no debug information or it cannot be read.
std::shared_ptr<const SourceLines> readLineTable(Bytes file, uint64_t codeAddress);

} // namespace qcc::emulator
