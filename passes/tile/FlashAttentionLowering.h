// Lowers an attention kernel of many rows to the code of a work-item, on matrix instructions.
//
// A query is one head of one row; those that share a key/value head are numbered row by row. A wave
// takes as many queries as the matrix instruction has columns, a workgroup those of its waves, side
// by side, for one key/value head. Positions go by in blocks, whose keys and values are staged in
// LDS for all waves; what LDS holds does not depend on the context's length. A block's keys and
// values are loaded while the block before is computed, and wait in registers.
//
// Everything is computed transposed: scores S^T = K Q^T, with positions as rows and queries as
// columns, and results O^T = V^T P^T. Then
// * a lane holds scores of one query alone: its running maximum and sum (Milakov and Gimelshein
//   2018) take one exchange, between the two groups of lanes that hold the query's positions, and
//   results are rescaled by the lane's own factor;
// * where operands are divided between the groups of lanes, a lane's scores are a part of P^T as B
//   as they are: a matrix instruction adds up over positions in whatever order, so values are
//   staged in the order in which lanes hold scores. Where both groups hold whole operands (RDNA3),
//   they exchange their halves;
// * queries stay in registers all the time, as B, or where heads are too large for that in LDS.
// Values are transposed while they are staged: a work-item writes those of four positions of an
// element side by side. Keys and values of 8 bits become the queries' type as they are staged, and
// so do weights before they are multiplied with values.
//
// Registers a lane, for a head of 128: on CDNA (32 queries a wave) queries 32, results 64, scores
// 16, a block under way 16; on RDNA (16 queries) queries 64 (RDNA4 32), results 64, scores 16, a
// block under way 16. LDS: 18.5 KiB. Cycles of a wave for a block of 32 positions, and of LDS for
// those waves that work at a time, one on each SIMD:
//
//   |         | matrix | scores, 8 instructions each | rescaling | LDS |
//   | gfx90a  | 2048   | 16 x 8 x 4                  | 64 x 4    | 512 |
//   | gfx942  | 1024   | 16 x 8 x 4                  | 64 x 4    | 512 |
//   | gfx950  | 512    | 16 x 8 x 4                  | 64 x 4    | 512 |
//   | gfx1100 | 1024   | 16 x 8                      | 64        | 512 |
//   | gfx1201 | 512    | 16 x 8                      | 64        | 256 |
//
// Rows of a step may be of several sequences. Their runs, of one sequence and at positions that
// follow one another, are attended to one after the other, each by all waves that have rows of it.
// A wave skips blocks that no row of it sees; where not all of its rows see all positions, scores
// are masked.
#pragma once

#include "dialects/tile/AttentionPartition.h"
#include "passes/tile/AttentionKernel.h"

namespace qcc::tile {

class FlashAttentionLowering : public AttentionKernel {
public:
  FlashAttentionLowering(KernelOp kernel, lm::AttentionOp op, int64_t waveSize);
  mlir::LogicalResult run();

private:
  using Values = List<Value>;

  /// Score of a position that a query does not see: no power of a difference to any maximum.
  static constexpr double masked = 1e5 * noScore;
  /// Positions whose values of one element a work-item writes together.
  static constexpr int64_t quad = 4;
  /// Scores of a lane that are converted, and multiplied with values, together.
  static constexpr int64_t heldScores = 8;

  /// Rows [first, end) of the step are of one sequence; row r is at position r + shift, modulo
  /// 2^32.
  struct Run {
    Value first, end, shift;
    Half keys, values;
    Value lastPosition;
  };
  /// What a wave has to do with a run.
  struct Share {
    Value isSome;             // whether it has rows of it
    Value from, to;           // positions that any of its rows sees
    Value allFrom, allTo;     // positions that all of them see
    Value laneFrom, laneSeen; // first position that the lane's query sees, and how many it sees
  };
  /// What has been seen of the lane's query.
  struct Sums {
    Value maximum;
    Value sum;     // of this lane's positions
    Values values; // weighted values: [tile of the head's elements]
  };
  /// Some elements of a result that follow one another: those of a lane of the first group are at
  /// `at` of the head.
  struct Line {
    int64_t at;
    Value values;
  };
  using Result = List<Line>;
  /// Elements of keys, or values, that a work-item loads at once, in turns.
  struct Items {
    int64_t rows, perRow; // of a block: positions, or quads of them, and what has each
    int64_t elements;     // of a load
    bool byRow;           // neighbouring work-items have neighbours of a row, not of different rows
    int64_t count() const { return rows * perRow; }
  };
  /// A work-item's place in a turn.
  struct Item {
    Value row, element; // its position's (or four positions') number, and the first element
    Value inside;       // null: every work-item has a place
  };

  // FlashAttentionLowering.cpp
  mlir::LogicalResult verify();
  void loadQueries(Value row);
  Value query(int64_t index);
  Value firstElement(Value row);
  void forRuns(llvm::function_ref<void(const Run &)> body);
  Value runEnd(Value first);
  Run runFrom(Value first);
  Share shareOf(const Run &run);
  void attend(const Run &run);

  // FlashAttentionResult.cpp
  Result resultOf(const Sums &sums);
  void storeResult(const Run &run, const Sums &sums);
  Value elementOf(int64_t at);
  void storeRounded(Value isOfRun, const Result &lines, Value buffer);
  void storeQuantized(Value isOfRun, const Result &lines, qnt::ActivationType type, Value buffer);
  Value largestOf(llvm::ArrayRef<Value> channels, int64_t heads);

  // FlashAttentionStaging.cpp
  Items keyItems() const;
  Items valueItems() const;
  Item itemOf(const Items &items, int64_t turn);
  int64_t turnsOf(const Items &items) const;
  Value slotPosition(Value slot);
  void loadPart(const Half &half, Value position, const Item &item, int64_t elements,
                Values &loaded);
  Value takePart(mlir::ValueRange &loaded);
  Values loadBlock(const Run &run, Value base);
  void stageKeys(mlir::ValueRange &loaded);
  void stageValues(mlir::ValueRange &loaded);
  Value loadUnit(Value buffer, Value offset);
  Value loadOperand(Value buffer, Value row, int64_t stride, int64_t unit);

  // FlashAttentionLoop.cpp
  Sums visitBlocks(const Run &run, const Share &share);
  Sums visitBlock(const Share &share, Value base, Sums sums);
  Values multiplyKeys();
  Values maskScores(const Share &share, Value base, Values scores);
  Values weigh(Values scores, Sums &sums);
  Value weightOperand(llvm::ArrayRef<Value> weights);
  Value exchangeHalves(Value own);
  void addValues(llvm::ArrayRef<Value> weights, Sums &sums);

  MatrixShapeAttr shape;
  mlir::Type element; // of queries, and of staged keys and values
  FlashPartition partition;
  int64_t size, sharing;          // elements of a head; query heads of a key/value head
  int64_t block, queriesOfGroup;  // positions of a block; queries of a workgroup
  int64_t held;                   // elements of the matrix instruction's result that a lane holds
  int64_t unit;                   // elements of an operand that are read together: whole 16 bytes
  int64_t keyStride, valueStride; // LDS bytes of a position's keys, of an element's values
  Value lane, wave, thread, laneColumn, laneGroup;
  Value head;                     // key/value head
  Value firstRow, endRow;         // of the workgroup
  Value waveFirstRow, waveEndRow; // of the wave, as far as it has rows
  Value laneRow, laneHead;        // of the lane's query; head among those that share
  Value sharedKeys, sharedValues;
  Value sharedQueries; // null where they stay in registers
  Values queries;      // [unit], or none
};

} // namespace qcc::tile
