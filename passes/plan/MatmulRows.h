// The rows of a matmul, as schedules see them.
#pragma once

#include "dialects/qnt/Qnt.h"

namespace qcc::plan {

/// The type of the rows in memory: norms and selections in front of a matmul are part of its staging.
mlir::Type rowsInMemory(qnt::MatmulOp matmul);

/// Bytes of a staged feature of rows that go to vector instructions. Rows that are not quantized are staged as f32
/// when they are of other types than f16, or beside weights that do not unpack to f16.
int64_t stagedBytes(qnt::MatmulOp matmul);

} // namespace qcc::plan
