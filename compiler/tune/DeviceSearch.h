// Finds the schedule of a matmul kernel that a device runs fastest: the machine model says which
// are worth a measurement, the device decides.
#pragma once

#include "compiler/tune/DeviceTimer.h"
#include "compiler/tune/Search.h"

namespace qcc::tune {

/// Measures what `search` shortlists of `kernel`, whose key is `key`, `suggested` included; none
/// where it has no legal schedule. The entry says both what the model projects and what was
/// measured. Error: DeviceError.
llvm::Expected<std::optional<TuningEntry>> fastestOf(tile::KernelOp kernel, const TuningKey &key,
                                                     std::optional<MatmulTuning> suggested,
                                                     const Chip &chip, Search &search,
                                                     DeviceTimer &timer);

} // namespace qcc::tune
