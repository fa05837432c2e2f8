// The state memory of a step: which tokens it processes, where they stand in which sequence, and of
// which rows logits are wanted. See StateLayout in program.fbs.
#pragma once

#include "runtime/program_generated.h"

#include <span>

namespace qcc::runtime {

/// One row of a step: a token at a position of a sequence.
struct StepRow {
  uint32_t slot;
  uint32_t token;
  uint32_t position;
  bool wantLogits; // the n-th row that wants them gives logit row n

  bool operator==(const StepRow &) const = default;
};

/// Writes the state of a step with these rows (at most layout.row_capacity) to `bytes`, which are
/// layout.bytes. Returns the number of logit rows.
uint32_t writeStepState(const fb::StateLayout &layout, std::span<const StepRow> rows,
                        std::span<uint8_t> bytes);

} // namespace qcc::runtime
