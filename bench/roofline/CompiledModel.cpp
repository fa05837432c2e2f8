#include "bench/roofline/CompiledModel.h"

#include "compiler/Pipeline.h"
#include "compiler/import/onnx/OnnxImport.h"
#include "passes/translate/Passes.h"

using namespace qcc;
using namespace qcc::bench;

llvm::Expected<model::PlannedModel> bench::compileModel(const std::string &onnx, const Chip &chip,
                                                        int64_t context, int64_t prefillRows,
                                                        const std::string &keyValueCache) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext mlirContext(registry);
  mlirContext.loadAllAvailableDialects();
  Options options;
  options.maxContext = context;
  options.prefillRows = prefillRows ? prefillRows : options.prefillRows;
  auto module = importOnnx(onnx, mlirContext, {"", context, keyValueCache});
  if (!module) {
    return module.takeError();
  }
  std::vector<model::PlannedKernel> kernels;
  std::string persistent;
  mlir::OwningOpRef<mlir::ModuleOp> translated;
  for (const Stage &stage : stages()) {
    if (stage.name == "translate") {
      translated = translate::extractKernels(**module);
    }
    if (llvm::Error error = runStage(stage, translated ? *translated : **module, chip, options)) {
      return error;
    }
    if (stage.name == "plan") {
      kernels = model::describeKernels(**module, prefillRows ? "prefill" : "decode", chip);
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
  return model::joinCode(std::move(kernels), persistent, std::move(*code), chip);
}
