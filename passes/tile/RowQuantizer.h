// Writes rows as int8 with a scale a block of channels (qnt.quantize): the code of one wave.
#pragma once

#include "passes/tile/LaneBuilder.h"

namespace qcc::tile {

class RowQuantizer {
public:
  /// Writes rows of `type` to `buffer`; the type says where which part of them lies.
  RowQuantizer(LaneBuilder &b, qnt::ActivationType type, mlir::Value buffer, int64_t waveSize)
      : b(b), type(type), buffer(buffer), waveSize(waveSize) {}

  /// Consecutive channels of a block that a lane holds.
  int64_t perLane() const { return type.getBlock() / waveSize; }
  /// The first channel of `block` that `lane` holds.
  mlir::Value firstChannel(mlir::Value block, mlir::Value lane) const;

  /// Quantizes block `block` of `row`. `values` are the lane's channels, f32, and `weights` what a
  /// norm multiplies them with, or none. All lanes of the wave take part.
  void store(mlir::Value row, mlir::Value block, mlir::Value lane,
             llvm::ArrayRef<mlir::Value> values, llvm::ArrayRef<mlir::Value> weights);

  /// The scale of a block whose largest magnitude is `most`, and its elements under a scale.
  mlir::Value scaleOf(mlir::Value most);
  mlir::Value integersOf(llvm::ArrayRef<mlir::Value> values, mlir::Value scale);

private:
  mlir::Value reduce(mlir::Value value, Reduction reduction);
  void storePart(mlir::Value value, mlir::Value place, mlir::Value lane, int64_t offset);

  LaneBuilder &b;
  qnt::ActivationType type;
  mlir::Value buffer;
  int64_t waveSize;
};

} // namespace qcc::tile
