// What the kernels of one decoded token may cost, counted on the emulated device.
#include "bench/generate_model/Decoder.h"
#include "bench/roofline/CountedRun.h"
#include "bench/roofline/Report.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

using namespace qcc;
using namespace qcc::bench;

namespace {

struct Case {
  const char *name;
  const char *chip;
  int64_t bits;
  bool zeroPoints;
  /// Vector lane operations a weight, of the inner loop, reduction and epilogue. Two weights of 4
  /// bits take 2.25 to unpack and multiply, of 8 bits 2; a scale, a zero point and the epilogue
  /// come on top.
  double most;
};

const Case cases[] = {
    {"FourBitsWave64", "gfx942", 4, false, 1.3},
    {"FourBitsWave32", "gfx1100", 4, false, 1.3},
    {"FourBitsZeroPointsWave64", "gfx942", 4, true, 1.3},
    {"FourBitsZeroPointsWave32", "gfx1100", 4, true, 1.3},
    {"EightBitsWave64", "gfx942", 8, false, 1.2},
    {"EightBitsWave32", "gfx1100", 8, false, 1.2},
};

/// A layer as wide as one of 8 billion parameters, with a narrower feed-forward part and
/// vocabulary.
ModelShape shapeOf(const Case &tried) {
  return {.layers = 1,
          .hidden = 4096,
          .intermediate = 4096,
          .heads = 32,
          .keyValueHeads = 8,
          .vocabulary = 2048,
          .bits = tried.bits,
          .blockSize = 128,
          .zeroPoints = tried.zeroPoints,
          .head = Head::tiedQuantized};
}

class Roofline : public testing::TestWithParam<Case> {};

TEST_P(Roofline, MatmulsStreamTheirWeights) {
  const Case &tried = GetParam();
  namespace fs = std::filesystem;
  std::string folder =
      (fs::temp_directory_path() / ("qcc-roofline-" + std::to_string(getpid()))).string();
  Status written = writeModel(shapeOf(tried), folder);
  ASSERT_TRUE(written.ok()) << written.message;
  const Chip &chip = *findChip(tried.chip);
  auto model = planModel(folder + "/model.onnx", chip, 256);
  fs::remove_all(folder);
  ASSERT_TRUE(bool(model)) << toString(model.takeError());
  std::vector<std::string> matmuls;
  for (const PlannedKernel &kernel : model->kernels) {
    if (kernel.weights == 0) {
      continue;
    }
    SCOPED_TRACE(kernel.op);
    matmuls.push_back(kernel.op);
    auto run = runCounted(model->code, chip, kernel, {1, 255});
    ASSERT_TRUE(bool(run)) << toString(run.takeError());
    LoopCounts counts = countLoop(run->counters);
    EXPECT_LE(counts.loop / kernel.weights, tried.most);
    EXPECT_GT(counts.prologue, 0);
    EXPECT_EQ(run->findings, std::vector<std::string>());
    EXPECT_TRUE(counts.wideLoads);
    EXPECT_EQ(kernel.resources.vgprSpills + kernel.resources.sgprSpills, 0u);
    EXPECT_EQ(kernel.resources.scratchBytes, 0u);
    // Two in a hundred for lines that a load's ends share with what is beside.
    double bytes = 128.0 * (run->counters.loadedLines128 + run->counters.storedLines128);
    EXPECT_LE(bytes, 1.02 * kernel.leastBytes);
    EXPECT_GE(bytes, kernel.leastBytes * 0.999);
    // At least two loads of 16 bytes a lane are ahead.
    EXPECT_GE(kernel.bytesInFlight, 2 * 16 * chip.waveSize);
  }
  EXPECT_EQ(matmuls, (std::vector<std::string>{"matmul_qkv", "matmul_o", "matmul_gate_up",
                                               "matmul_o", "matmul_head"}));
}

INSTANTIATE_TEST_SUITE_P(Schemes, Roofline, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(RooflineReport, JsonHoldsKernelsAndTokens) {
  RooflineReport report;
  KernelRow row;
  row.target = "gfx942";
  row.kernel.op = "matmul_o";
  row.kernel.weights = 100;
  row.counts.loop = 120;
  report.kernels.push_back(row);
  report.tokens.push_back({"gfx942", "w4a16", "persistent", 1024, 1, 161, 1000, 0.5, {{"launch", 900, 1100}}});
  std::ostringstream text;
  printJson(report, text);
  nlohmann::json json = nlohmann::json::parse(text.str());
  EXPECT_EQ(json["kernels"][0]["op"], "matmul_o");
  EXPECT_DOUBLE_EQ(json["kernels"][0]["loop_instructions_per_weight"], 1.2);
  EXPECT_EQ(json["tokens"][0]["form"], "persistent");
  EXPECT_EQ(json["tokens"][0]["launches"], 1);
  EXPECT_EQ(json["tokens"][0]["barriers"], 161);
  EXPECT_EQ(json["tokens"][0]["sensitivities"][0]["higher_us"], 1100);
}

} // namespace
