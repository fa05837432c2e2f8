// How many waves and workgroups of a kernel fit on the chip at once, from what its descriptor asks
// for.
#pragma once

#include "emulator/code_object/Chips.h"

namespace qcc::emulator {

/// What a launch asks of the chip.
struct ResourceUse {
  uint32_t computePgmRsrc1 = 0; // of the kernel descriptor
  uint32_t waveSize = 64;
  uint32_t workItems = 1; // a workgroup
  uint64_t ldsBytes = 0;  // a workgroup
};

struct Occupancy {
  uint32_t encodedRegisters = 0;   // vector registers that the descriptor asks for
  uint32_t vectorRegisters = 0;    // given to a wave, a lane; accumulation registers among them
  uint32_t scalarRegisters = 0;    // given to a wave
  uint32_t wavesPerSimd = 0;       // that registers and wave slots allow
  uint32_t workgroups = 0;         // that a multiprocessor holds at once, LDS considered as well
  double residentWavesPerSimd = 0; // those workgroups' waves
  std::string_view limit;          // what allows no more: "wave slots", "vector registers", ...
};

Occupancy occupancyOf(const ResourceUse &use, const Chip &chip);

} // namespace qcc::emulator
