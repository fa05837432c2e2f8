// Puts the accesses of memory instructions into the form that observers get.
#pragma once

#include "emulator/isa/Observer.h"

namespace qcc::emulator::isa {

/// An access of vector lanes. `addresses` are what the instruction computes for `space`; those of
/// flat instructions are sorted by the space that they fall in.
void describeLanes(Wave &w, AccessList &list, AccessKind kind, Space space,
                   const Transfer &transfer, unsigned registers, const Addresses &addresses,
                   bool returns = false);

/// An access by the scalar unit to global memory.
void describeScalar(AccessList &list, uint64_t address, unsigned bytes, unsigned slot,
                    AccessKind kind = AccessKind::Load, bool returns = false);

/// Global addresses that lie in the wave's own scratch, as chips without scratch instructions form
/// them by a swizzled buffer, become an access to scratch.
void describeBuffer(Wave &w, AccessList &list, AccessKind kind, const Transfer &transfer,
                    unsigned registers, const Addresses &addresses, bool returns = false);

} // namespace qcc::emulator::isa
