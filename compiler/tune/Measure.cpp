#include "compiler/tune/Measure.h"

#include "compiler/model/CountedRun.h"
#include "emulator/counters/CycleModel.h"
#include "passes/tile/Passes.h"
#include "passes/translate/Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

using namespace qcc;
using namespace qcc::tune;

namespace {

/// A copy of a kernel, described and compiled.
struct CompiledCopy {
  model::PlannedKernel kernel;
  codegen::CodeObject code;
};

llvm::Expected<CompiledCopy> compile(tile::KernelOp kernel, const MatmulTuning &tuning,
                                     const Chip &chip) {
  mlir::MLIRContext *context = kernel.getContext();
  // What does not compile is no schedule, and nothing for the user to read.
  mlir::ScopedDiagnosticHandler quiet(context, [](mlir::Diagnostic &) { return mlir::success(); });
  mlir::OwningOpRef<mlir::ModuleOp> module = copyOf(kernel, tuning, chip);
  CompiledCopy result;
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

} // namespace

Measured tune::measure(tile::KernelOp kernel, const MatmulTuning &tuning, const Chip &chip,
                       int64_t batch) {
  constexpr uint64_t fewWorkgroups = 2;
  Measured result;
  result.tuning = tuning;
  auto compiled = compile(kernel, tuning, chip);
  if (!compiled) {
    llvm::consumeError(compiled.takeError());
    return result;
  }
  result.resources = compiled->code.kernels.front();
  const codegen::KernelResources &taken = result.resources;
  if (taken.vgprSpills + taken.sgprSpills + taken.scratchBytes != 0 ||
      taken.ldsBytes > chip.ldsBytes) {
    return result;
  }
  auto run = model::runCounted(
      compiled->code.bytes, chip, compiled->kernel,
      {.rows = batch, .mostWorkgroups = fewWorkgroups, .sequences = batch, .checks = false});
  if (!run) {
    llvm::consumeError(run.takeError());
    return result;
  }
  const emulator::CycleEstimate::Units wave = emulator::estimateCycles(run->counters).wave;
  result.counts = {wave.vector, wave.matrix, wave.lds, wave.memory,
                   run->counters.occupancy.residentWavesPerSimd};
  result.compiles = true;
  return result;
}
