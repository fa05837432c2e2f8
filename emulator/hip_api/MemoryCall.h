// What the calls that allocate and free device memory have in common.
#pragma once

#include "emulator/hip_api/Stream.h"

namespace qcc::emulator {

/// Allocates for a device; `*pointer` is null on failure, which is explained, and for 0 bytes.
hipError_t allocateMemory(void **pointer, size_t bytes, MemoryKind kind, int device,
                          unsigned flags);

/// Frees what allocateMemory gave, and tells the pool that it came from. A null pointer is no
/// error.
hipError_t releaseMemory(void *pointer);

} // namespace qcc::emulator
