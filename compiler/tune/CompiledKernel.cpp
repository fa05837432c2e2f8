#include "compiler/tune/CompiledKernel.h"

#include "compiler/tune/TunableKernel.h"
#include "passes/tile/Passes.h"
#include "passes/translate/Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

using namespace qcc;
using namespace qcc::tune;

llvm::Expected<CompiledKernel> tune::compileAlone(tile::KernelOp kernel, const MatmulTuning &tuning,
                                                  const Chip &chip) {
  mlir::MLIRContext *context = kernel.getContext();
  mlir::ScopedDiagnosticHandler quiet(context, [](mlir::Diagnostic &) { return mlir::success(); });
  mlir::OwningOpRef<mlir::ModuleOp> module = copyOf(kernel, tuning, chip);
  CompiledKernel result;
  result.kernel = model::describeKernel(*module->getOps<tile::KernelOp>().begin(), chip);
  mlir::PassManager lower(context);
  tile::buildTileStage(lower, chip.waveSize, /*persistentRows=*/0);
  if (failed(lower.run(*module))) {
    return llvm::createStringError("the tile stage failed");
  }
  model::describeGeometry(*module, result.kernel);
  mlir::OwningOpRef<mlir::ModuleOp> kernels = translate::extractKernels(*module);
  mlir::PassManager translate(context);
  translate::buildTranslateStage(translate, chip);
  if (failed(translate.run(*kernels))) {
    return llvm::createStringError("the translate stage failed");
  }
  auto code = codegen::emitCodeObject(*kernels, chip);
  if (!code) {
    return code.takeError();
  }
  result.code = std::move(*code);
  return result;
}
