// How an attention kernel is cut into workgroups, waves and lanes: the planner reserves memory by
// it, the lowering follows it.
#pragma once

#include "dialects/lm/Lm.h"
#include "dialects/tile/Tile.h"

namespace qcc::tile {

/// A workgroup attends for one row, and for query heads that share a key/value head: each key and
/// value that it loads serves all of them. Of a head, a lane holds `pieces` vectors of `vector`
/// elements; `lanes` neighbouring lanes, a lane group, hold a whole head, so that a wave visits
/// several positions at once.
struct HeadPartition {
  explicit HeadPartition(lm::AttentionOp op);

  int64_t size;   ///< Elements of a head.
  int64_t vector; ///< Elements of a load, 16 bytes unless the size has no such divisor.
  int64_t lanes, pieces;
  int64_t heads;  ///< Query heads of a workgroup.
  int64_t blocks; ///< Workgroups that attend for one row, over all heads.
};

/// Where positions are split, each of `splits` workgroups attends to a part of them and leaves a
/// partial result in the workspace, which the last to arrive combines.
struct AttentionPartition : HeadPartition {
  AttentionPartition(lm::AttentionOp op, ScheduleAttr schedule);

  int64_t rows;
  int64_t splits;
  int64_t waves;
  int64_t unroll; ///< Positions that a lane group has in flight.

  /// Lane groups of a wave.
  int64_t groups(int64_t waveSize) const { return waveSize / lanes; }
  /// Positions that a workgroup visits in a turn.
  int64_t turnPositions(int64_t waveSize) const { return waves * groups(waveSize) * unroll; }
  /// Elements of one query head that a lane holds.
  int64_t laneElements() const { return pieces * vector; }

  /// A partial result: weighted values of each head, f32 [heads, size], then a pair of maximum and
  /// sum for each head; whole lines of 128 bytes, so that no two workgroups write to one.
  int64_t partialBytes() const;
  int64_t partialPairs() const { return heads * size * 4; }
  /// Partial results [row, block, split], and a counter for each row and block.
  int64_t workspaceBytes() const { return rows * blocks * splits * partialBytes(); }
  int64_t counters() const { return rows * blocks; }
};

/// Attention on matrix instructions: what a wave holds of queries and results, which are as many as
/// the instruction has columns, all the time, and what is staged in LDS.
struct FlashPartition {
  FlashPartition(lm::AttentionOp op, MatrixShapeAttr matrix, int64_t waveSize);

  int64_t size;    ///< Elements of a head.
  int64_t sharing; ///< Query heads of a key/value head.
  int64_t groups;  ///< Groups of lanes that share a query's positions.
  int64_t unit;    ///< Elements of operands that a lane reads together: whole 16 bytes.
  int64_t queryRegisters, resultRegisters; ///< Of a lane.
  int64_t mostRegisters; ///< For both: scores, operands and what is under way are beside them.

  bool fitsRegisters() const { return resultRegisters <= mostRegisters; }
  /// Where they do not fit together, queries are read from LDS for each block of positions.
  bool queriesInShared() const { return queryRegisters + resultRegisters > mostRegisters; }
  /// LDS bytes of a position's key, or a query, and of an element's values of so many positions.
  int64_t keyStride() const { return size * halfBytes + padding; }
  int64_t valueStride(int64_t positions) const { return positions * halfBytes + padding; }
  /// LDS bytes of a workgroup.
  int64_t sharedBytes(int64_t queries, int64_t positions) const {
    return (positions + (queriesInShared() ? queries : 0)) * keyStride() +
           size * valueStride(positions);
  }

private:
  static constexpr int64_t halfBytes = 2;
  /// Bytes between lines that shift neighbouring ones to other banks.
  static constexpr int64_t padding = 16;
};

/// Whether attention on `matrix` can quantize its result: a wave has a query, one head of a row, in
/// each column, so that it holds whole blocks of channels if they are whole runs of a lane of each
/// group, or all channels of neighbouring heads that share a key/value head. No norm's weight is
/// multiplied in.
bool hasBlocksInWave(lm::AttentionOp attention, qnt::QuantizeOp quantize, MatrixShapeAttr matrix,
                     int64_t waveSize);

} // namespace qcc::tile
