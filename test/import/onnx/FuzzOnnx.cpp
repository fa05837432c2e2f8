// Fuzz target: any bytes as model.onnx import to a module or to an error.
#include "compiler/import/onnx/OnnxImport.h"
#include "mlir/IR/MLIRContext.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

/// The file under test, in a folder of its own that holds nothing else.
static std::string modelPath() {
  static const std::string path = [] {
    std::string pattern = (std::filesystem::temp_directory_path() / "fuzz-onnx-XXXXXX").string();
    std::string folder = mkdtemp(pattern.data());
    return folder + "/model.onnx";
  }();
  return path;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::ofstream(modelPath(), std::ios::binary)
      .write(reinterpret_cast<const char *>(data), static_cast<std::streamsize>(size));
  auto module = qcc::importOnnx(modelPath(), context, {});
  if (!module) {
    llvm::consumeError(module.takeError());
  }
  return 0;
}
