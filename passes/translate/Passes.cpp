#include "passes/translate/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace qcc;

void translate::buildTranslateStage(OpPassManager &manager, const Chip &chip) {
  // What has no intrinsic is expanded while it is still math.
  manager.addPass(createExpandMath());
  // The chip's own instructions; structured control flow is still there to see kernels' entries.
  manager.addPass(createConvertTileToRocdl({chip.name.str()}));
  // Upstream's conversions for the rest, from structured to flat.
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  // One copy of each constant keeps the text short; LLVM does the rest.
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyTranslate({chip.name.str()}));
}

namespace {

/// Options of the pipeline in qcc-opt.
struct TranslateOptions : PassPipelineOptions<TranslateOptions> {
  Option<std::string> chip{*this, "chip", llvm::cl::desc("the chip's row in compiler/chips"),
                           llvm::cl::init("gfx942")};
};

} // namespace

void translate::registerTranslatePipeline() {
  PassPipelineRegistration<TranslateOptions>(
      "translate", "lane-level tile kernels to the LLVM dialect of one chip",
      [](OpPassManager &manager, const TranslateOptions &options) {
        if (const Chip *chip = findChip(options.chip)) {
          buildTranslateStage(manager, *chip);
        } else {
          llvm::report_fatal_error("no chip is called " + llvm::Twine(options.chip), false);
        }
      });
}
