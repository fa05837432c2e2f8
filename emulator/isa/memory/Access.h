// Reads and writes of device memory by one lane, with the check that every address belongs to it.
#pragma once

#include "emulator/isa/Wave.h"

namespace qcc::emulator::isa {

/// Address spaces that vector memory instructions reach.
enum class Space : uint8_t { Global, Flat, Scratch, Lds };

/// How a load or store moves data between memory and a lane's registers.
struct Transfer {
  uint8_t bytes = 4;
  uint8_t dwords = 1; // registers a lane
  bool signExtend = false;
  bool half = false;  // d16: one half of the register, the other stays
  bool upper = false; // d16_hi
};

/// What one vector memory instruction addresses: filled in for the lanes of `active`.
struct Addresses {
  uint64_t active = 0;
  alignas(64) uint64_t of[laneStride];
};

/// The lowest and highest address of the lanes that take part; highest < lowest when none does.
struct AddressSpan {
  uint64_t lowest, highest;
};

/// A flat address as the space that it falls in; `address` becomes the one there.
Space resolveFlat(uint64_t &address);

/// Whether [address, address + bytes) is device memory; remembers the allocation.
bool isDeviceMemory(Wave &w, uint64_t address, uint64_t bytes);

/// Whether all active lanes' [address, address + bytes) lie in one allocation.
bool inOneAllocation(Wave &w, const Addresses &a, unsigned bytes);

/// Moves `bytes` between `space` and `data`; false after a fault.
bool readLane(Wave &w, Space space, unsigned lane, uint64_t address, unsigned bytes, void *data);
bool writeLane(Wave &w, Space space, unsigned lane, uint64_t address, unsigned bytes,
               const void *data);

/// A pointer to `bytes` (4 or 8) that an atomic may work on; null after a fault.
uint8_t *atomicPointer(Wave &w, Space space, unsigned lane, uint64_t address, unsigned bytes);

/// A value of less than a dword as a dword, with its sign when the transfer has one.
static inline uint32_t extended(const Transfer &t, uint32_t value) {
  if (!t.signExtend || t.bytes >= 4) {
    return value;
  }
  const unsigned unused = 32 - t.bytes * 8u;
  return static_cast<uint32_t>(static_cast<int32_t>(value << unused) >> unused);
}

/// Puts what a lane loaded into its registers, and the reverse.
static inline void putLoaded(Wave &w, const Transfer &t, unsigned reg, unsigned lane,
                             const uint32_t (&data)[4]) {
  uint32_t *v = w.vector(reg) + lane;
  if (t.bytes >= 4) {
    for (unsigned k = 0; k < t.dwords; ++k) {
      v[k * laneStride] = data[k];
    }
    return;
  }
  const uint32_t value = extended(t, data[0]);
  if (!t.half) {
    *v = value;
  } else if (t.upper) {
    *v = (*v & 0xffff) | value << 16;
  } else {
    *v = (*v & 0xffff0000) | (value & 0xffff);
  }
}
static inline void takeStored(Wave &w, const Transfer &t, unsigned reg, unsigned lane,
                              uint32_t (&data)[4]) {
  const uint32_t *v = w.vector(reg) + lane;
  for (unsigned k = 0; k < t.dwords; ++k) {
    data[k] = v[k * laneStride];
  }
  if (t.upper) {
    data[0] >>= 16;
  }
}

/// Faults with the lane and address that were wrong.
void addressFault(Wave &w, const char *what, unsigned lane, uint64_t address, unsigned bytes);

} // namespace qcc::emulator::isa
