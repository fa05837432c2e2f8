// The autotuner: gives the matmul kernels of a decoder the schedules that a tuning table knows to
// be best, and finds those that it does not know.
//
//   TuningTable    what is known, as a text file; one ships inside the compiler (shippedTable)
//   TunableKernel  the key of a kernel, and the kernel with another schedule
//   Schedules      all legal schedules of a kernel, hundreds
//   Work           what one costs by the machine model, guessed or counted
//   CompiledKernel one schedule compiled
//   Measure        the same, counted on the emulated device
//   Search         guess all, compile few, keep the best
//   DeviceSearch   the same few timed on a GPU (DeviceTimer), by a plan (TimingPlan)
//   DecoderShapes  the decoders that the shipped table is made for, by qcc-tune
//
// A schedule has two halves. The layout of the weights is shared by all entry points; the rest is
// the decode entry's. `applyTable` runs before the plan stage and leaves a `tile.tuning` attribute
// on each kernel that a table knows; searches run on the kernels of a module that was planned for
// the purpose. docs/autotuner.md has the whole story.
#pragma once

#include "compiler/Progress.h"
#include "compiler/tune/Search.h"

namespace qcc::tune {

/// The version of entries that this compiler makes and follows.
llvm::StringRef compilerVersion();

/// The table that ships with the compiler, of one chip.
llvm::Expected<TuningTable> shippedTable(const Chip &chip);

/// Marks the kernels (lm.fused) of `module` that `table` knows with their tuning. `batch`: rows of
/// the decode entry point. An error names an entry that is no schedule of its kernel.
llvm::Error applyTable(mlir::ModuleOp module, const TuningTable &table, const Chip &chip,
                       int64_t batch);

/// The tunable kernels of a planned module's decode entry point, by their keys.
std::map<TuningKey, tile::KernelOp> tunableKernels(mlir::ModuleOp planned, const Chip &chip,
                                                   int64_t batch);

} // namespace qcc::tune
