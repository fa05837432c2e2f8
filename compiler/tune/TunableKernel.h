// A matmul kernel of a planned module, as far as tuning cares: what its schedule is looked up by,
// and the same kernel with other schedules.
#pragma once

#include "compiler/chips/Chips.h"
#include "compiler/tune/TuningTable.h"
#include "dialects/tile/Tile.h"

#include <optional>

namespace qcc::tune {

/// The key of a kernel of `kind` with this body, in an entry point of `batch` rows; none where
/// kernels are not tuned: only matmuls whose weights are all encoded alike are.
std::optional<TuningKey> keyOf(llvm::StringRef kind, mlir::Block &body, const Chip &chip,
                               int64_t batch, llvm::StringRef compiler);

/// The attribute that has the planner follow `tuning`.
tile::TuningAttr attributeOf(const MatmulTuning &tuning, int64_t batch, mlir::MLIRContext *context);

/// What of a kernel decides which schedules are legal, and how much work they are.
struct MatmulProblem {
  const Chip *chip = nullptr;
  int64_t depth = 0;            ///< K
  std::vector<int64_t> columns; ///< N of each matmul
  int64_t combined = 1;         ///< matmuls whose columns share lanes
  int64_t bits = 4, block = 0;  ///< of a weight; weights that share a scale
  int64_t stagedBytes = 2;      ///< of a feature of the rows in LDS
  int64_t batch = 1;
  /// Whether weights stream past the batch on a matrix instruction (passes/plan/MatrixForm.h), if
  /// their layout has its columns.
  bool hasMatrixForm = false;
};

MatmulProblem problemOf(llvm::StringRef kind, mlir::Block &body, const Chip &chip, int64_t batch);
inline MatmulProblem problemOf(tile::KernelOp kernel, const Chip &chip, int64_t batch) {
  return problemOf(kernel.getKind(), kernel.getBody().front(), chip, batch);
}

/// A module with nothing but a copy of `kernel` that follows `tuning`.
mlir::OwningOpRef<mlir::ModuleOp> copyOf(tile::KernelOp kernel, const MatmulTuning &tuning,
                                         const Chip &chip);

} // namespace qcc::tune
