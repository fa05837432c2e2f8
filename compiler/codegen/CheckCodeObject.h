// A code object is checked before it is handed out: LLVM 22 is known to emit, silently,
// instructions that a chip does not have.
#pragma once

#include "compiler/chips/Chips.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace qcc::codegen {

/// Succeeds when the linked `codeObject` needs no symbol from outside and every word of its kernels
/// is an instruction of `chip`. An error names the symbol, or the kernel and the offset in bytes
/// from its start.
llvm::Error checkCodeObject(llvm::ArrayRef<uint8_t> codeObject, const Chip &chip);

} // namespace qcc::codegen
