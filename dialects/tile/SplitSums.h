// Where the workgroups that share K of a matmul on matrix instructions leave their sums: the
// planner reserves memory by it, the lowering follows it.
#pragma once

#include "dialects/tile/Tile.h"

namespace qcc::tile {

/// A workgroup's tile has `rows` rows of the columns of its waves, of each of the matmuls that a
/// segment combines; the matmuls' tiles are counted one by one. `splits` workgroups compute it,
/// each over its own part of K. Each stores its sums, f32, and arrives at the counter of the tile;
/// the last one adds them in the order of K, so that they are the same in every run.
struct SplitSums {
  int64_t splits;
  int64_t rowTiles, columnTiles; ///< Of all matmuls.
  int64_t tileBytes;             ///< Sums of one matmul's tile.
  int64_t workspace;             ///< First byte in the workspace.
  int64_t counter;               ///< First counter.

  int64_t workspaceBytes() const { return splits * rowTiles * columnTiles * tileBytes; }
  /// One for each tile, though tiles that are combined need but one.
  int64_t counters() const { return rowTiles * columnTiles; }
};

/// Those of a matmul kernel with this body, or nothing where no workgroups share K. They lie behind
/// the columns that the kernel quantizes (QuantizedColumns.h).
std::optional<SplitSums> splitSumsOf(mlir::Block &body, ScheduleAttr schedule);

} // namespace qcc::tile
