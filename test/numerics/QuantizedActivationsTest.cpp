// Random models whose activations are quantized, compiled and run on the emulated device, against
// the oracle on the same quantized decoder.
#include "bench/generate_model/Decoder.h"
#include "test/end_to_end/support/Chain.h"

#include <gtest/gtest.h>

using namespace qcc::bench;
using namespace qcc::test;

namespace {

struct Case {
  const char *name;
  const char *chip;
  ModelShape shape;
};

// Every chip meets 4 and 8 bits; blocks are shorter and longer than the 128 features of a scale,
// and columns of heads fill and do not fill them.
const Case cases[] = {
    {"Block16",
     "gfx942",
     {.hidden = 256, .intermediate = 384, .heads = 8, .keyValueHeads = 4, .blockSize = 16}},
    {"Block32", "gfx1100", {.hidden = 128, .intermediate = 256, .vocabulary = 333}},
    {"Block64",
     "gfx90a",
     {.hidden = 384,
      .intermediate = 128,
      .heads = 3,
      .keyValueHeads = 3,
      .headSize = 128,
      .blockSize = 64}},
    {"Block128",
     "gfx1201",
     {.hidden = 256,
      .intermediate = 512,
      .heads = 4,
      .keyValueHeads = 1,
      .headSize = 64,
      .blockSize = 128}},
    {"Block256",
     "gfx950",
     {.hidden = 512, .intermediate = 256, .heads = 4, .headSize = 128, .blockSize = 256}},
    {"WholeRows", "gfx942", {.hidden = 256, .intermediate = 384, .blockSize = 0}},
    {"ZeroPoints",
     "gfx1100",
     {.hidden = 256,
      .intermediate = 256,
      .heads = 4,
      .keyValueHeads = 2,
      .headSize = 64,
      .zeroPoints = true}},
    {"ZeroPointsBlock128",
     "gfx90a",
     {.hidden = 256, .intermediate = 384, .blockSize = 128, .zeroPoints = true}},
    {"EightBits",
     "gfx942",
     {.hidden = 256,
      .intermediate = 384,
      .heads = 4,
      .keyValueHeads = 2,
      .headSize = 64,
      .bits = 8}},
    {"EightBitsZeroPoints",
     "gfx1201",
     {.hidden = 128, .intermediate = 256, .bits = 8, .zeroPoints = true}},
    {"EightBitsBlock128",
     "gfx1100",
     {.hidden = 256, .intermediate = 256, .bits = 8, .blockSize = 128}},
    // Matmuls of K = 192 keep their activations: of one row some kernels read integers, others do
    // not.
    {"Mixed",
     "gfx950",
     {.hidden = 192, .intermediate = 256, .heads = 2, .keyValueHeads = 1, .headSize = 64}},
    {"PackedQkvBias",
     "gfx942",
     {.hidden = 128, .intermediate = 256, .packedQkv = true, .bias = true}},
    {"TiedQuantized", "gfx1100", {.hidden = 128, .intermediate = 128, .head = Head::tiedQuantized}},
    {"Float32", "gfx90a", {.hidden = 128, .intermediate = 256, .activations = "f32"}},
    {"Bfloat16",
     "gfx942",
     {.hidden = 256,
      .intermediate = 256,
      .heads = 4,
      .keyValueHeads = 2,
      .headSize = 64,
      .activations = "bf16"}},
    // Full width, where waves split K and lanes have two columns.
    {"Wide",
     "gfx942",
     {.layers = 1,
      .hidden = 2048,
      .intermediate = 4096,
      .headSize = 64,
      .vocabulary = 333,
      .blockSize = 128}},
    {"WideEightBits",
     "gfx1100",
     {.layers = 1,
      .hidden = 2048,
      .intermediate = 4096,
      .headSize = 64,
      .vocabulary = 333,
      .bits = 8,
      .blockSize = 128}},
};

/// A prompt of two prefill steps of 8 and a part of a third, and tokens to decode after it.
TokenScript script(int64_t vocabulary) {
  TokenScript result;
  for (int i = 0; i < 24; ++i) {
    int token = static_cast<int>((i * 37 + 11) % vocabulary);
    (i < 19 ? result.prompt : result.forced).push_back(token);
  }
  return result;
}

class QuantizedActivations : public testing::TestWithParam<Case> {};

TEST_P(QuantizedActivations, DeviceAgreesWithOracle) {
  const Case &tried = GetParam();
  ScratchFolder folder;
  qcc::Status written = writeModel(tried.shape, folder.path);
  ASSERT_TRUE(written.ok()) << written.message;
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  std::string quantized = folder.file("quantized.mlir");
  ASSERT_TRUE(
      compileModel(model, tried.chip, artifact,
                   {"--prefill-rows", "8", "--max-context", "64", "--quantize-activations"}));
  ASSERT_TRUE(
      compileModel(model, tried.chip, quantized,
                   {"--quantize-activations", "--stop-after", "quantize", "--max-context", "64"}));
  TokenScript tokens = script(tried.shape.vocabulary);
  // A value that two roundings put on either side of a tie is an integer apart, an 80th of its
  // block's largest in the usual case, and that decides others after it. A wrong scale or factor is
  // 0.1 and more.
  expectClose(runArtifact(artifact, tokens), runOracle(quantized, tokens).values, 0.02, tried.name);
}

INSTANTIATE_TEST_SUITE_P(Models, QuantizedActivations, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
