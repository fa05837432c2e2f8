#include "bench/roofline/CompiledModel.h"

#include "compiler/Pipeline.h"
#include "compiler/Tuning.h"
#include "compiler/import/onnx/OnnxImport.h"
#include "passes/translate/Passes.h"

using namespace qcc;
using namespace qcc::bench;

llvm::Expected<CompiledModel> bench::compileModel(const std::string &onnx, const Chip &chip,
                                                  const CompileRequest &request) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  CompiledModel result{std::make_unique<mlir::MLIRContext>(registry), {}, "decode", {}};
  result.context->loadAllAvailableDialects();
  Options options;
  options.maxContext = request.context;
  options.maxBatch = request.batch;
  options.quantizeActivations = request.quantizeActivations;
  if (request.prefillRows) {
    options.prefillRows = request.prefillRows;
    result.entry = "prefill";
  }
  auto module = importOnnx(onnx, *result.context, {"", request.context, request.keyValueCache});
  if (!module) {
    return module.takeError();
  }
  std::vector<model::PlannedKernel> kernels;
  std::string persistent;
  mlir::OwningOpRef<mlir::ModuleOp> translated;
  auto tunings = readTables(options, chip);
  if (!tunings) {
    return tunings.takeError();
  }
  for (const Stage &stage : stages()) {
    if (stage.name == "plan") {
      if (llvm::Error error = tune::applyTable(**module, *tunings, chip, options.maxBatch)) {
        return error;
      }
    }
    if (stage.name == "translate") {
      translated = translate::extractKernels(**module);
    }
    if (llvm::Error error = runStage(stage, translated ? *translated : **module, chip, options)) {
      return error;
    }
    if (stage.name == "plan") {
      kernels = model::describeKernels(**module, result.entry, chip);
      result.module = (*module)->clone();
    }
    if (stage.name == "tile") {
      model::describeGeometry(**module, kernels);
      persistent = model::persistentKernelOf(**module, "decode");
    }
  }
  auto code = codegen::emitCodeObject(*translated, chip);
  if (!code) {
    return code.takeError();
  }
  result.planned = model::joinCode(std::move(kernels), persistent, std::move(*code), chip);
  return result;
}
