// A quick look over many stamps: whether none of them needs a closer one.
#pragma once

#include "emulator/checks/RaceTable.h"

#include <cstddef>

namespace qcc::emulator::checks {

/// The access that looks.
struct QuietRule {
  uint64_t mine = 0;     // its stamp
  uint64_t safeTick = 0; // up to which its wave knows of all others of the workgroup
  uint64_t sharedWaves = 0, sharedGroups = 0; // of a read: stamps that stand for several readers
};

/// Whether all of `stamps` are of other launches, the access's own, or of its workgroup up to the
/// safe tick.
bool allOrdered(const uint64_t *stamps, size_t count, const QuietRule &rule);

/// Whether all of `stamps`, of reads, are of other launches, of the same workgroup, or stand for
/// several workgroups already.
bool allReadable(const uint64_t *stamps, size_t count, const QuietRule &rule);

/// Stamps reads that `allReadable` has found: one that another wave has read since the safe tick
/// stands for several waves from then on.
void stampReads(uint64_t *stamps, size_t count, const QuietRule &rule);

} // namespace qcc::emulator::checks
