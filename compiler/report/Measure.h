// Measures the kernels of a model that was just compiled.
#pragma once

#include "compiler/Progress.h"
#include "compiler/report/ModelReport.h"

namespace qcc::report {

/// Fills `report.kernels` and `report.tokens` for `model`, by the chip and the limits that `report`
/// has. Batches are 1, 2, 4, 8 and 16 up to the largest, contexts 128, 1024, 8192 and so on up to
/// the longest. Of a grid of matmuls some workgroups are counted; attention is counted for up to
/// 1024 positions, and made from two counts beyond, since its work grows by the position.
llvm::Error measureModel(const model::PlannedModel &model, ModelReport &report, Progress &progress);

} // namespace qcc::report
