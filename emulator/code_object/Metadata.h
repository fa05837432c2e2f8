// The metadata note of a code object: what a kernel's arguments are and what it needs to run.
#pragma once

#include "emulator/code_object/CodeObject.h"

namespace qcc::emulator {

/// Reads `amdhsa.kernels` from the note's MessagePack document (LLVM AMDGPUUsage, "Code Object
/// V3-V6 Metadata"); descriptor addresses are left 0. The error names the kernel and the field.
llvm::Expected<std::vector<KernelInfo>> readKernelMetadata(Bytes document);

} // namespace qcc::emulator
