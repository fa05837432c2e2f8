// The wave's rounding and denormal modes on the host's floating-point unit.
#pragma once

#include <cstdint>

namespace qcc::emulator::isa {

/// Sets this thread's rounding and flush modes to FLOAT_MODE (bits 0..7 of MODE): single
/// precision's fields decide, as the host has one mode for both precisions.
void applyFloatMode(uint32_t mode);

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
