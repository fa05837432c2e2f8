// Which attention kernels go to matrix instructions, and how.
#pragma once

#include "dialects/lm/Lm.h"
#include "dialects/tile/Tile.h"

namespace qcc::plan {

/// The chip, as far as attention on matrix instructions depends on it.
struct FlashChip {
  llvm::ArrayRef<int64_t> matrix; ///< Of 16-bit floats, as `#tile.matrix_shape`; none: it has none.
  int64_t waveSize, ldsBytes;
};

/// The schedule of an attention kernel on matrix instructions, or null: then each row is attended
/// to by itself.
///
/// Matrix instructions take kernels of more rows than are decoded together, whose queries are of
/// f16 or bf16, as the cache is, unless that has 8 bits; whose heads are whole operands; and whose
/// result is quantized, if at all, in blocks that a wave holds. Queries and results stay in
/// registers: a head for which those are too few stays with the other form.
tile::ScheduleAttr flashSchedule(lm::FusedOp kernel, const FlashChip &chip);

} // namespace qcc::plan
