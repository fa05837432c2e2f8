// How an attention kernel is cut into workgroups, waves and lanes: the planner reserves memory by
// it, the lowering follows it.
#pragma once

#include "dialects/lm/Lm.h"
#include "dialects/tile/Tile.h"

namespace qcc::tile {

/// A workgroup attends for one row, and for query heads that share a key/value head: each key and
/// value that it loads serves all of them. Of a head, a lane holds `pieces` vectors of `vector`
/// elements; `lanes` neighbouring lanes, a lane group, hold a whole head, so that a wave visits
/// `groups` positions at once.
struct AttentionPartition {
  AttentionPartition(lm::AttentionOp op, ScheduleAttr schedule, int64_t waveSize);

  int64_t size;   ///< Elements of a head.
  int64_t vector; ///< Elements of a load, 16 bytes unless the size has no such divisor.
  int64_t lanes, pieces;
  int64_t groups; ///< Lane groups of a wave.
  int64_t heads;  ///< Query heads of a workgroup.
  int64_t blocks; ///< Workgroups that attend for one row, over all heads.
  int64_t unroll; ///< Positions that a lane group has in flight.

  /// Elements of one query head that a lane holds.
  int64_t laneElements() const { return pieces * vector; }
};

} // namespace qcc::tile
