// lld, in process: relocatable AMDGPU objects to one code object.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc::codegen {

/// Links `objects` in their order into a shared object. Passes through a temporary folder, which is
/// gone afterwards and whose name is nowhere in the result. One link runs at a time, since lld's
/// state is global.
llvm::Expected<std::vector<uint8_t>>
linkObjects(llvm::ArrayRef<llvm::SmallVector<char, 0>> objects);

} // namespace qcc::codegen
