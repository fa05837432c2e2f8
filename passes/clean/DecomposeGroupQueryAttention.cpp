#include "passes/clean/Passes.h"

#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace qcc::clean {
#define GEN_PASS_DEF_DECOMPOSEGROUPQUERYATTENTION
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

/// Queries, keys and values of one attention.
struct Projections {
  Value query, key, value;
};

/// `features` features of `packed` from `offset` on.
Value sliceOf(PatternRewriter &rewriter, Location loc, Value packed, int64_t offset,
              int64_t features) {
  auto type = cast<RankedTensorType>(packed.getType());
  auto result = RankedTensorType::get({type.getDimSize(0), features}, type.getElementType());
  return lm::SliceOp::create(rewriter, loc, result, packed, offset);
}

/// The three projections, cut out of the query where they are packed in it.
Projections unpack(lm::GroupQueryAttentionOp op, PatternRewriter &rewriter) {
  if (op.getKey()) {
    return {op.getQuery(), op.getKey(), op.getValue()};
  }
  int64_t headSize = op.getCache().getType().getHeadSize();
  int64_t query = op.getHeads() * headSize;
  int64_t key = op.getCache().getType().getHeads() * headSize;
  return {sliceOf(rewriter, op.getLoc(), op.getQuery(), 0, query),
          sliceOf(rewriter, op.getLoc(), op.getQuery(), query, key),
          sliceOf(rewriter, op.getLoc(), op.getQuery(), query + key, key)};
}

// Pattern: group_query_attention(q, k, v) -> append(rope(k), v), attention(rope(q))
// Pattern: group_query_attention(qkv) -> group_query_attention(slice(qkv), slice(qkv), slice(qkv))
struct Decompose : OpRewritePattern<lm::GroupQueryAttentionOp> {
  using Base::Base;

  LogicalResult matchAndRewrite(lm::GroupQueryAttentionOp op,
                                PatternRewriter &rewriter) const override {
    Projections parts = unpack(op, rewriter);
    int64_t headSize = op.getCache().getType().getHeadSize();
    if (op.getCos()) {
      for (Value *rotated : {&parts.query, &parts.key}) {
        *rotated = lm::RopeOp::create(rewriter, op.getLoc(), *rotated, op.getBatch(), op.getCos(),
                                      op.getSin(), headSize, op.getInterleaved());
      }
    }
    Value cache = lm::AppendOp::create(rewriter, op.getLoc(), op.getCache(), parts.key, parts.value,
                                       op.getBatch());
    Value result = lm::AttentionOp::create(rewriter, op.getLoc(), parts.query, cache, op.getBatch(),
                                           op.getHeadsAttr(), op.getScaleAttr(), op.getWindowAttr(),
                                           op.getSoftcapAttr());
    rewriter.replaceOp(op, {result, cache});
    return success();
  }
};

struct DecomposeGroupQueryAttention
    : clean::impl::DecomposeGroupQueryAttentionBase<DecomposeGroupQueryAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<Decompose>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
