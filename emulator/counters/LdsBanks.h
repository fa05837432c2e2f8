// How many cycles the banks of the LDS need for one access of a wave: the model of bank conflicts.
//
// The LDS has 32 banks of 4 bytes (gfx950 reads by 64), each of which delivers one dword a cycle.
// An access is served in phases of neighbouring lanes, so many that the dwords of a phase can fill
// all banks once. Within a phase, lanes that want the same dword share one delivery; a bank from
// which k different dwords are wanted takes k cycles, and the phase as long as its slowest bank.
//
// Sources: bank width and broadcast, ROCm Compute Profiler's documentation, "Local data share";
// lanes a phase by width and gfx950's 64 banks for reads, AMD's rocRoller (LDSBankModel); the order
// of lanes in 16-byte reads of gfx942 and gfx950, AMD's change of Triton's layouts
// (triton-lang/triton #11365).
#pragma once

#include "emulator/isa/Chip.h"
#include "emulator/isa/Observer.h"

namespace qcc::emulator {

/// Cycles of the banks for one access.
struct BankCycles {
  uint32_t total = 0; // with conflicts
  uint32_t unhindered =
      0; // phases that have an active lane: what the access takes without conflicts
};

/// The access must be to LDS: its addresses are offsets there.
BankCycles bankCycles(const isa::ChipRow &chip, const isa::MemoryAccess &access);

} // namespace qcc::emulator
