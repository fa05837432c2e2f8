// Checks that what scales weights is finite: a NaN there would spread silently through every token.
#pragma once

#include "compiler/weights/WeightFiles.h"
#include "mlir/IR/BuiltinOps.h"

namespace qcc {

/// Reads the scales, and floating-point zero points, of every qnt.parameter in `module` from
/// `files`. Fails with one sentence that names the first weight with a NaN or an infinity.
llvm::Error checkScales(mlir::ModuleOp module, WeightFiles &files);

} // namespace qcc
