#include "passes/plan/Passes.h"

namespace qcc::plan {
#define GEN_PASS_DEF_SAMPLELOGITS
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// A kernel that samples `logits`; its results are the batch of the next step and the sampler after
/// it.
lm::FusedOp buildKernel(OpBuilder &b, Location location, Value logits, Value batch, Value sampler) {
  auto kernel =
      lm::FusedOp::create(b, location, TypeRange{batch.getType(), sampler.getType()}, "sample");
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&kernel.getBody().emplaceBlock());
  auto sample = lm::SampleOp::create(b, location, logits, batch, sampler);
  lm::YieldOp::create(b, location, sample.getResults());
  return kernel;
}

// Pattern: return logits, caches -> return logits, caches, sample(logits, batch, sampler)
struct SampleLogits : impl::SampleLogitsBase<SampleLogits> {
  void runOnOperation() override {
    auto decoder = getOperation().lookupSymbol<func::FuncOp>("decoder");
    if (!decoder) {
      getOperation().emitError("has no function @decoder");
      return signalPassFailure();
    }
    Block &body = decoder.getBody().front();
    Operation *end = body.getTerminator();
    Value logits = end->getOperand(0);
    int64_t vocabulary = cast<RankedTensorType>(logits.getType()).getDimSize(1);
    Value sampler = body.addArgument(lm::SamplerType::get(&getContext(), vocabulary, /*slots=*/0),
                                     decoder.getLoc());
    OpBuilder b(end);
    lm::FusedOp kernel = buildKernel(b, end->getLoc(), logits, body.getArgument(0), sampler);
    end->insertOperands(end->getNumOperands(), kernel.getResults());
    decoder.setFunctionType(b.getFunctionType(body.getArgumentTypes(), end->getOperandTypes()));
  }
};

} // namespace
} // namespace qcc::plan
