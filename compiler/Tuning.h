// What a compilation asks of the autotuner (compiler/tune).
#pragma once

#include "compiler/Options.h"
#include "compiler/Progress.h"
#include "compiler/tune/Autotune.h"

namespace qcc {

/// The table that ships with the compiler, and before it the user's; empty with --autotune=off.
llvm::Expected<tune::TuningTable> readTables(const Options &options, const Chip &chip);

/// Adds to `table` the matmul kernels of `fused` (a module that the fuse stage has left) that it
/// does not know, and to the user's table if there is one: after every kernel, so that nothing is
/// lost when the search is ended. With --autotune=device those that are not measured in the user's
/// table count as unknown, whatever else is known of them; errors of the device are
/// tune::DeviceError.
llvm::Error searchSchedules(mlir::ModuleOp fused, const Chip &chip, const Options &options,
                            tune::TuningTable &table, Progress &progress);

} // namespace qcc
