// What the lowerings of all kernel kinds share: the new signature, the state memory, and the evaluation of
// elementwise operations at one row and feature.
#pragma once

#include "passes/tile/LaneBuilder.h"

#include "llvm/ADT/DenseMap.h"

namespace qcc::tile {

/// The state memory as kernels read it (runtime/program.fbs, StateLayout).
class StateMemory {
public:
  StateMemory(LaneBuilder &b, mlir::Value buffer, int64_t capacity)
      : b(b), buffer(buffer), capacity(capacity) {}

  mlir::Value rows() { return word(b.i32(0)); }
  mlir::Value logitRows() { return word(b.i32(4)); }
  mlir::Value token(mlir::Value row) { return element(0, row); }
  mlir::Value slot(mlir::Value row) { return element(1, row); }
  mlir::Value position(mlir::Value row) { return element(2, row); }
  mlir::Value logitIndex(mlir::Value row) { return element(3, row); }

  /// Makes a row that of the next step: another token, one position further on.
  void advance(mlir::Value row, mlir::Value token);
  void storeSampled(mlir::Value row, mlir::Value token);

private:
  mlir::Value word(mlir::Value offset);
  mlir::Value element(int64_t array, mlir::Value row) { return word(offsetOf(array, row)); }
  mlir::Value offsetOf(int64_t array, mlir::Value row);

  LaneBuilder &b;
  mlir::Value buffer;
  int64_t capacity;
};

/// A kernel being lowered: builds the lane-level body beside the tensor-level one, then takes its place.
class KernelLowering {
public:
  KernelLowering(KernelOp kernel, int64_t waveSize);
  virtual ~KernelLowering() = default;

protected:
  /// The pointer that takes the place of a tensor-level argument.
  mlir::Value bufferOf(mlir::Value argument) const { return buffers.lookup(argument); }
  mlir::Value resultBuffer(unsigned index) const { return resultBuffers[index]; }
  /// Null where the kernel has none.
  mlir::Value workspaceBuffer() const { return workspace; }
  mlir::Value countersBuffer() const { return counters; }
  StateMemory state();

  /// Whether this workgroup is the last of `expected` to arrive at the counter at byte `counter`, and sees what
  /// all others have written; then the counter is 0 again. `isFirstItem` holds in one work-item.
  mlir::Value arriveLast(mlir::Value isFirstItem, mlir::Value counter, mlir::Value expected);

  /// Element [row, feature] of an activation argument, in f32.
  mlir::Value loadActivation(mlir::Value argument, mlir::Value row, mlir::Value feature);
  /// Element [index] of a vector weight, or [row, column] of a plain matrix, dequantized to f32.
  mlir::Value loadWeight(mlir::Value weight, mlir::Value index) { return loadWeight(weight, {}, index); }
  mlir::Value loadWeight(mlir::Value weight, mlir::Value row, mlir::Value column);
  /// What `op` multiplies `count` channels from `channel` on with, in f32: none without a norm's weight.
  llvm::SmallVector<mlir::Value> normWeights(qnt::QuantizeOp op, mlir::Value channel, int64_t count);
  /// Writes `value` (f32) as element [row, feature] of a tensor of `type`.
  void storeActivation(mlir::Value value, mlir::RankedTensorType type, mlir::Value buffer,
                       mlir::Value row, mlir::Value feature);
  /// Which of all positions of all slots and heads is the row's, of `head`.
  mlir::Value cachePlace(lm::CacheType type, mlir::Value row, mlir::Value head);
  /// Where, in bytes, an element of the row's key (or value) is in the cache.
  mlir::Value cacheOffset(lm::CacheType type, bool isValue, mlir::Value row, mlir::Value feature);
  /// Writes an element of a key (or value) to a cache that is not quantized.
  void storeCache(mlir::Value value, lm::CacheType type, mlir::Value buffer, bool isValue,
                  mlir::Value row, mlir::Value feature);

  /// Replaces the body and makes the kernel lane-level.
  void finish(int64_t workgroup, llvm::ArrayRef<int64_t> grid);

  KernelOp kernel;
  int64_t waveSize;
  LaneBuilder b;
  ScheduleAttr schedule;

private:
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::SmallVector<mlir::Value> resultBuffers;
  mlir::Value workspace, counters;
  mlir::Block *newBody = nullptr;
};

/// The value of a tensor-level value at (row, feature). Leaves are answered by `leaf`, which returns null
/// for what it does not know.
class ElementEvaluator {
public:
  using Leaf = llvm::function_ref<mlir::Value(mlir::Value value, mlir::Value row, mlir::Value feature)>;
  ElementEvaluator(LaneBuilder &b, Leaf leaf) : b(b), leaf(leaf) {}

  /// f32. Fails for an operation that is not elementwise.
  llvm::FailureOr<mlir::Value> at(mlir::Value value, mlir::Value row, mlir::Value feature);

private:
  mlir::Value sigmoid(mlir::Value x);
  mlir::Value gelu(mlir::Value x);

  LaneBuilder &b;
  Leaf leaf;
};

/// The rotation of `own` given its partner's value (lm.rope): `isSecond` says which of the pair `own` is.
mlir::Value rotate(LaneBuilder &b, mlir::Value own, mlir::Value partner, mlir::Value isSecond,
                   mlir::Value cos, mlir::Value sin);

} // namespace qcc::tile
