#include "dialects/lm/Lm.h"

#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/DialectImplementation.h"

#include "dialects/lm/LmDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/lm/LmTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/lm/LmOps.cpp.inc"

using namespace mlir;
using namespace qcc::lm;

void LmDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/lm/LmTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/lm/LmOps.cpp.inc"
      >();
}

LogicalResult CacheType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t heads,
                                int64_t headSize, Type elementType, int64_t slots,
                                int64_t positions) {
  bool holds = isa<Float32Type, Float16Type, BFloat16Type, Float8E4M3FNType>(elementType) ||
               elementType.isInteger(8);
  if (heads < 1 || headSize < 1 || !holds) {
    return emitError() << "a cache has heads of f32, f16, bf16, f8E4M3FN or i8";
  }
  if (slots < 0 || positions < 0) {
    return emitError() << "slots and positions of a cache are not negative";
  }
  return success();
}

LogicalResult SamplerType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t vocabulary,
                                  int64_t slots) {
  if (vocabulary < 1 || slots < 0) {
    return emitError() << "a sampler has a vocabulary, and slots that are not negative";
  }
  return success();
}

/// Features of an activation.
static int64_t featuresOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getDimSize(1);
}

static Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

LogicalResult EmbedOp::verify() {
  auto shape = getTable().getType().getShape();
  if (shape.size() != 2 || shape[1] != featuresOf(getResult())) {
    return emitOpError("result has as many features as the table has columns");
  }
  return success();
}

LogicalResult SampleOp::verify() {
  int64_t features = featuresOf(getLogits()), vocabulary = getSampler().getType().getVocabulary();
  if (!elementOf(getLogits()).isF32() || features != vocabulary) {
    return emitOpError("reads f32 logits of the sampler's ") << vocabulary << " tokens";
  }
  return success();
}

LogicalResult RmsNormOp::verify() {
  int64_t features = featuresOf(getInput()), group = getGroup().value_or(features);
  if (group < 1 || features % group != 0) {
    return emitOpError("features are whole groups of ") << group;
  }
  if (getWeight().getType().getShape() != ArrayRef<int64_t>{group}) {
    return emitOpError("weight has one element for each of ") << group << " features";
  }
  if (getInput().getType().getShape() != getResult().getType().getShape()) {
    return emitOpError("result has the input's shape");
  }
  return success();
}

// Pattern: scale(x) by 1 -> x
OpFoldResult ScaleOp::fold(FoldAdaptor) {
  return getFactor().isExactlyValue(1.0) ? getInput() : Value();
}

// Pattern: cast(x) to its own type -> x
// Pattern: cast(cast(x : T) : wider) : T -> x
OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getResult().getType()) {
    return getInput();
  }
  auto inner = getInput().getDefiningOp<CastOp>();
  if (!inner || inner.getInput().getType() != getResult().getType()) {
    return {};
  }
  bool widened = elementOf(inner.getResult()).isF32() && !elementOf(inner.getInput()).isF64();
  return widened ? inner.getInput() : Value();
}

LogicalResult SliceOp::verify() {
  int64_t end = getOffset() + featuresOf(getResult());
  if (static_cast<int64_t>(getOffset()) < 0 || end > featuresOf(getInput())) {
    return emitOpError("features ") << getOffset() << " to " << end << " are not within the input's "
                                    << featuresOf(getInput());
  }
  if (elementOf(getInput()) != elementOf(getResult())) {
    return emitOpError("keeps the element type");
  }
  return success();
}

// Pattern: slice(x) of all features -> x
OpFoldResult SliceOp::fold(FoldAdaptor) {
  return getInput().getType() == getResult().getType() ? getInput() : Value();
}

LogicalResult RopeOp::verify() {
  int64_t head = getHeadSize();
  if (head < 1 || featuresOf(getInput()) % head != 0) {
    return emitOpError("features are whole heads of ") << head;
  }
  if (getCos().getType().getShape().size() != 2) {
    return emitOpError("cos and sin are [positions, rotary / 2]");
  }
  if (getRotary() > head) {
    return emitOpError("rotates ") << getRotary() << " elements of a head of " << head;
  }
  if (getInterleaved() && getPaired()) {
    return emitOpError("interleaved partners are neighbours already: not paired");
  }
  return success();
}

LogicalResult AppendOp::verify() {
  CacheType cache = getCache().getType();
  int64_t features = cache.getHeads() * cache.getHeadSize();
  if (featuresOf(getKey()) != features || featuresOf(getValue()) != features) {
    return emitOpError("key and value have ") << features << " features by the cache's type";
  }
  return success();
}

/// What attention and its imported form have in common.
static LogicalResult verifyHeads(Operation *op, int64_t heads, int64_t queryFeatures,
                                 CacheType cache) {
  if (heads < 1 || heads % cache.getHeads() != 0) {
    return op->emitOpError("has ") << heads << " heads, no multiple of the cache's "
                                   << cache.getHeads();
  }
  if (queryFeatures != heads * cache.getHeadSize()) {
    return op->emitOpError("query has ") << queryFeatures << " features, but " << heads
                                         << " heads of " << cache.getHeadSize();
  }
  return success();
}

LogicalResult AttentionOp::verify() {
  return verifyHeads(*this, getHeads(), featuresOf(getQuery()), getCache().getType());
}

LogicalResult GroupQueryAttentionOp::verify() {
  CacheType cache = getCache().getType();
  int64_t keyFeatures = cache.getHeads() * cache.getHeadSize();
  int64_t queryFeatures = featuresOf(getQuery());
  if (static_cast<bool>(getKey()) != static_cast<bool>(getValue()) ||
      static_cast<bool>(getCos()) != static_cast<bool>(getSin())) {
    return emitOpError("key and value, cos and sin come in twos");
  }
  if (!getKey()) {
    queryFeatures -= 2 * keyFeatures;
  } else if (featuresOf(getKey()) != keyFeatures || featuresOf(getValue()) != keyFeatures) {
    return emitOpError("key and value have ") << keyFeatures << " features by the cache's type";
  }
  return verifyHeads(*this, getHeads(), queryFeatures, cache);
}

LogicalResult FusedOp::verify() {
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield || yield.getOperandTypes() != getResultTypes()) {
    return emitOpError("yields its results");
  }
  if (!llvm::is_contained({"matmul", "attention", "embed", "rows", "sample"}, getKind())) {
    return emitOpError("kind is matmul, attention, embed, rows or sample");
  }
  return success();
}
