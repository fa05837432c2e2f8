// Runs the kernels of a code object on the emulated device's instruction set and counts what they
// do. Nothing that is counted depends on the data, which are zeros unless somebody gives others.
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
  uint64_t checkedWorkgroups = 4; ///< The first of the grid; 0: nothing is checked.
};

/// What a row of a step is: a token of the sequence in `slot`.
struct StepRow {
  int64_t token, slot, position;
};
StepRow rowOf(const CountedStep &step, int64_t row);

/// Writes the state memory of `step` (runtime/program.fbs).
void writeState(const CountedStep &step, llvm::MutableArrayRef<uint8_t> state);

/// What is in the memory behind a kernel's pointers.
class KernelData {
public:
  virtual ~KernelData() = default;
  /// Fills what pointer `argument` points to. It holds zeros, and the step's rows where it is the
  /// state memory.
  virtual llvm::Error fill(size_t argument, llvm::MutableArrayRef<uint8_t> memory) = 0;
  /// Is shown what a run has left there.
  virtual llvm::Error inspect(size_t argument, llvm::ArrayRef<uint8_t> memory) = 0;
};

/// Runs `kernel` for `step`, on `data` where they are given; checks watch another run, of the
/// workgroups that are checked, on what this one left: each does the same work on other data, and
/// checks take many times as long as counting.
llvm::Expected<CountedRun> runCounted(llvm::ArrayRef<uint8_t> code, const Chip &chip,
                                      const PlannedKernel &kernel, const CountedStep &step,
                                      KernelData *data = nullptr);

} // namespace qcc::model
