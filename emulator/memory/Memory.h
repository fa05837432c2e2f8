// Device memory of the emulated device: host memory with a registry of what is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace qcc::emulator {

/// Whether [address, address + bytes) lies in one live allocation (or in a loaded code object's
/// segment). Cheap enough for one call a wave and memory instruction: callers may cache the range
/// found.
struct AddressRange {
  uint64_t begin = 0;
  uint64_t end = 0; // one past the last byte; begin == end means: not allocated
};

/// The live allocation that holds `address`, or an empty range. Safe to call from any thread.
AddressRange findAllocation(uint64_t address);

/// What an address that is not allocated is near to: "a null pointer", "8 bytes past the end of an
/// allocation of 4096 bytes", "freed: byte 64 of what was an allocation of 4096 bytes"; empty when
/// nothing is known. Safe to call from any thread.
std::string explainAddress(uint64_t address);

} // namespace qcc::emulator
