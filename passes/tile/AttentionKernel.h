// What both lowerings of attention share: where a cache head lies, and what a score is of a
// product.
#pragma once

#include "passes/tile/KernelLowering.h"

namespace qcc::tile {

class AttentionKernel : public KernelLowering {
protected:
  using Value = mlir::Value;
  template <typename T> using List = llvm::SmallVector<T>;

  /// Below every score: powers of differences to it are 0, and its difference to itself is 0.
  static constexpr double noScore = -1e30;

  /// Where keys, or values, of a sequence's cache head start, and their scales if they are
  /// quantized.
  struct Half {
    Value elements, scales;
  };

  AttentionKernel(KernelOp kernel, lm::AttentionOp op, int64_t waveSize)
      : KernelLowering(kernel, waveSize), op(op), cache(op.getCache().getType()) {}

  /// The keys, or the values, of the cache head that is number `head` of all slots'.
  Half cacheHalf(Value head, bool ofValues);
  /// The first position that the row at `position` attends to; it is the last.
  Value firstVisible(Value position);
  bool hasSoftcap() { return !op.getSoftcap().isZero(); }
  /// What a product of query and key is multiplied with to be a score times log2 e, without
  /// softcap.
  double scoreFactor();
  /// The score of a product of query and key, times log2 e.
  Value scaled(Value product);
  mlir::ValueRange results() { return op->getBlock()->getTerminator()->getOperands(); }

  lm::AttentionOp op;
  lm::CacheType cache;
};

} // namespace qcc::tile
