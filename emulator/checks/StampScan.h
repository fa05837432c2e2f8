// A quick look over many stamps: whether none of them needs a closer one.
#pragma once

#include "emulator/checks/RaceTable.h"

#include <cstddef>

namespace qcc::emulator::checks {

/// Which earlier stamps are no reason to look closer: those of other launches, the access's own,
/// and those of its workgroup up to a tick that all waves know of.
struct QuietRule {
  uint64_t mine = 0; // the access's own stamp
  uint64_t sharedWaves = 0,
           sharedGroups = 0; // for reads: stamps that already stand for all readers
  uint64_t safeTick = 0;
};

/// Whether all of `stamps` are quiet.
bool allQuiet(const uint64_t *stamps, size_t count, const QuietRule &rule);

/// Puts the own stamp into all but those that stand for all readers.
void stampReads(uint64_t *stamps, size_t count, const QuietRule &rule);

} // namespace qcc::emulator::checks
