#include "bench/roofline/CompiledModel.h"

#include "compiler/Pipeline.h"
#include "compiler/Tuning.h"
#include "compiler/import/onnx/OnnxImport.h"
#include "dialects/program/Program.h"
#include "passes/translate/Passes.h"

#include "llvm/ADT/StringSet.h"

using namespace qcc;
using namespace qcc::bench;

/// Drops what `entry` does not launch: nobody runs it.
static void keepEntry(mlir::ModuleOp module, llvm::StringRef entry) {
  llvm::StringSet<> launched;
  for (auto point : llvm::make_early_inc_range(module.getOps<program::EntryPointOp>())) {
    if (point.getSymName() != entry) {
      point.erase();
      continue;
    }
    point.walk([&](program::LaunchOp launch) { launched.insert(launch.getKernel()); });
  }
  for (auto kernel : llvm::make_early_inc_range(module.getOps<tile::KernelOp>())) {
    if (!launched.contains(kernel.getSymName())) {
      kernel.erase();
    }
  }
}

llvm::Expected<CompiledModel> bench::compileModule(std::unique_ptr<mlir::MLIRContext> context,
                                                   mlir::OwningOpRef<mlir::ModuleOp> imported,
                                                   const std::string &entry, const Chip &chip,
                                                   const Options &options) {
  CompiledModel result{std::move(context), {}, entry, {}};
  mlir::OwningOpRef<mlir::ModuleOp> module = std::move(imported); // goes before its context
  std::vector<model::PlannedKernel> kernels;
  std::string persistent;
  mlir::OwningOpRef<mlir::ModuleOp> translated;
  auto tunings = readTables(options, chip);
  if (!tunings) {
    return tunings.takeError();
  }
  for (const Stage &stage : stages()) {
    if (stage.name == "plan") {
      if (llvm::Error error = tune::applyTable(*module, *tunings, chip, options.maxBatch)) {
        return error;
      }
    }
    if (stage.name == "translate") {
      translated = translate::extractKernels(*module);
    }
    if (llvm::Error error = runStage(stage, translated ? *translated : *module, chip, options)) {
      return error;
    }
    if (stage.name == "plan") {
      keepEntry(*module, entry);
      kernels = model::describeKernels(*module, result.entry, chip);
      result.module = module->clone();
    }
    if (stage.name == "tile") {
      model::describeGeometry(*module, kernels);
      persistent = model::persistentKernelOf(*module, entry);
    }
  }
  auto code = codegen::emitCodeObject(*translated, chip);
  if (!code) {
    return code.takeError();
  }
  result.planned = model::joinCode(std::move(kernels), persistent, std::move(*code), chip);
  return result;
}

llvm::Expected<CompiledModel> bench::compileModel(const std::string &onnx, const Chip &chip,
                                                  const CompileRequest &request) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  auto context = std::make_unique<mlir::MLIRContext>(registry);
  context->loadAllAvailableDialects();
  Options options;
  options.maxContext = request.context;
  options.maxBatch = request.batch;
  options.quantizeActivations = request.quantizeActivations;
  if (request.prefillRows) {
    options.prefillRows = request.prefillRows;
  }
  auto module = importOnnx(onnx, *context, {"", request.context, request.keyValueCache});
  if (!module) {
    return module.takeError();
  }
  return compileModule(std::move(context), std::move(*module),
                       request.prefillRows ? "prefill" : "decode", chip, options);
}
