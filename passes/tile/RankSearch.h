// Finds a token by the number or by the mass of those that rank before it, without sorting: radix
// selection over the ranks (distance, then id: runtime/text/SamplerParameters.h), eight bits a
// pass.
#pragma once

#include "passes/tile/LogitRow.h"

namespace qcc::tile {

/// The tokens whose ranks begin with the same bits, and what ranks before all of them.
struct RankGroup {
  mlir::Value prefix, shift;           // rank >> shift == prefix; i64, i32
  mlir::Value count, mass;             // how many, and the sum of their weights; i32, i64
  mlir::Value countBefore, massBefore; // i32, i64

  llvm::SmallVector<mlir::Value> values() const {
    return {prefix, shift, count, mass, countBefore, massBefore};
  }
  static RankGroup of(mlir::ValueRange values) {
    return {values[0], values[1], values[2], values[3], values[4], values[5]};
  }
};

/// What all tokens of the row that may be picked add up to.
struct RankSums {
  mlir::Value count, mass; // i32, i64
  mlir::Value keptMass;    // of those that min-p keeps; i64
};

/// The work-items of a workgroup.
struct WorkItems {
  mlir::Value wave, lane, index;
  int64_t waveSize, count;
};

/// The whole workgroup calls everything here, and gets the same answers.
class RankSearch {
public:
  RankSearch(LaneBuilder &b, LogitRow &row, const WorkItems &items, int64_t vocabulary);

  /// Counts the row by the first bits of the ranks. `likeliest` is its largest logit.
  RankSums count(mlir::Value likeliest, mlir::Value scale, mlir::Value lastDistance);

  /// The first token that has more than `target` (i64, below the sum of all) tokens, or mass, up to
  /// and with it: a group of one.
  RankGroup find(mlir::Value target, mlir::Value byCount);

  mlir::Value idOf(const RankGroup &token);

private:
  /// A token that may be picked, where `valid` holds.
  struct Candidate {
    mlir::Value valid, distance;
  };

  Candidate candidate(const Logit &logit);
  mlir::Value weightOf(mlir::Value distance);
  mlir::Value rankOf(mlir::Value distance, mlir::Value id);
  mlir::Value belongs(const Candidate &candidate, mlir::Value id, const RankGroup &group);
  void clear(int64_t from, int64_t bytes);
  void add(int64_t histogram, mlir::Value bin, mlir::Value weight);
  RankGroup pick(int64_t histogram, const RankGroup &parent, mlir::Value target,
                 mlir::Value byCount);
  void scan(int64_t histogram, const RankGroup &parent, mlir::Value target, mlir::Value byCount);
  RankGroup refine(const RankGroup &group, mlir::Value target, mlir::Value byCount);
  mlir::Value loadShared(int64_t offset, mlir::Type type);

  LaneBuilder &b;
  IntegerBuilder integers;
  LogitRow &row;
  WorkItems items;
  int64_t idBits; // of a rank
  mlir::Value shared, likeliest, scale;
};

} // namespace qcc::tile
