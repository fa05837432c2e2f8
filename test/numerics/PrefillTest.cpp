// Prefill steps of many rows, whose matmuls are on matrix instructions, against the oracle.
#include "bench/generate_model/Decoder.h"
#include "test/end_to_end/support/Chain.h"

#include <gtest/gtest.h>

using namespace qcc::bench;
using namespace qcc::test;

namespace {

/// A model, and how many rows a step has and takes at most.
struct Case {
  const char *name;
  const char *chip;
  int rows, prefillRows;
  ModelShape shape;
};

/// Features and columns that are no multiples of what a workgroup computes: 384 and 192 of 128, 333
/// of anything.
ModelShape ragged(int64_t bits, int64_t blockSize, bool zeroPoints = false) {
  return {.layers = 1,
          .hidden = 384,
          .intermediate = 1024,
          .heads = 6,
          .keyValueHeads = 3,
          .headSize = 64,
          .vocabulary = 333,
          .bits = bits,
          .blockSize = blockSize,
          .zeroPoints = zeroPoints};
}

ModelShape bfloat16(int64_t bits, int64_t blockSize, bool zeroPoints = false) {
  ModelShape shape = ragged(bits, blockSize, zeroPoints);
  shape.activations = "bf16";
  return shape;
}

/// Runs of weights as decode has them at full size: 16 lanes a column, a whole block each.
ModelShape deep(int64_t bits, bool zeroPoints) {
  return {.layers = 1,
          .hidden = 2048,
          .intermediate = 2048,
          .heads = 16,
          .keyValueHeads = 4,
          .vocabulary = 333,
          .bits = bits,
          .blockSize = 128,
          .zeroPoints = zeroPoints};
}

/// Blocks as long as rows: a scale and a zero point for each column.
ModelShape oneBlock(int64_t bits) {
  return {.layers = 1,
          .hidden = 256,
          .intermediate = 256,
          .bits = bits,
          .blockSize = 256,
          .zeroPoints = true};
}

// Every chip meets every width, block size and number of rows that fills no tile.
const Case cases[] = {
    {"FourBitsCdna2", "gfx90a", 33, 64, ragged(4, 64)},
    {"FourBitsCdna3", "gfx942", 100, 128, ragged(4, 32)},
    {"FourBitsCdna4", "gfx950", 17, 32, ragged(4, 128)},
    {"FourBitsRdna3", "gfx1100", 100, 128, ragged(4, 32)},
    {"FourBitsRdna4", "gfx1201", 33, 64, ragged(4, 128)},
    {"FourBitsZeroPointsCdna2", "gfx90a", 17, 64, ragged(4, 128, true)},
    {"FourBitsZeroPointsCdna3", "gfx942", 33, 64, ragged(4, 64, true)},
    {"FourBitsZeroPointsCdna4", "gfx950", 100, 128, ragged(4, 32, true)},
    {"FourBitsZeroPointsRdna3", "gfx1100", 17, 32, ragged(4, 64, true)},
    {"FourBitsZeroPointsRdna4", "gfx1201", 100, 128, ragged(4, 32, true)},
    {"EightBitsCdna2", "gfx90a", 100, 128, ragged(8, 32)},
    {"EightBitsCdna3", "gfx942", 17, 64, ragged(8, 128)},
    {"EightBitsCdna4", "gfx950", 33, 64, ragged(8, 64)},
    {"EightBitsRdna3", "gfx1100", 33, 64, ragged(8, 128)},
    {"EightBitsRdna4", "gfx1201", 17, 32, ragged(8, 64)},
    {"EightBitsZeroPointsCdna3", "gfx942", 100, 128, ragged(8, 32, true)},
    {"EightBitsZeroPointsRdna3", "gfx1100", 33, 64, ragged(8, 64, true)},
    {"SmallBlocksCdna3", "gfx942", 33, 64, ragged(4, 16, true)},
    {"SmallBlocksRdna4", "gfx1201", 33, 64, ragged(4, 16)},
    {"PerChannelCdna2", "gfx90a", 33, 64, ragged(8, 0)},
    {"PerChannelCdna3", "gfx942", 33, 64, ragged(4, 0)},
    {"PerChannelZeroPointsCdna4", "gfx950", 33, 64, oneBlock(8)},
    {"PerChannelZeroPointsRdna3", "gfx1100", 33, 64, oneBlock(4)},
    {"PerChannelRdna4", "gfx1201", 33, 64, ragged(8, 0)},
    {"Bfloat16Cdna2", "gfx90a", 33, 64, bfloat16(8, 32)},
    {"Bfloat16Cdna3", "gfx942", 100, 128, bfloat16(4, 32)},
    {"Bfloat16Cdna4", "gfx950", 17, 32, bfloat16(4, 64, true)},
    {"Bfloat16Rdna3", "gfx1100", 100, 128, bfloat16(8, 128, true)},
    {"Bfloat16Rdna4", "gfx1201", 33, 64, bfloat16(4, 128)},
    {"DeepCdna3", "gfx942", 100, 128, deep(4, false)},
    {"DeepRdna3", "gfx1100", 100, 128, deep(4, true)},
    {"DeepEightBitsCdna2", "gfx90a", 33, 64, deep(8, true)},
    {"DeepEightBitsRdna4", "gfx1201", 33, 64, deep(8, false)},
};

/// `rows` tokens in one step, then some that are decoded.
TokenScript script(int rows, int64_t vocabulary) {
  TokenScript result;
  for (int i = 0; i < rows + 2; ++i) {
    int token = static_cast<int>((i * 37 + 11) % vocabulary);
    (i < rows ? result.prompt : result.forced).push_back(token);
  }
  return result;
}

class Prefill : public testing::TestWithParam<Case> {};

TEST_P(Prefill, AgreesWithOracle) {
  const Case &tried = GetParam();
  ScratchFolder folder;
  qcc::Status written = writeModel(tried.shape, folder.path);
  ASSERT_TRUE(written.ok()) << written.message;
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  ASSERT_TRUE(
      compileModel(model, tried.chip, artifact,
                   {"--prefill-rows", std::to_string(tried.prefillRows), "--max-context", "128"}));
  TokenScript tokens = script(tried.rows, tried.shape.vocabulary);
  // As for decode: roundings come to 0.001 in f16 and 0.008 in bf16, a wrong scale, zero point or
  // element to 0.1 and more.
  double tolerance = tried.shape.activations == "bf16" ? 0.02 : 0.005;
  expectClose(runArtifact(artifact, tokens), runOracle(model, tokens).values, tolerance,
              tried.name);
}

INSTANTIATE_TEST_SUITE_P(Models, Prefill, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
