// Rotary embedding, the key/value cache and attention.
#include "compiler/interpret/Attention.h"
#include "compiler/interpret/Ops.h"
#include "dialects/lm/Lm.h"

using namespace qcc;
using namespace qcc::interpret;
using llvm::Error;
using llvm::Expected;

static Error rope(lm::RopeOp op, Frame &frame) {
  Rotation rotation{static_cast<int64_t>(op.getHeadSize()), op.getInterleaved(), op.getPaired()};
  auto result = rotate(frame.tensor(op.getInput()), frame.batch(op.getBatch()),
                       frame.weight(op.getCos()), frame.weight(op.getSin()), rotation);
  if (!result) {
    return result.takeError();
  }
  frame.set(op.getResult(), std::move(*result));
  return Error::success();
}

/// The caches of one layer are one memory: the result is the operand, written to.
static Error appendOp(lm::AppendOp op, Frame &frame) {
  if (Error error = append(*frame.cache(op.getCache()), frame.tensor(op.getKey()),
                           frame.tensor(op.getValue()), frame.batch(op.getBatch()))) {
    return error;
  }
  frame.copy(op.getResult(), op.getCache());
  return Error::success();
}

template <typename Op> static AttentionShape shapeOf(Op op) {
  return {static_cast<int64_t>(op.getHeads()), op.getScale().convertToDouble(),
          static_cast<int64_t>(op.getWindow()), op.getSoftcap().convertToDouble()};
}

static Error attention(lm::AttentionOp op, Frame &frame) {
  auto result = attend(frame.tensor(op.getQuery()), *frame.cache(op.getCache()),
                       frame.batch(op.getBatch()), shapeOf(op));
  if (!result) {
    return result.takeError();
  }
  frame.set(op.getResult(), std::move(*result));
  return Error::success();
}

//===-- GroupQueryAttention ------------------------------------------------------------------===//

/// Features [offset, offset + features) of every row.
static Tensor sliceFeatures(const Tensor &input, int64_t offset, int64_t features) {
  Tensor result(input.type, input.rows, features);
  for (int64_t t = 0; t < input.rows; ++t) {
    for (int64_t f = 0; f < features; ++f) {
      result.set(t, f, input.at(t, offset + f));
    }
  }
  return result;
}

namespace {
struct QueryKeyValue {
  Tensor query, key, value;
};
} // namespace

static QueryKeyValue splitOperands(lm::GroupQueryAttentionOp op, Frame &frame) {
  const Tensor &query = frame.tensor(op.getQuery());
  if (op.getKey()) {
    return {query, frame.tensor(op.getKey()), frame.tensor(op.getValue())};
  }
  lm::CacheType cache = op.getCache().getType();
  int64_t keyFeatures = cache.getHeads() * cache.getHeadSize();
  int64_t queryFeatures = query.features - 2 * keyFeatures;
  return {sliceFeatures(query, 0, queryFeatures), sliceFeatures(query, queryFeatures, keyFeatures),
          sliceFeatures(query, queryFeatures + keyFeatures, keyFeatures)};
}

/// Rounds where slice, rope, append and attention would, into which the op is decomposed.
static Error groupQueryAttention(lm::GroupQueryAttentionOp op, Frame &frame) {
  const Batch &batch = frame.batch(op.getBatch());
  KeyValueCache &cache = *frame.cache(op.getCache());
  QueryKeyValue parts = splitOperands(op, frame);
  if (op.getCos()) {
    for (Tensor *part : {&parts.query, &parts.key}) {
      auto rotated = rotate(*part, batch, frame.weight(op.getCos()), frame.weight(op.getSin()),
                            {cache.headSize, op.getInterleaved(), /*paired=*/false});
      if (!rotated) {
        return rotated.takeError();
      }
      *part = std::move(*rotated);
    }
  }
  if (Error error = append(cache, parts.key, parts.value, batch)) {
    return error;
  }
  auto result = attend(parts.query, cache, batch, shapeOf(op));
  if (!result) {
    return result.takeError();
  }
  frame.set(op.getResult(), std::move(*result));
  frame.copy(op.getNewCache(), op.getCache());
  return Error::success();
}

void qcc::interpret::addAttentionOps(OpTable &table) {
  addOp(table, rope);
  addOp(table, appendOp);
  addOp(table, attention);
  addOp(table, groupQueryAttention);
}
