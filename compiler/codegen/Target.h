// LLVM's view of a chip: target machine and disassembler.
#pragma once

#include "compiler/chips/Chips.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace qcc::codegen {

/// The triple of every chip.
llvm::Triple amdgpuTriple();

/// LLVM's AMDGPU back end, initialized on the first call; an error when this LLVM was built without
/// it.
llvm::Expected<const llvm::Target *> amdgpuTarget();

/// The code generator for `chip` at LLVM's `optimization` level, 0 to 3.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine(const Chip &chip,
                                                                   unsigned optimization);

} // namespace qcc::codegen
