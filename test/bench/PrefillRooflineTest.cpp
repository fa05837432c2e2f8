// How busy the matmuls and attention of a prefill step keep the matrix units, counted on the
// emulated device.
#include "bench/generate_model/Decoder.h"
#include "bench/roofline/CompiledModel.h"
#include "bench/roofline/Prefill.h"

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
  const char *activations;
  double least; ///< share of matrix peak in steady state, weighted with operations
  bool quantizeActivations = false;
};

// CDNA unpacks beside its matrix units, RDNA in their place: 16 elements in some 30 cycles for
// 256 of WMMA. bf16 weights are computed in f32, which takes more than twice as long. Products of
// bytes join the sums on the vector unit, which takes about as long as they do.
const Case cases[] = {
    {"FourBitsCdna2", "gfx90a", 4, false, "f16", 0.9},
    {"FourBitsCdna3", "gfx942", 4, false, "f16", 0.9},
    {"FourBitsCdna4", "gfx950", 4, false, "f16", 0.6},
    {"FourBitsRdna3", "gfx1100", 4, false, "f16", 0.75},
    {"FourBitsRdna4", "gfx1201", 4, false, "f16", 0.75},
    {"FourBitsZeroPointsCdna3", "gfx942", 4, true, "f16", 0.85},
    {"FourBitsZeroPointsRdna3", "gfx1100", 4, true, "f16", 0.75},
    {"EightBitsCdna3", "gfx942", 8, false, "f16", 0.9},
    {"EightBitsRdna3", "gfx1100", 8, false, "f16", 0.75},
    {"FourBitsByBytesCdna3", "gfx942", 4, false, "f16", 0.65, true},
    {"FourBitsByBytesRdna3", "gfx1100", 4, false, "f16", 0.65, true},
    {"EightBitsByBytesRdna3", "gfx1100", 8, false, "f16", 0.65, true},
    {"FourBitsZeroPointsByBytesCdna3", "gfx942", 4, true, "f16", 0.55, true},
    {"EightBitsZeroPointsByBytesRdna3", "gfx1100", 8, true, "f16", 0.6, true},
    {"FourBitsBfloat16Cdna3", "gfx942", 4, false, "bf16", 0.6},
    {"FourBitsBfloat16Rdna3", "gfx1100", 4, false, "bf16", 0.6},
};

/// A layer as wide as one of 8 billion parameters, with a narrower feed-forward part and
/// vocabulary.
ModelShape shapeOf(const Case &tried) {
  return {.layers = 1,
          .hidden = 4096,
          .intermediate = 8192,
          .heads = 32,
          .keyValueHeads = 8,
          .vocabulary = 16384,
          .bits = tried.bits,
          .blockSize = 128,
          .zeroPoints = tried.zeroPoints,
          .head = Head::tiedQuantized,
          .activations = tried.activations};
}

class PrefillRoofline : public testing::TestWithParam<Case> {};

TEST_P(PrefillRoofline, MatmulsKeepMatrixUnitsBusy) {
  const Case &tried = GetParam();
  namespace fs = std::filesystem;
  std::string folder =
      (fs::temp_directory_path() / ("qcc-prefill-" + std::to_string(getpid()))).string();
  Status written = writeModel(shapeOf(tried), folder);
  ASSERT_TRUE(written.ok()) << written.message;
  const Chip &chip = *findChip(tried.chip);
  auto model = compileModel(
      folder + "/model.onnx", chip,
      {.context = 256, .prefillRows = 256, .quantizeActivations = tried.quantizeActivations});
  fs::remove_all(folder);
  ASSERT_TRUE(bool(model)) << toString(model.takeError());
  std::vector<PrefillRow> rows;
  for (const PlannedKernel &kernel : model->planned.kernels) {
    if (kernel.weights == 0 && kernel.cached == 0) {
      continue;
    }
    SCOPED_TRACE(kernel.op);
    auto row = measurePrefill(model->planned, kernel, chip, {256, 256});
    ASSERT_TRUE(bool(row)) << toString(row.takeError());
    EXPECT_EQ(row->findings, std::vector<std::string>());
    EXPECT_EQ(kernel.resources.vgprSpills + kernel.resources.sgprSpills, 0u);
    EXPECT_EQ(kernel.resources.scratchBytes, 0u);
    EXPECT_EQ(row->conflictCycles, 0);
    EXPECT_GT(row->loop.matrix, 0);
    EXPECT_LE(row->loop.matrix, row->whole.matrix);
    EXPECT_LE(row->chipShare, row->fill);
    if (kernel.weights != 0) {
      rows.push_back(std::move(*row));
    }
  }
  EXPECT_EQ(rows.size(), 5u);
  double steady = weightedShare(rows, [](const PrefillRow &row) { return row.loop.matrixShare(); });
  EXPECT_GE(steady, tried.least);
  RecordProperty("steady", std::to_string(steady));
}

INSTANTIATE_TEST_SUITE_P(Chips, PrefillRoofline, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(PrefillReport, JsonHoldsKernelsAndTheirWeightedShares) {
  PrefillRow narrow;
  narrow.target = "gfx942";
  narrow.scheme = "w4a16";
  narrow.step = {512, 512};
  narrow.kernel.op = "matmul_o";
  narrow.kernel.weights = 100;
  narrow.kernel.rowOperations = 200;
  narrow.loop = {/*vector=*/50, /*matrix=*/100, /*lds=*/200, /*memory=*/10, /*inOrder=*/400};
  PrefillRow wide = narrow;
  wide.kernel.op = "matmul_head";
  wide.kernel.weights = 300;
  wide.kernel.rowOperations = 600;
  wide.loop.lds = 100;
  // Attention is no matmul: the third row's share is not weighted in.
  PrefillRow attention = narrow;
  attention.kernel.op = "attention";
  attention.kernel.weights = attention.kernel.rowOperations = 0;
  attention.kernel.positionOperations = 4;
  attention.step = {2, 4};
  std::ostringstream text;
  printJson({narrow, wide, attention}, text);
  nlohmann::json json = nlohmann::json::parse(text.str());
  // Rows 2 and 3 attend to 3 and 4 positions.
  EXPECT_DOUBLE_EQ(json["prefill"][2]["operations"], 4.0 * 7);
  EXPECT_EQ(json["prefill"][0]["op"], "matmul_o");
  EXPECT_EQ(json["prefill"][0]["limit"], "LDS");
  EXPECT_DOUBLE_EQ(json["prefill"][0]["matrix_share_steady"], 0.5);
  EXPECT_DOUBLE_EQ(json["prefill"][0]["matrix_share_in_order"], 0.25);
  EXPECT_DOUBLE_EQ(json["prefill"][1]["operations"], 2.0 * 512 * 300);
  EXPECT_DOUBLE_EQ(json["weighted"][0]["matrix_share_steady"], 0.875);
}

} // namespace
