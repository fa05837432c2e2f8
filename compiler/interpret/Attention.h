// Rotary embedding and causal attention on tensors: the parts of which the attention ops are made.
#pragma once

#include "compiler/interpret/KeyValueCache.h"
#include "compiler/interpret/Weight.h"

namespace qcc::interpret {

/// How the features of a tensor of heads are rotated (lm.rope).
struct Rotation {
  int64_t headSize;
  bool interleaved; // partners are (2i, 2i + 1), not (i, i + rotary / 2)
  bool paired;      // input in the order of qnt.pair_rows, result in ordinary order
};

/// `input` with the first 2 * cos.columns() elements of each head rotated by its row's position.
/// Fails when a position is past the rows of `cos` and `sin`.
llvm::Expected<Tensor> rotate(const Tensor &input, const Batch &batch, const Weight &cos,
                              const Weight &sin, Rotation rotation);

/// Writes every row's key and value into the cache.
llvm::Error append(KeyValueCache &cache, const Tensor &key, const Tensor &value,
                   const Batch &batch);

/// What lm.attention says of its scores.
struct AttentionShape {
  int64_t heads;
  double scale;
  int64_t window; // 0: unlimited
  double softcap; // 0: none
};

/// Causal attention of every row's query heads over the row's slot of the cache.
/// Fails when the cache does not hold a row's position.
llvm::Expected<Tensor> attend(const Tensor &query, const KeyValueCache &cache, const Batch &batch,
                              AttentionShape shape);

} // namespace qcc::interpret
