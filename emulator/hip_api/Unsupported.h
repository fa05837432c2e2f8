// A HIP call that the emulated device does not implement: says its name and fails.
#pragma once

#include "emulator/hip_api/HipAbi.h"

namespace qcc::emulator {

/// Prints, once, that `name` is not supported and returns hipErrorNotSupported, as last error too.
hipError_t refuseUnsupported(const char *name);

} // namespace qcc::emulator

/// A weak definition: any source file that implements the call replaces it.
#define QCC_UNSUPPORTED(name)                                                                      \
  extern "C" __attribute__((weak, visibility("default"))) hipError_t name() {                      \
    return qcc::emulator::refuseUnsupported(#name);                                                \
  }
