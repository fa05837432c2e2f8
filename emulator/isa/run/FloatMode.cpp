#include "emulator/isa/run/FloatMode.h"

#include <xmmintrin.h>

namespace qcc::emulator::isa {

void applyFloatMode(uint32_t mode) {
  // MODE: nearest, +infinity, -infinity, zero. MXCSR: nearest, -infinity, +infinity, zero.
  constexpr uint32_t rounding[] = {0x0000, 0x4000, 0x2000, 0x6000};
  constexpr uint32_t allMasked = 0x1f80, inputsAreZero = 0x0040, flushResults = 0x8000;
  uint32_t csr = allMasked | rounding[mode & 3];
  // Denormal field: bit 0 allows denormal inputs, bit 1 denormal results.
  csr |= (mode & 0x10) == 0 ? inputsAreZero : 0;
  csr |= (mode & 0x20) == 0 ? flushResults : 0;
  _mm_setcsr(csr);
}

FloatModeGuard::FloatModeGuard() : saved(_mm_getcsr()) {}
FloatModeGuard::~FloatModeGuard() {
  _mm_setcsr(saved);
}

} // namespace qcc::emulator::isa
