// qcc-import-onnx: prints the lm module that an ONNX model imports as.
#include "compiler/import/onnx/OnnxImport.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

int main(int argc, char **argv) {
  cl::opt<std::string> path(cl::Positional, cl::desc("MODEL.onnx"), cl::Required);
  cl::opt<std::string> activations("activations", cl::desc("f32, f16 or bf16 for all activations"));
  cl::opt<bool> locations("locations", cl::desc("Print the ONNX node names too"));
  cl::ParseCommandLineOptions(argc, argv, "imports an ONNX decoder\n");
  mlir::MLIRContext context;
  auto module = qcc::importOnnx(path, context, {activations, 0});
  if (!module) {
    llvm::errs() << "error: " << llvm::toString(module.takeError()) << "\n";
    return 1;
  }
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(locations);
  (*module)->print(llvm::outs(), flags);
  return 0;
}
