#include "passes/translate/Passes.h"

namespace qcc::translate {
#define GEN_PASS_DEF_VERIFYTRANSLATE
#include "passes/translate/Passes.h.inc"
} // namespace qcc::translate

using namespace mlir;
using namespace qcc;

/// Every operation under `module` is of the LLVM or ROCDL dialect.
static LogicalResult verifyDialects(ModuleOp module) {
  WalkResult result = module.walk([&](Operation *op) {
    if (op == module || isa<LLVM::LLVMDialect, ROCDL::ROCDLDialect>(op->getDialect())) {
      return WalkResult::advance();
    }
    op->emitError("'") << op->getName() << "' has no translation to LLVM";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

/// `function` is a kernel with a body and an exact workgroup size.
static LogicalResult verifyKernel(LLVM::LLVMFuncOp function) {
  auto *dialect = function->getContext()->getLoadedDialect<ROCDL::ROCDLDialect>();
  if (function.isExternal()) {
    return function.emitError("'")
           << function.getSymName() << "' is defined nowhere; a code object calls nothing outside";
  }
  if (!dialect->getKernelAttrHelper().isAttrPresent(function) ||
      !dialect->getReqdWorkGroupSizeAttrHelper().isAttrPresent(function)) {
    return function.emitError("'")
           << function.getSymName() << "' is not a kernel of a fixed workgroup size";
  }
  return success();
}

/// `function` declares no more LDS than a workgroup of `chip` can have.
static LogicalResult verifyLds(LLVM::LLVMFuncOp function, const Chip &chip) {
  llvm::SmallPtrSet<Operation *, 4> counted;
  uint64_t bytes = 0;
  function.walk([&](LLVM::AddressOfOp address) {
    auto global =
        SymbolTable::lookupNearestSymbolFrom<LLVM::GlobalOp>(address, address.getGlobalNameAttr());
    auto array = global ? dyn_cast<LLVM::LLVMArrayType>(global.getType()) : nullptr;
    if (array && counted.insert(global).second) {
      bytes += array.getNumElements();
    }
  });
  if (bytes > chip.ldsBytes) {
    return function.emitError("kernel '")
           << function.getSymName() << "' needs " << bytes << " bytes of LDS; " << chip.name
           << " gives a workgroup " << chip.ldsBytes;
  }
  return success();
}

namespace {

struct VerifyTranslatePass : translate::impl::VerifyTranslateBase<VerifyTranslatePass> {
  using VerifyTranslateBase::VerifyTranslateBase;

  void runOnOperation() override {
    const Chip *row = findChip(chip);
    if (!row) {
      getOperation().emitError("no chip is called ") << chip;
      return signalPassFailure();
    }
    if (failed(verifyDialects(getOperation()))) {
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (failed(verifyKernel(function)) || failed(verifyLds(function, *row))) {
        return signalPassFailure();
      }
    }
  }
};

} // namespace
