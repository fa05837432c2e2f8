#include "passes/clean/Passes.h"

#include "llvm/ADT/DenseSet.h"

namespace qcc::clean {
#define GEN_PASS_DEF_VERIFYCLEAN
#include "passes/clean/Passes.h.inc"
} // namespace qcc::clean

using namespace mlir;
using namespace qcc;

namespace {

/// True for the operations of the canonical form.
bool isCanonical(Operation &op) {
  return isa<qnt::ParameterOp, qnt::SliceRowsOp, qnt::MatmulOp, lm::EmbedOp, lm::SelectRowsOp,
             lm::RmsNormOp, lm::SigmoidOp, lm::SiluOp, lm::GeluOp, lm::AddOp, lm::MulOp,
             lm::ScaleOp, lm::CastOp, lm::SliceOp, lm::RopeOp, lm::AppendOp, lm::AttentionOp,
             func::ReturnOp>(op);
}

LogicalResult verifyOperations(func::FuncOp decoder) {
  for (Operation &op : decoder.getBody().front()) {
    if (!isCanonical(op)) {
      return op.emitOpError("is not of the canonical form");
    }
  }
  return success();
}

/// The decoder's signature: a batch and caches to logits and caches.
LogicalResult verifySignature(func::FuncOp decoder) {
  auto arguments = decoder.getArgumentTypes(), results = decoder.getResultTypes();
  bool batch = !arguments.empty() && isa<lm::BatchType>(arguments.front());
  bool logits = !results.empty() && isa<RankedTensorType>(results.front());
  if (!batch || !logits || arguments.drop_front() != results.drop_front() ||
      !llvm::all_of(arguments.drop_front(), llvm::IsaPred<lm::CacheType>)) {
    return decoder.emitOpError("takes a batch and caches and returns logits and these caches");
  }
  return success();
}

/// A cache argument is appended to once; the result is read by attention and returned in its place.
LogicalResult verifyCaches(func::FuncOp decoder) {
  Operation *end = decoder.getBody().front().getTerminator();
  for (BlockArgument cache : decoder.getArguments().drop_front()) {
    auto append = cache.hasOneUse() ? dyn_cast<lm::AppendOp>(*cache.user_begin()) : nullptr;
    if (!append) {
      return decoder.emitOpError("does not append exactly once to cache ")
             << cache.getArgNumber() - 1;
    }
    if (end->getOperand(cache.getArgNumber()) != append.getResult()) {
      return append.emitOpError("is not returned in the place of its cache");
    }
    bool read = llvm::all_of(append->getUsers(), [&](Operation *user) {
      return user == end || isa<lm::AttentionOp>(user);
    });
    if (!read) {
      return append.emitOpError("is used by something other than attention");
    }
  }
  return success();
}

/// Checks `op` given which values hold selected rows, and adds its results to them.
LogicalResult verifyRows(Operation &op, llvm::DenseSet<Value> &selected) {
  int64_t activations = 0, chosen = 0;
  bool readsBatch = false;
  for (Value operand : op.getOperands()) {
    activations += isa<RankedTensorType>(operand.getType());
    chosen += selected.contains(operand);
    readsBatch |= isa<lm::BatchType, lm::CacheType>(operand.getType());
  }
  if (chosen != 0 && (chosen != activations || readsBatch)) {
    return op.emitOpError("mixes selected rows with the rows of the batch");
  }
  if (chosen != 0 || isa<lm::SelectRowsOp>(op)) {
    selected.insert(op.result_begin(), op.result_end());
  }
  return success();
}

LogicalResult verifyLogits(func::FuncOp decoder) {
  llvm::DenseSet<Value> selected;
  Block &body = decoder.getBody().front();
  for (Operation &op : body.without_terminator()) {
    if (failed(verifyRows(op, selected))) {
      return failure();
    }
  }
  if (!selected.contains(body.getTerminator()->getOperand(0))) {
    return decoder.emitOpError("returns logits of rows that were not selected");
  }
  return success();
}

/// The module's one function; null after an error.
func::FuncOp findDecoder(ModuleOp module) {
  auto decoder = module.lookupSymbol<func::FuncOp>("decoder");
  if (!module->hasAttr("lm.model") || !decoder || !llvm::hasSingleElement(*module.getBody()) ||
      decoder.isExternal() || !decoder.getBody().hasOneBlock()) {
    module.emitOpError("has lm.model and one function, @decoder, of one block");
    return {};
  }
  return decoder;
}

struct VerifyClean : clean::impl::VerifyCleanBase<VerifyClean> {
  void runOnOperation() override {
    func::FuncOp decoder = findDecoder(getOperation());
    if (!decoder || failed(verifySignature(decoder)) || failed(verifyOperations(decoder)) ||
        failed(verifyCaches(decoder)) || failed(verifyLogits(decoder))) {
      signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};

} // namespace
