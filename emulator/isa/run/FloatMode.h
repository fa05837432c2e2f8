// The wave's rounding and denormal modes on the host's floating-point unit.
#pragma once

#include <cstdint>

namespace qcc::emulator::isa {

/// Sets this thread's rounding and flush modes to those that FLOAT_MODE (bits 0..7 of MODE) has for
/// single precision: the host has one mode for all.
void applyFloatMode(uint32_t mode);

/// MODE with the fields for half and double precision in the place of those for single.
inline uint32_t halfAndDoubleMode(uint32_t mode) {
  return (mode & ~0x33u) | ((mode >> 2) & 0x33u);
}

/// The thread's own mode, put back when the object dies.
class FloatModeGuard {
public:
  FloatModeGuard();
  ~FloatModeGuard();
  FloatModeGuard(const FloatModeGuard &) = delete;
  FloatModeGuard &operator=(const FloatModeGuard &) = delete;

private:
  uint32_t saved;
};

} // namespace qcc::emulator::isa
