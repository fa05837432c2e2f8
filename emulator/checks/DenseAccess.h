// The common case of a memory access, for which short cuts hold: lanes side by side.
#pragma once

#include "emulator/isa/Observer.h"

namespace qcc::emulator::checks {

/// The bytes that the active lanes touch together when the first lane's begin the range and every
/// later active lane's follow at once, or when all lanes touch the same; an empty range otherwise.
AddressRange denseRange(const isa::MemoryAccess &access);

} // namespace qcc::emulator::checks
