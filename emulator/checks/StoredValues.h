// What stores write, read from their registers before they are executed.
#pragma once

#include "emulator/isa/Observer.h"

namespace qcc::emulator::checks {

/// Whether the access is a store whose data are in registers.
bool isPlainStore(const isa::MemoryAccess &access);

/// The bytes of a plain store by `lane` from `address` on, up to the end of the dword there;
/// returns how many.
unsigned storedDword(const isa::Wave &w, const isa::MemoryAccess &access, unsigned lane,
                     uint64_t address, uint8_t (&to)[4]);

/// The bytes of a run (forRuns) of a plain store that begins with `firstLane`.
void storedRun(const isa::Wave &w, const isa::MemoryAccess &access, const AddressRange &run,
               unsigned firstLane, uint8_t *to);

} // namespace qcc::emulator::checks
