// The oracle of single kernels: compiled kernels agree with it, and wrong data do not pass.
#include "compiler/oracle/KernelOracle.h"
#include "bench/generate_model/Decoder.h"
#include "bench/roofline/CompiledModel.h"
#include "compiler/model/MeasuredKernel.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace qcc;
using namespace qcc::bench;
using namespace qcc::model;

namespace {

struct Case {
  const char *name;
  const char *chip;
  const char *cache;
  int64_t batch;
  const char *activations = "f16";
  bool quantized = false; // rows of matmuls as int8
};

const Case cases[] = {
    {"Wave64", "gfx942", "", 1},
    {"Wave32", "gfx1100", "", 3},
    {"Bfloat16", "gfx90a", "f32", 2, "bf16"},
    {"CacheInt8", "gfx1201", "int8", 2},
    {"CacheFp8", "gfx950", "fp8", 2},
    {"CacheFp8Fnuz", "gfx942", "fp8", 1},
    {"QuantizedRows", "gfx942", "", 2, "f16", true},
    {"QuantizedRowsWave32", "gfx1100", "", 1, "f16", true},
    {"CacheFp8Integers", "gfx1100", "fp8", 1, "f32"},
};

/// Data of an oracle, with zeros in the first half of one argument where `argument` is one.
class Spoiled : public KernelData {
public:
  Spoiled(oracle::KernelOracle &oracle, int64_t argument) : oracle(oracle), argument(argument) {}

  llvm::Error fill(size_t index, llvm::MutableArrayRef<uint8_t> memory) override {
    llvm::Error error = oracle.fill(index, memory);
    if (!error && static_cast<int64_t>(index) == argument) {
      llvm::fill(memory.take_front(memory.size() / 2), 0);
    }
    return error;
  }
  llvm::Error inspect(size_t index, llvm::ArrayRef<uint8_t> memory) override {
    return oracle.inspect(index, memory);
  }

private:
  oracle::KernelOracle &oracle;
  int64_t argument;
};

class KernelOracle : public testing::TestWithParam<Case> {
protected:
  void SetUp() override {
    namespace fs = std::filesystem;
    const Case &tried = GetParam();
    chip = findChip(tried.chip);
    folder = fs::temp_directory_path() / ("qcc-oracle-" + std::to_string(getpid()));
    ModelShape shape{.layers = 1,
                     .hidden = 256,
                     .intermediate = 640,
                     .heads = 4,
                     .keyValueHeads = 2,
                     .headSize = 64,
                     .vocabulary = 512,
                     .blockSize = 32};
    shape.activations = tried.activations;
    ASSERT_TRUE(writeModel(shape, folder).ok());
    auto compiled = compileModel(folder + "/model.onnx", *chip,
                                 {.context = 96,
                                  .batch = tried.batch,
                                  .keyValueCache = tried.cache,
                                  .quantizeActivations = tried.quantized});
    ASSERT_TRUE(bool(compiled)) << toString(compiled.takeError());
    model = std::make_unique<CompiledModel>(std::move(*compiled));
    files = std::make_unique<WeightFiles>(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// The error of `kernel`, run on the oracle's data, `spoiled` of which is wrong.
  double errorOf(const PlannedKernel &kernel, int64_t spoiled = -1) {
    const CountedStep step{.rows = GetParam().batch, .position = 70, .sequences = GetParam().batch};
    auto oracle =
        oracle::KernelOracle::create(*model->module, model->entry, kernel.name, step, *files);
    if (!oracle) {
      ADD_FAILURE() << toString(oracle.takeError());
      return NAN;
    }
    Spoiled data(**oracle, spoiled);
    auto row = measureKernel(model->planned, kernel, *chip, step, &data);
    if (!row) {
      ADD_FAILURE() << toString(row.takeError());
      return NAN;
    }
    EXPECT_EQ(row->findings, std::vector<std::string>()) << kernel.name;
    return (*oracle)->relativeError();
  }

  const Chip *chip = nullptr;
  std::string folder;
  std::unique_ptr<CompiledModel> model;
  std::unique_ptr<WeightFiles> files;
};

TEST_P(KernelOracle, KernelsComputeWhatTheyMust) {
  // The oracle rounds between the operations of a kernel: a few roundings of the activations' type.
  // An element of an 8-bit cache may fall to its neighbour, an eighth of itself away in fp8.
  const std::string cache = GetParam().cache, activations = GetParam().activations;
  double most = (activations == "f32" ? 1e-5 : activations == "f16" ? 1e-3 : 8e-3);
  // A quantized element may fall to its neighbour, a 127th of the largest of its block.
  most += GetParam().quantized ? 1e-2 : 0;
  most += cache == "fp8" ? 1e-2 : cache == "int8" ? 1e-3 : 0;
  size_t kernels = 0;
  for (const PlannedKernel &kernel : model->planned.kernels) {
    EXPECT_LE(errorOf(kernel), most) << kernel.name;
    ++kernels;
  }
  EXPECT_GE(kernels, 7u);
}

TEST_P(KernelOracle, SeesWhatIsWrong) {
  for (const PlannedKernel &kernel : model->planned.kernels) {
    auto body = model->module->lookupSymbol<tile::KernelOp>(kernel.name);
    for (mlir::BlockArgument argument : body.getBody().getArguments()) {
      const bool isRead = kernel.op == "attention"
                              ? isa<lm::CacheType>(argument.getType())
                              : kernel.weights && isa<mlir::RankedTensorType, qnt::ActivationType>(
                                                      argument.getType());
      if (isRead) {
        EXPECT_GT(errorOf(kernel, argument.getArgNumber()), 1e-3)
            << kernel.name << ", " << argument.getArgNumber();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, KernelOracle, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
