#include "runtime/session/StepState.h"

#include <cstring>

namespace qcc::runtime {

/// Stores a little-endian 32-bit integer as element `index` of the array at `offset`.
static void store(std::span<uint8_t> bytes, uint64_t offset, uint64_t index, uint32_t value) {
  uint32_t stored = flatbuffers::EndianScalar(value);
  std::memcpy(bytes.data() + offset + index * sizeof(stored), &stored, sizeof(stored));
}

uint32_t writeStepState(const fb::StateLayout &layout, std::span<const StepRow> rows,
                        std::span<uint8_t> bytes) {
  std::memset(bytes.data(), 0, bytes.size());
  uint32_t logitRows = 0;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    store(bytes, layout.tokens(), i, rows[i].token);
    store(bytes, layout.slots(), i, rows[i].slot);
    store(bytes, layout.positions(), i, rows[i].position);
    if (rows[i].wantLogits) {
      store(bytes, layout.logit_index(), logitRows++, i);
    }
  }
  store(bytes, layout.rows(), 0, static_cast<uint32_t>(rows.size()));
  store(bytes, layout.logit_rows(), 0, logitRows);
  return logitRows;
}

} // namespace qcc::runtime
