// A tunable kernel with one of its schedules, compiled alone.
#pragma once

#include "compiler/model/PlannedKernel.h"
#include "compiler/tune/TuningTable.h"

namespace qcc::tune {

struct CompiledKernel {
  model::PlannedKernel kernel; ///< with its geometry
  codegen::CodeObject code;
};

/// Compiles a copy of `kernel` that follows `tuning`. What does not compile is no schedule: the
/// error says which stage failed, and nothing is reported.
llvm::Expected<CompiledKernel> compileAlone(tile::KernelOp kernel, const MatmulTuning &tuning,
                                            const Chip &chip);

} // namespace qcc::tune
