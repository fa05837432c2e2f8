// One row of logits as a sampler reads it: by the whole workgroup, under the repetition penalty.
#pragma once

#include "passes/tile/IntegerBuilder.h"

namespace qcc::tile {

/// Where a row and its sampler's record are, and who reads them.
struct LogitSource {
  mlir::Value logits, rowOffset; // f32 values, from this byte on
  mlir::Value sampler, seenOffset;
  mlir::Value penalty; // f32; 0: none
  int64_t vocabulary;
  mlir::Value workItem;
  int64_t workItems;
};

/// A token as a work-item meets it.
struct Logit {
  mlir::Value id, given, penalized;
  mlir::Value valid; // null: always; else the work-item is past the row's end where it is false
};

class LogitRow {
public:
  LogitRow(LaneBuilder &b, const LogitSource &source);

  /// Calls `body` with every token of the work-item, the ids in ascending order; returns its last
  /// state.
  llvm::SmallVector<mlir::Value>
  forEach(mlir::ValueRange initial,
          llvm::function_ref<llvm::SmallVector<mlir::Value>(const Logit &, mlir::ValueRange)> body);

private:
  llvm::SmallVector<Logit> load(mlir::Value first);
  void penalize(llvm::MutableArrayRef<Logit> logits);
  mlir::Value penalized(const Logit &logit);

  LaneBuilder &b;
  IntegerBuilder integers;
  LogitSource source;
  int64_t width, loads; // elements of a load, and loads of a turn
};

} // namespace qcc::tile
