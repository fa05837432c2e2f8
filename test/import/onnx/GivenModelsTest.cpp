// The given decoders import whole; each test skips where its model is absent.
#include "test/import/onnx/TinyDecoder.h"

#include "compiler/import/onnx/OnnxImport.h"
#include "compiler/weights/CheckScales.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "passes/clean/Passes.h"

#include <filesystem>
#include <gtest/gtest.h>

using namespace qcc;

namespace {

struct GivenModel {
  const char *folder;
  int layers, heads, headSize, vocabulary;
};

/// `folder` among the models of the project, or among those beside it.
std::string findModel(const char *folder) {
  for (const char *root :
       {QCC_SOURCE_DIR "/examples/models/", QCC_SOURCE_DIR "/../shared/models/"}) {
    std::string path = std::string(root) + folder;
    if (std::filesystem::exists(path + "/model.onnx")) {
      return path;
    }
  }
  return {};
}

class GivenModels : public testing::TestWithParam<GivenModel> {};

TEST_P(GivenModels, ImportAndClean) {
  std::string folder = findModel(GetParam().folder);
  if (folder.empty()) {
    GTEST_SKIP() << "no model " << GetParam().folder;
  }
  mlir::MLIRContext context;
  auto module = importOnnx(folder + "/model.onnx", context, {});
  ASSERT_TRUE(static_cast<bool>(module)) << llvm::toString(module.takeError());
  auto info = (**module)->getAttrOfType<mlir::DictionaryAttr>("lm.model");
  auto number = [&](const char *name) { return info.getAs<mlir::IntegerAttr>(name).getInt(); };
  EXPECT_EQ(number("layers"), GetParam().layers);
  EXPECT_EQ(number("vocabulary_size"), GetParam().vocabulary);
  EXPECT_EQ(number("max_positions"), 512);
  auto decoder = (*module)->lookupSymbol<mlir::func::FuncOp>("decoder");
  auto cache = mlir::cast<lm::CacheType>(decoder.getArgumentTypes().back());
  EXPECT_EQ(cache.getHeads(), GetParam().heads);
  EXPECT_EQ(cache.getHeadSize(), GetParam().headSize);
  WeightFiles files(folder);
  llvm::Error error = checkScales(**module, files);
  EXPECT_FALSE(static_cast<bool>(error)) << llvm::toString(std::move(error));
  mlir::PassManager manager(&context);
  clean::buildCleanStage(manager);
  EXPECT_TRUE(succeeded(manager.run(**module)));
}

INSTANTIATE_TEST_SUITE_P(Import, GivenModels,
                         testing::Values(GivenModel{"stories6M/onnx-genai-int4", 6, 2, 64, 4096},
                                         GivenModel{"stories6M/onnx-genai-int4-asym", 6, 2, 64,
                                                    4096},
                                         GivenModel{"stories260K/onnx-genai-int8", 5, 4, 8, 512}));

TEST(CheckScales, NamesTheWeight) {
  test::TinyDecoder decoder;
  float scales[16] = {};
  scales[5] = NAN;
  decoder.tensor("k.scales").set_raw_data(std::string(reinterpret_cast<char *>(scales), 32));
  test::TemporaryFolder folder;
  std::string path = folder.write("model.onnx", decoder.model.SerializeAsString());
  mlir::MLIRContext context;
  auto module = importOnnx(path, context, {});
  ASSERT_TRUE(static_cast<bool>(module)) << llvm::toString(module.takeError());
  WeightFiles files(folder.path);
  EXPECT_EQ(llvm::toString(checkScales(**module, files)),
            "weight 'k.weight': scale 5 is not a finite number: quantize the model again");
}

} // namespace
