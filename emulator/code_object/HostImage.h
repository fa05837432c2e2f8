// A code object or bundle in the program's own memory of which only the address is known, as
// hipModuleLoadData and __hipRegisterFatBinary pass it.
#pragma once

#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc::emulator {

/// Copies the image at `address`, of the extent that its own headers state: an ELF file up to the
/// end of its last segment (what lies behind is not loaded), an offload bundle, or a compressed
/// bundle. Memory that cannot be read is an error, not a crash.
llvm::Expected<std::vector<uint8_t>> copyHostImage(const void *address);

} // namespace qcc::emulator
