#include "emulator/checks/RegisterShadow.h"

#include "emulator/isa/Chip.h"

#include <algorithm>

namespace qcc::emulator::checks {

namespace {

/// Scalar registers that hold something at the entry. Source: LLVM AMDGPUUsage, "Initial Kernel
/// Execution State": the user registers, then those that COMPUTE_PGM_RSRC2 enables.
unsigned scalarsAtEntry(const isa::Wave &w) {
  const KernelDescriptor &d = w.launch->dispatch->kernel->descriptor;
  const unsigned user = (d.computePgmRsrc2 >> 1) & 0x1f;
  const unsigned system = static_cast<unsigned>(__builtin_popcount(d.computePgmRsrc2 & 0x780));
  const bool scratch = (d.computePgmRsrc2 & 1) != 0 && !w.launch->chip->architectedFlatScratch;
  return user + system + scratch;
}

} // namespace

RegisterShadow::RegisterShadow() : partial(size_t(registerCount) * isa::laneStride) {}

void RegisterShadow::start(const isa::Wave &w) {
  whole.fill(0);
  copied.fill(0);
  scalars.fill(0);
  for (unsigned reg = 0; reg < registerCount; ++reg) {
    if (used[reg]) {
      std::fill_n(partial.begin() + size_t(reg) * isa::laneStride, isa::laneStride, 0);
      used[reg] = false;
    }
  }
  whole[0] = ~0ull; // the work-item's coordinates
  const unsigned entry = scalarsAtEntry(w);
  std::fill_n(scalars.begin(), entry, ~0u);
  std::fill(scalars.begin() + isa::SlotTtmp, scalars.begin() + isa::SlotTtmp + 16, ~0u);
  for (unsigned slot : {isa::SlotExec, isa::SlotFlatScratch, isa::SlotXnackMask}) {
    scalars[slot] = scalars[slot + 1] = ~0u;
  }
}

bool RegisterShadow::isWhole(const isa::RegisterSpan &span, uint64_t lanes) const {
  for (unsigned n = span.first; n < unsigned(span.first) + span.count; ++n) {
    if (span.vector ? (lanes & ~whole[n]) != 0 : scalars[n] != ~0u) {
      return false;
    }
  }
  return true;
}

} // namespace qcc::emulator::checks
