#include "compiler/import/onnx/OnnxImport.h"

#include "compiler/import/onnx/Importer.h"
#include "compiler/import/onnx/ModelInfo.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// The model's name: its file's, or its folder's when the file is just called model.onnx.
static std::string modelName(const OnnxFile &file) {
  llvm::StringRef stem = llvm::sys::path::stem(file.name);
  llvm::SmallString<256> folder(file.folder);
  if (stem != "model" || llvm::sys::fs::make_absolute(folder)) {
    return stem.str();
  }
  llvm::sys::path::remove_dots(folder, /*remove_dot_dot=*/true);
  return llvm::sys::path::filename(folder).str();
}

/// The smallest of the limits that are known (positive); 0 when none is.
static int64_t smallestKnown(std::initializer_list<int64_t> limits) {
  int64_t smallest = 0;
  for (int64_t limit : limits) {
    if (limit > 0 && (smallest == 0 || limit < smallest)) {
      smallest = limit;
    }
  }
  return smallest;
}

/// `lm.model` of Lm.td.
static DictionaryAttr describeModel(const Importer &importer, ModuleOp module,
                                    const ModelInfo &info, const ImportOptions &options) {
  Builder builder(module.getContext());
  auto decoder = module.lookupSymbol<func::FuncOp>("decoder");
  auto logits = cast<RankedTensorType>(decoder.getResultTypes().front());
  int64_t positions =
      smallestKnown({info.contextLength, importer.rotaryPositions, options.maxContext});
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("name", builder.getStringAttr(modelName(importer.graph.source()))),
       builder.getNamedAttr("layers", builder.getI64IntegerAttr(importer.caches.size())),
       builder.getNamedAttr("vocabulary_size", builder.getI64IntegerAttr(logits.getDimSize(1))),
       builder.getNamedAttr("max_positions", builder.getI64IntegerAttr(positions)),
       builder.getNamedAttr("end_of_sequence", builder.getI64ArrayAttr(info.endOfSequence))});
}

static llvm::Error checkOptions(const ImportOptions &options) {
  llvm::StringRef activations = options.activations;
  if (!llvm::is_contained({"", "f32", "f16", "bf16"}, activations)) {
    return llvm::createStringError("activations are f32, f16 or bf16, not '" + activations + "'");
  }
  llvm::StringRef cache = options.keyValueCache;
  if (!llvm::is_contained({"", "f32", "f16", "bf16", "int8", "fp8"}, cache)) {
    return llvm::createStringError("a KV cache holds f32, f16, bf16, int8 or fp8, not '" + cache +
                                   "'");
  }
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> qcc::importOnnx(llvm::StringRef path, MLIRContext &context,
                                                      const ImportOptions &options) {
  context.loadDialect<qnt::QntDialect, lm::LmDialect, func::FuncDialect>();
  if (llvm::Error error = checkOptions(options)) {
    return std::move(error);
  }
  llvm::Expected<std::unique_ptr<OnnxFile>> file = OnnxFile::read(path);
  if (!file) {
    return file.takeError();
  }
  llvm::Expected<std::unique_ptr<Graph>> graph = Graph::build(**file);
  if (!graph) {
    return graph.takeError();
  }
  llvm::Expected<ModelInfo> info = readModelInfo((*file)->folder);
  if (!info) {
    return info.takeError();
  }
  Importer importer(**graph, context, options);
  llvm::Expected<OwningOpRef<ModuleOp>> module = importer.run();
  if (!module) {
    return module.takeError();
  }
  (**module)->setAttr("lm.model", describeModel(importer, **module, *info, options));
  if (failed(verify(**module))) {
    return llvm::createStringError("'" + path +
                                   "' became an invalid module: this is a bug in qcc, "
                                   "please report it");
  }
  return module;
}
