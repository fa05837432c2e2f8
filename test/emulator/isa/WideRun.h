// One instruction with many registers, in waves of either size.
#pragma once

#include "test/emulator/isa/Harness.h"

namespace qcc::emulator::test {

/// What `runVector` does, for any number of registers and for waves of `lanes` lanes.
std::vector<std::vector<uint32_t>> runWide(const std::string &chip, const VectorCase &test,
                                           uint32_t lanes);

} // namespace qcc::emulator::test
