// Runs the kernels of a code object on the emulated device's instruction set, on zeros, and counts
// what they do. Nothing that is counted depends on the data.
#pragma once

#include "compiler/model/PlannedKernel.h"
#include "emulator/counters/Counters.h"

namespace qcc::model {

/// What of a kernel's vector instructions comes before its inner loop, and what is in it, in the
/// reduction and in the epilogue. In lane operations: instructions times the wave's width, whatever
/// lanes are active, and dual-issued ones twice.
struct LoopCounts {
  double prologue = 0, loop = 0;
  /// Every streaming load takes 16 bytes a lane.
  bool wideLoads = true;
};

/// The prologue ends at the barrier behind which rows are read from LDS, 16 bytes a lane, and comes
/// again where activations are loaded for another segment of the kernel or for a further stage.
LoopCounts countLoop(const emulator::LaunchCounters &counters);

/// A run: what was counted, and what the emulated device's checks of races, waits, hazards,
/// barriers and uninitialized values found in its first workgroups, a sentence each.
struct CountedRun {
  emulator::LaunchCounters counters;
  std::vector<std::string> findings;
};

/// Waves of the kernel that a SIMD of the chip holds at a time, whole workgroups on each compute
/// unit: what registers, LDS and wave slots allow.
double residentWavesPerSimd(llvm::ArrayRef<uint8_t> code, const Chip &chip,
                            const codegen::KernelResources &kernel);

/// What a kernel is run for: tokens from `position` on of each of `sequences`, `rows` of them in
/// all, whose logits are all wanted, and how many of the kernel's workgroups are counted.
struct CountedStep {
  int64_t rows = 1, position = 0;
  uint64_t mostWorkgroups = UINT64_MAX;
  int64_t sequences = 1;
};

/// Runs `kernel` for `step`.
llvm::Expected<CountedRun> runCounted(llvm::ArrayRef<uint8_t> code, const Chip &chip,
                                      const PlannedKernel &kernel, const CountedStep &step);

} // namespace qcc::model
