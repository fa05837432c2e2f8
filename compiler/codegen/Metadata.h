// The metadata note of AMDGPU code objects: read for reports, merged when kernels are compiled
// apart.
#pragma once

#include "compiler/codegen/CodeObject.h"

namespace qcc::codegen {

/// What each kernel of a linked code object takes, in the order of the note.
llvm::Expected<std::vector<KernelResources>> readResources(llvm::ArrayRef<uint8_t> codeObject);

/// Moves the metadata of `objects` (relocatable files as LLVM wrote them) into one new object,
/// which is returned: a loader reads one note only, and the linker does not merge them. The notes
/// left in `objects` are marked for the linker to leave out.
llvm::Expected<llvm::SmallVector<char, 0>>
mergeMetadata(llvm::MutableArrayRef<llvm::SmallVector<char, 0>> objects);

} // namespace qcc::codegen
