// An input of fuzz_instructions: what the fuzzer and the writer of its seeds agree on.
#pragma once

#include <array>
#include <cstdint>

namespace qcc::emulator::test {

/// The chips that an input can name, by number.
inline constexpr std::array fuzzedChips{"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

/// Comes first; the kernel's code follows up to the end of the input.
struct FuzzedKernel {
  uint8_t chip = 0;
  uint8_t workItems = 0; // less one
  uint16_t kernelCodeProperties = 0;
  uint16_t kernargPreload = 0;
  uint16_t reserved = 0;
  uint32_t computePgmRsrc1 = 0, computePgmRsrc2 = 0, computePgmRsrc3 = 0;
};
static_assert(sizeof(FuzzedKernel) == 20);

} // namespace qcc::emulator::test
