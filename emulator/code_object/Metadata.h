// The metadata note of a code object: what a kernel's arguments are and what it needs to run.
#pragma once

#include "emulator/code_object/CodeObject.h"

namespace qcc::emulator {

struct Metadata {
  std::vector<KernelInfo> kernels; // descriptor addresses are 0
  PrintfFormats printfFormats;
};

/// Reads `amdhsa.kernels` and `amdhsa.printf` from the note's MessagePack document (LLVM
/// AMDGPUUsage, "Code Object V3-V6 Metadata"). The error names the kernel and the field.
llvm::Expected<Metadata> readMetadata(Bytes document);

} // namespace qcc::emulator
