// What the kernels of one decoded token may cost, counted on the emulated device.
#include "bench/generate_model/Decoder.h"
#include "bench/roofline/CompiledModel.h"
#include "bench/roofline/Report.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

using namespace qcc;
using namespace qcc::bench;
using namespace qcc::model;

namespace {

struct Case {
  const char *name;
  const char *chip;
  int64_t bits;
  bool zeroPoints;
  /// Vector lane operations a weight, of the inner loop, reduction and epilogue. Two weights of 4
  /// bits take 2.25 to unpack and multiply, of 8 bits 2; a scale, a zero point and the epilogue
  /// come on top. By quantized activations a weight of 4 bits takes half an instruction, of 8 bits
  /// a quarter.
  double most;
  bool quantizeActivations = false;
};

const Case cases[] = {
    {"FourBitsWave64", "gfx942", 4, false, 1.3},
    {"FourBitsWave32", "gfx1100", 4, false, 1.3},
    {"FourBitsZeroPointsWave64", "gfx942", 4, true, 1.3},
    {"FourBitsZeroPointsWave32", "gfx1100", 4, true, 1.3},
    {"EightBitsWave64", "gfx942", 8, false, 1.2},
    {"EightBitsWave32", "gfx1100", 8, false, 1.2},
    {"FourBitsByBytesWave64", "gfx942", 4, false, 0.8, true},
    {"FourBitsByBytesWave32", "gfx1100", 4, false, 0.8, true},
    {"FourBitsByBytesZeroPointsWave64", "gfx942", 4, true, 0.8, true},
    {"EightBitsByBytesWave64", "gfx942", 8, false, 0.5, true},
    {"EightBitsByBytesWave32", "gfx1100", 8, false, 0.5, true},
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

/// A model of `shape` with room for `context` positions, compiled.
llvm::Expected<PlannedModel> plan(const ModelShape &shape, const Chip &chip, int64_t context,
                                  bool quantizeActivations = false) {
  namespace fs = std::filesystem;
  std::string folder =
      (fs::temp_directory_path() / ("qcc-roofline-" + std::to_string(getpid()))).string();
  Status written = writeModel(shape, folder);
  if (!written.ok()) {
    return llvm::createStringError(written.message);
  }
  auto model = compileModel(folder + "/model.onnx", chip,
                            {.context = context, .quantizeActivations = quantizeActivations});
  fs::remove_all(folder);
  if (!model) {
    return model.takeError();
  }
  return std::move(model->planned);
}

TEST_P(Roofline, MatmulsStreamTheirWeights) {
  const Case &tried = GetParam();
  const Chip &chip = *findChip(tried.chip);
  auto model = plan(shapeOf(tried), chip, 256, tried.quantizeActivations);
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

struct AttentionCase {
  const char *name;
  const char *chip;
  int64_t context;
  /// Vector lane operations an element of keys and values, for four query heads: two for a product
  /// of keys, four (two packed) for one of values, half a conversion; sums of lanes, softmax and
  /// merging come on top, the more so the shorter the context.
  double most;
  /// HBM bytes over the least: partial results of the splits are written and read once.
  double bytes;
};

const AttentionCase attentionCases[] = {
    {"ShortWave64", "gfx942", 1024, 9.5, 1.14},
    {"LongWave64", "gfx942", 8192, 7, 1.05},
    {"ShortWave32", "gfx1100", 1024, 8.5, 1.11},
    {"LongWave32", "gfx1100", 8192, 6, 1.02},
};

class RooflineAttention : public testing::TestWithParam<AttentionCase> {};

TEST_P(RooflineAttention, ReadsTheCacheOnce) {
  const AttentionCase &tried = GetParam();
  const Chip &chip = *findChip(tried.chip);
  // Attention as in a model of 8 billion parameters; nothing else matters.
  ModelShape shape = {.layers = 1,
                      .hidden = 256,
                      .intermediate = 64,
                      .heads = 32,
                      .keyValueHeads = 8,
                      .headSize = 128,
                      .vocabulary = 64,
                      .context = 8192};
  auto model = plan(shape, chip, tried.context);
  ASSERT_TRUE(bool(model)) << toString(model.takeError());
  auto kernel = llvm::find_if(model->kernels, [](auto &k) { return k.op == "attention"; });
  ASSERT_NE(kernel, model->kernels.end());
  EXPECT_EQ(kernel->cached, 2 * 8 * 128 * tried.context);
  auto run = runCounted(model->code, chip, *kernel, {1, tried.context - 1});
  ASSERT_TRUE(bool(run)) << toString(run.takeError());
  LoopCounts counts = countLoop(run->counters);
  EXPECT_LE((counts.loop + counts.prologue) / kernel->cached, tried.most);
  EXPECT_EQ(run->findings, std::vector<std::string>());
  EXPECT_TRUE(counts.wideLoads);
  EXPECT_EQ(kernel->resources.vgprSpills + kernel->resources.sgprSpills, 0u);
  EXPECT_EQ(kernel->resources.scratchBytes, 0u);
  double bytes = 128.0 * (run->counters.loadedLines128 + run->counters.storedLines128);
  EXPECT_LE(bytes, tried.bytes * kernel->leastBytes);
  EXPECT_GE(bytes, kernel->leastBytes);
  // The waves of a workgroup for each compute unit keep the memory busy.
  EXPECT_GE(kernel->bytesInFlight * kernel->workgroup / chip.waveSize * chip.computeUnits,
            bytesInFlight(chip));
}

INSTANTIATE_TEST_SUITE_P(Contexts, RooflineAttention, testing::ValuesIn(attentionCases),
                         [](const auto &info) { return std::string(info.param.name); });

/// Three kernels: two that every one of four layers repeats between the embedding and the head.
std::vector<KernelRow> rowsOfToken() {
  std::vector<KernelRow> rows(4);
  const char *ops[] = {"embed", "matmul_o", "attention", "matmul_head"};
  for (size_t index = 0; index < rows.size(); ++index) {
    rows[index].kernel.op = ops[index];
    rows[index].leastBytes = 1e6;
    rows[index].work.hbmBytes = 1.1e6;
    rows[index].work.bytesInFlight = rows[index].persistentBytesInFlight = 1e9;
  }
  rows[2].work.vectorCycles = 1e5; // far more than its memory takes
  return rows;
}

TEST(Token, TimeIsTheSumOfItsCauses) {
  const Chip &chip = *findChip("gfx942");
  const std::vector<KernelRow> rows = rowsOfToken();
  for (TokenForm form : {TokenForm::launches, TokenForm::persistent}) {
    TokenRow token = projectToken(rows, 4, chip, form);
    EXPECT_EQ(token.launches + token.barriers, 1 + 2 * 4 + 1);
    double sum = 0;
    for (const TokenRow::Loss &loss : token.losses) {
      EXPECT_GE(loss.microseconds, 0) << loss.cause;
      sum += loss.microseconds;
    }
    EXPECT_NEAR(sum, token.projectedMicroseconds, 1e-6);
    EXPECT_NEAR(token.losses.front().microseconds, 10e6 / (chip.bandwidth * 1e3), 1e-9);
    EXPECT_EQ(token.losses[1].cause, "kernels bound by something else");
  }
  const double launches = projectToken(rows, 4, chip, TokenForm::launches).projectedMicroseconds;
  const double persistent =
      projectToken(rows, 4, chip, TokenForm::persistent).projectedMicroseconds;
  EXPECT_NEAR(launches - persistent, 9 * (chip.launchMicroseconds - chip.gridBarrierMicroseconds),
              1e-6);
}

/// Some workgroups tell of all, where rows are one tile and where they are more.
TEST(MeasuredKernel, SomeWorkgroupsTellOfAll) {
  const Chip &chip = *findChip("gfx942");
  namespace fs = std::filesystem;
  std::string folder =
      (fs::temp_directory_path() / ("qcc-measured-" + std::to_string(getpid()))).string();
  ASSERT_TRUE(writeModel({.layers = 1,
                          .hidden = 1024,
                          .intermediate = 8192,
                          .vocabulary = 8192,
                          .blockSize = 128,
                          .head = Head::tiedQuantized},
                         folder)
                  .ok());
  auto model = compileModel(folder + "/model.onnx", chip, {.context = 64, .batch = 16});
  fs::remove_all(folder);
  ASSERT_TRUE(bool(model)) << toString(model.takeError());
  size_t compared = 0;
  for (const PlannedKernel &kernel : model->planned.kernels) {
    constexpr uint64_t some = 32;
    if (kernel.weights == 0 || kernel.grid[0] <= some) {
      continue;
    }
    for (int64_t rows : {1, 16}) {
      SCOPED_TRACE(kernel.op + " of " + std::to_string(rows));
      CountedStep step{.rows = rows, .position = 40, .sequences = rows};
      auto all = measureKernel(model->planned, kernel, chip, step);
      step.mostWorkgroups = some;
      auto few = measureKernel(model->planned, kernel, chip, step);
      ASSERT_TRUE(bool(all) && bool(few));
      EXPECT_NEAR(few->hbmBytes / all->hbmBytes, 1, 0.01);
      EXPECT_NEAR(few->projection.microseconds / all->projection.microseconds, 1, 0.02);
      EXPECT_NEAR(few->counts.loop / all->counts.loop, 1, 0.02);
      EXPECT_EQ(few->leastBytes, all->leastBytes);
      ++compared;
    }
  }
  EXPECT_GE(compared, 4u);
}

TEST(MeasuredKernel, LeastBytesAreThoseOfTheStep) {
  PlannedKernel kernel;
  kernel.rows = 4;
  kernel.positions = 4 * 100;
  kernel.rowBytes = 10;
  kernel.positionBytes = 2;
  kernel.leastBytes = 1000 + 4 * 10 + 400 * 2;
  EXPECT_EQ(kernel.leastBytesOf(4, 400), kernel.leastBytes);
  EXPECT_EQ(kernel.leastBytesOf(1, 50), 1000 + 10 + 100);
}

TEST(RooflineReport, JsonHoldsKernelsAndTokens) {
  RooflineReport report;
  KernelRow row;
  row.target = "gfx942";
  row.kernel.op = "matmul_o";
  row.kernel.weights = 100;
  row.counts.loop = 120;
  report.kernels.push_back(row);
  report.tokens.push_back(
      {"gfx942", "w4a16", "persistent", 1, 1024, 1, 161, 1000, 0.5, {{"launch", 900, 1100}}});
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
