// Which bits of a wave's registers were ever written.
#pragma once

#include "emulator/isa/Instruction.h"
#include "emulator/isa/Wave.h"

#include <array>
#include <vector>

namespace qcc::emulator::checks {

/// One wave's registers. Most are wholly written in the lanes that use them, which one mask of
/// lanes says; the others keep a word of bits a lane.
class RegisterShadow {
public:
  RegisterShadow();

  /// The registers as the kernel finds them: those of the AMDHSA ABI are written, others not.
  void start(const isa::Wave &w);

  uint32_t scalar(unsigned slot) const { return scalars[slot]; }
  void setScalar(unsigned slot, uint32_t written) { scalars[slot] = written; }

  /// Bits written of a lane's register.
  uint32_t bits(unsigned reg, unsigned lane) const {
    return (whole[reg] >> lane) & 1 ? ~0u : partial[size_t(reg) * isa::laneStride + lane];
  }
  void setBits(unsigned reg, unsigned lane, uint32_t written) {
    const uint64_t bit = uint64_t(1) << lane;
    whole[reg] = written == ~0u ? whole[reg] | bit : whole[reg] & ~bit;
    used[reg] = true;
    partial[size_t(reg) * isa::laneStride + lane] = written;
  }
  /// Lanes whose register is wholly written.
  uint64_t wholeLanes(unsigned reg) const { return whole[reg]; }
  void setWhole(unsigned reg, uint64_t lanes) { whole[reg] |= lanes; }

  /// Lanes whose unwritten bits are a copy of global memory that nobody wrote.
  uint64_t copiedLanes(unsigned reg) const { return copied[reg]; }
  void setCopied(unsigned reg, uint64_t lanes, bool isCopy) {
    copied[reg] = isCopy ? copied[reg] | lanes : copied[reg] & ~lanes;
  }

  /// Whether every bit of the span is written in all of `lanes`.
  bool isWhole(const isa::RegisterSpan &span, uint64_t lanes) const;

private:
  static constexpr unsigned registerCount = 512 + 32;
  std::array<uint64_t, registerCount> whole{}, copied{};
  std::vector<uint32_t> partial;          // of lanes that are not whole
  std::array<bool, registerCount> used{}; // rows of `partial` that are not zero
  std::array<uint32_t, isa::SlotCount> scalars{};
};

} // namespace qcc::emulator::checks
