// What one vector memory instruction asks of the memory system: distinct bytes and cache lines.
#pragma once

#include "emulator/counters/LineSet.h"
#include "emulator/isa/memory/Access.h"

namespace qcc::emulator {

/// The memory that the active lanes of one access touch together.
struct Footprint {
  uint32_t lanes = 0;       // active
  uint32_t bytes = 0;       // requested by all active lanes
  uint32_t uniqueBytes = 0; // distinct ones among them
  uint32_t lines64 = 0;     // distinct lines of 64 and of 128 bytes
  uint32_t lines128 = 0;
};

/// The footprint of `bytes` a lane at the addresses of the active lanes; its lines are added to
/// `launchLines` unless that is null.
Footprint footprintOf(const isa::Addresses &addresses, unsigned bytes, LineSet *launchLines);

/// The footprint of an access to scratch, whose addresses are offsets in each lane's own: memory
/// holds the same dword of all `lanes` lanes side by side.
Footprint scratchFootprintOf(const isa::Addresses &addresses, unsigned bytes, unsigned lanes);

} // namespace qcc::emulator
