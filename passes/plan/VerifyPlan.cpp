#include "passes/plan/Passes.h"

namespace qcc::plan {
#define GEN_PASS_DEF_VERIFYPLAN
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

LogicalResult verifyLaunch(program::LaunchOp launch, ModuleOp module) {
  auto kernel = module.lookupSymbol<tile::KernelOp>(launch.getKernel());
  if (!kernel) {
    return launch.emitError("launches @") << launch.getKernel() << ", which is no kernel of the module";
  }
  int64_t given = launch.getArguments().size(), taken = kernel.getPointerCount();
  if (given != taken) {
    return launch.emitError("passes ") << given << " buffers to a kernel that takes " << taken;
  }
  return success();
}

LogicalResult verifyEntry(program::EntryPointOp entry, ModuleOp module) {
  bool samples = false;
  for (Operation &op : entry.getBody().front()) {
    auto launch = dyn_cast<program::LaunchOp>(op);
    auto weight = dyn_cast<program::WeightRefOp>(op);
    if (launch && failed(verifyLaunch(launch, module))) {
      return failure();
    }
    if (launch && samples && !launch.getSampling()) {
      return op.emitError("comes after a sampling launch");
    }
    samples |= launch && launch.getSampling();
    if (weight && !module.lookupSymbol<program::WeightOp>(weight.getWeight())) {
      return op.emitError("refers to @") << weight.getWeight() << ", which is no weight of the module";
    }
    if (!launch && !weight && !isa<program::ViewOp>(op)) {
      return op.emitError("has no place in a planned entry point");
    }
  }
  return success();
}

LogicalResult verifyTopLevel(Operation &op, ModuleOp module) {
  if (auto entry = dyn_cast<program::EntryPointOp>(op)) {
    return verifyEntry(entry, module);
  }
  if (auto weight = dyn_cast<program::WeightOp>(op); weight && !weight.getOffset()) {
    return weight.emitError("has no place in the weights memory");
  }
  return isa<program::WeightOp, tile::KernelOp>(op) ? success()
                                                    : op.emitError("does not belong in a planned module");
}

struct VerifyPlan : impl::VerifyPlanBase<VerifyPlan> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!module->hasAttr("program.memory")) {
      module.emitError("has no program.memory: buffers are not assigned");
      return signalPassFailure();
    }
    for (Operation &op : *module.getBody()) {
      if (failed(verifyTopLevel(op, module))) {
        return signalPassFailure();
      }
    }
  }
};

} // namespace
} // namespace qcc::plan
