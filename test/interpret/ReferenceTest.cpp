// Real models, imported and run, against logits that ONNX Runtime or numpy computed: proves the
// importer and the interpreter together. A model that is not there is skipped.
#include "compiler/import/onnx/OnnxImport.h"
#include "compiler/interpret/CompareLogits.h"
#include "compiler/interpret/Generate.h"
#include "compiler/interpret/Npy.h"
#include "dialects/lm/Lm.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

using namespace llvm;
using namespace qcc;
using namespace qcc::interpret;

namespace {
/// fp16 references round after other ops than the oracle does, which moves logits by some 0.1 %.
constexpr double tolerance = 0.02;
/// Two logits of fp16 between 8 and 32 are told apart only when they differ by more than an ulp or
/// two.
constexpr double margin = 0.03;

struct Prompt {
  std::vector<int32_t> ids, continuation;
};

struct Reference {
  std::vector<Prompt> prompts;
  FloatArray logits; // [prompt, step, vocabulary]
  int64_t stepsTimesVocabulary() const { return logits.shape[1] * logits.shape[2]; }
};
} // namespace

static std::vector<int32_t> integers(const json::Object &object, StringRef key) {
  std::vector<int32_t> result;
  for (const json::Value &value : *object.getArray(key)) {
    result.push_back(static_cast<int32_t>(*value.getAsInteger()));
  }
  return result;
}

static std::string inFolder(StringRef folder, StringRef file) {
  SmallString<256> path(folder);
  sys::path::append(path, file);
  return path.str().str();
}

static Expected<Reference> readReference(StringRef folder) {
  auto logits = readNpy(inFolder(folder, "reference_logits.npy"));
  if (!logits) {
    return logits.takeError();
  }
  auto buffer = MemoryBuffer::getFile(inFolder(folder, "reference.json"));
  auto document = json::parse(buffer ? (*buffer)->getBuffer() : "");
  if (!document) {
    return document.takeError();
  }
  Reference reference{{}, std::move(*logits)};
  for (const json::Value &prompt : *document->getAsObject()->getArray("prompts")) {
    const json::Object &object = *prompt.getAsObject();
    reference.prompts.push_back({integers(object, "ids"), integers(object, "greedy_ids")});
  }
  return reference;
}

namespace {
class ReferenceTest : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    if (!sys::fs::exists(inFolder(GetParam(), "reference_logits.npy"))) {
      GTEST_SKIP() << "there is no " << GetParam();
    }
    context.loadDialect<qnt::QntDialect, lm::LmDialect, mlir::func::FuncDialect>();
    auto imported = importOnnx(inFolder(GetParam(), "model.onnx"), context, {});
    ASSERT_TRUE(static_cast<bool>(imported)) << toString(imported.takeError());
    module = std::move(*imported);
    files = std::make_unique<WeightFiles>(GetParam());
    auto created = Interpreter::create(*module, *files);
    ASSERT_TRUE(static_cast<bool>(created)) << toString(created.takeError());
    interpreter = std::move(*created);
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<WeightFiles> files;
  std::unique_ptr<Interpreter> interpreter;
};
} // namespace

TEST_P(ReferenceTest, TeacherForcedLogitsAgree) {
  auto reference = readReference(GetParam());
  ASSERT_TRUE(static_cast<bool>(reference)) << toString(reference.takeError());
  int64_t size = reference->stepsTimesVocabulary();
  for (auto [i, prompt] : enumerate(reference->prompts)) {
    auto generation = generate(*interpreter, prompt.ids,
                               {reference->logits.shape[1], prompt.continuation,
                                /*ignoreEndOfSequence=*/true});
    ASSERT_TRUE(static_cast<bool>(generation)) << toString(generation.takeError());
    auto expected = ArrayRef<float>(reference->logits.data).slice(i * size, size);
    auto result = compareLogits(generation->logits, expected, reference->logits.columns());
    ASSERT_TRUE(static_cast<bool>(result)) << toString(result.takeError());
    EXPECT_LE(result->relativeError, tolerance) << "prompt " << i;
    EXPECT_EQ(result->disagreementsBeyond(margin), 0) << "prompt " << i;
  }
}

/// Models that travel with the sources, and those that may lie beside them.
static std::vector<std::string> modelFolders() {
  std::string given = QCC_SOURCE_DIR "/../shared/models/";
  return {QCC_SOURCE_DIR "/examples/models/stories6M/onnx-genai-int4",
          given + "stories6M/onnx-genai-int4", given + "stories6M/onnx-genai-int4-asym",
          given + "stories260K/onnx-genai-int8"};
}

INSTANTIATE_TEST_SUITE_P(Models, ReferenceTest, testing::ValuesIn(modelFolders()));
