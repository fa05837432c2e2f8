// What the calls that copy to and from the program's device variables have in common.
#pragma once

#include "emulator/hip_api/HipAbi.h"

namespace qcc::emulator {

/// The device address of `offset` in a variable that has room for `bytes` more; refusals are
/// explained.
hipError_t addressInVariable(const void *symbol, size_t offset, size_t bytes, void *&address);

} // namespace qcc::emulator
