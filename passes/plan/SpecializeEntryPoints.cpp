#include "passes/plan/Passes.h"

namespace qcc::plan {
#define GEN_PASS_DEF_SPECIALIZEENTRYPOINTS
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

struct SpecializeEntryPoints : impl::SpecializeEntryPointsBase<SpecializeEntryPoints> {
  using Base::Base;

  /// Types with the rows of an entry point, and caches and samplers with their capacity.
  Type specialized(Type type, int64_t rows) {
    if (auto tensor = dyn_cast<RankedTensorType>(type); tensor && tensor.isDynamicDim(0)) {
      SmallVector<int64_t> shape(tensor.getShape());
      shape[0] = rows;
      return tensor.clone(shape);
    }
    if (auto quantized = dyn_cast<qnt::ActivationType>(type); quantized && !quantized.hasStaticRows()) {
      return quantized.withRows(rows);
    }
    if (auto cache = dyn_cast<lm::CacheType>(type)) {
      return lm::CacheType::get(&getContext(), cache.getHeads(), cache.getHeadSize(),
                                cache.getElementType(), maxBatch, maxContext);
    }
    if (auto sampler = dyn_cast<lm::SamplerType>(type)) {
      return lm::SamplerType::get(&getContext(), sampler.getVocabulary(), maxBatch);
    }
    return type;
  }

  void specialize(func::FuncOp function, int64_t rows) {
    auto convert = [&](Value value) { value.setType(specialized(value.getType(), rows)); };
    function.walk([&](Operation *op) {
      llvm::for_each(op->getResults(), convert);
      for (Region &region : op->getRegions()) {
        for (Block &block : region) {
          llvm::for_each(block.getArguments(), convert);
        }
      }
    });
    Block &body = function.getBody().front();
    function.setFunctionType(FunctionType::get(&getContext(), body.getArgumentTypes(),
                                               body.getTerminator()->getOperandTypes()));
    function->setAttr("program.entry_rows", Builder(&getContext()).getI64IntegerAttr(rows));
  }

  void runOnOperation() override {
    auto decoder = getOperation().lookupSymbol<func::FuncOp>("decoder");
    if (!decoder) {
      getOperation().emitError("has no function @decoder");
      return signalPassFailure();
    }
    if (prefillRows > maxBatch) {
      auto prefill = cast<func::FuncOp>(decoder->clone());
      decoder->getBlock()->getOperations().insertAfter(decoder->getIterator(), prefill);
      prefill.setName("prefill");
      specialize(prefill, prefillRows);
    }
    decoder.setName("decode");
    specialize(decoder, maxBatch);
    Builder builder(&getContext());
    getOperation()->setAttr("program.limits",
                            builder.getDictionaryAttr(
                                {builder.getNamedAttr("max_batch", builder.getI64IntegerAttr(maxBatch)),
                                 builder.getNamedAttr("max_context", builder.getI64IntegerAttr(maxContext)),
                                 builder.getNamedAttr("row_capacity", builder.getI64IntegerAttr(std::max<int64_t>(
                                                                          maxBatch, prefillRows)))}));
  }
};

} // namespace
} // namespace qcc::plan
