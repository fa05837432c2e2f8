// Random models of awkward shapes, compiled and run on the emulated device, against the oracle.
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

/// K of 2048, a run, and of 4096 or 8192, two or four; so many columns that lanes have two of them.
ModelShape wholeBlocks(int64_t bits, bool zeroPoints, int64_t intermediate = 4096) {
  return {.layers = 1,
          .hidden = 2048,
          .intermediate = intermediate,
          .headSize = 64,
          .vocabulary = 333,
          .bits = bits,
          .blockSize = 128,
          .zeroPoints = zeroPoints};
}

// Every chip meets every kind of model over the table; the shapes are those that miss some
// multiple: 172 and 288 of blocks and tiles, 333 of vocabularies, 8, 80 and 96 of waves.
const Case cases[] = {
    // Block sizes, widths and vocabularies.
    {"Block16", "gfx942", {.heads = 8, .keyValueHeads = 4, .blockSize = 16}},
    {"Block32",
     "gfx1100",
     {.hidden = 172,
      .intermediate = 288,
      .heads = 2,
      .keyValueHeads = 1,
      .headSize = 64,
      .vocabulary = 333}},
    {"Block64",
     "gfx90a",
     {.hidden = 288,
      .heads = 3,
      .keyValueHeads = 3,
      .headSize = 96,
      .vocabulary = 333,
      .blockSize = 64}},
    {"Block128",
     "gfx1201",
     {.hidden = 288, .heads = 4, .keyValueHeads = 1, .headSize = 80, .blockSize = 128}},
    {"Block256",
     "gfx950",
     {.hidden = 512, .intermediate = 288, .heads = 4, .headSize = 128, .blockSize = 256}},
    {"BlockLongerThanRows", "gfx1100", {.heads = 8, .keyValueHeads = 8, .blockSize = 128}},
    {"WholeRows4Bit", "gfx942", {.intermediate = 288, .blockSize = 0}},
    {"WholeRows8Bit",
     "gfx1201",
     {.hidden = 172, .intermediate = 64, .headSize = 64, .bits = 8, .blockSize = 0}},

    // Zero points and eight bits.
    {"ZeroPoints", "gfx942", {.hidden = 288, .heads = 3, .keyValueHeads = 1, .zeroPoints = true}},
    {"ZeroPointsBlock16",
     "gfx1201",
     {.vocabulary = 333, .blockSize = 16, .zeroPoints = true, .activations = "f32"}},
    {"ZeroPointsBlock128",
     "gfx1100",
     {.hidden = 288, .heads = 3, .keyValueHeads = 3, .blockSize = 128, .zeroPoints = true}},
    {"EightBits",
     "gfx90a",
     {.heads = 8, .keyValueHeads = 4, .bits = 8, .blockSize = 16, .activations = "f32"}},
    {"EightBitsWide",
     "gfx1100",
     {.hidden = 288, .heads = 4, .keyValueHeads = 2, .headSize = 80, .bits = 8}},
    {"EightBitsZeroPoints",
     "gfx950",
     {.hidden = 172, .headSize = 64, .vocabulary = 333, .bits = 8, .zeroPoints = true}},

    // Runs of whole blocks, with the shape of decode at full size: 16 lanes a column, 128 elements
    // each.
    {"WholeBlocks", "gfx90a", wholeBlocks(4, false, 8192)},
    {"WholeBlocksZeroPoints", "gfx1201", wholeBlocks(4, true)},
    {"WholeBlocks8Bit", "gfx942", wholeBlocks(8, false)},
    {"WholeBlocks8BitZeroPoints", "gfx1100", wholeBlocks(8, true)},
    {"WholeBlocksWave32", "gfx1100", wholeBlocks(4, false)},
    {"WholeBlocksZeroPointsWave64", "gfx90a", wholeBlocks(4, true, 8192)},
    {"WholeBlocksCdna4", "gfx950", wholeBlocks(4, true)},
    {"WholeBlocks8BitRdna4", "gfx1201", wholeBlocks(8, false)},
    // 67 runs of one lane a column: loads ahead in a loop, and runs that not all waves have.
    {"ManyRuns", "gfx942", {.layers = 1, .hidden = 2144, .intermediate = 128, .headSize = 64}},
    {"ManyRunsWave32",
     "gfx1201",
     {.layers = 1, .hidden = 2144, .intermediate = 128, .headSize = 64, .zeroPoints = true}},

    // Heads.
    {"HeadSize8", "gfx950", {.heads = 8, .keyValueHeads = 2, .activations = "f32"}},
    {"HeadSize80", "gfx942", {.hidden = 160, .heads = 2, .keyValueHeads = 1, .headSize = 80}},
    {"HeadSize96", "gfx1201", {.hidden = 192, .heads = 2, .keyValueHeads = 2, .headSize = 96}},
    {"HeadSize128", "gfx1100", {.hidden = 256, .heads = 2, .keyValueHeads = 1, .headSize = 128}},
    {"ManyHeadsOnOne", "gfx90a", {.hidden = 288, .heads = 9, .keyValueHeads = 1}},

    // Attention's spellings.
    {"PackedQkv", "gfx942", {.hidden = 288, .heads = 6, .packedQkv = true}},
    {"PackedQkvBias",
     "gfx1100",
     {.hidden = 128, .zeroPoints = true, .activations = "f32", .packedQkv = true, .bias = true}},
    {"Bias", "gfx950", {.hidden = 288, .heads = 3, .keyValueHeads = 3, .bias = true}},
    {"RotaryNode", "gfx90a", {.hidden = 128, .rotary = Rotary::node}},
    {"RotaryNodePartialInterleaved",
     "gfx1201",
     {.hidden = 128, .rotary = Rotary::node, .rotaryInterleaved = true, .rotarySize = 16}},
    {"RotaryInterleaved", "gfx942", {.hidden = 128, .rotaryInterleaved = true}},
    {"RotaryPartial", "gfx1100", {.hidden = 256, .headSize = 80, .rotarySize = 32}},
    {"RotaryPartialInterleaved",
     "gfx950",
     {.hidden = 128, .rotaryInterleaved = true, .rotarySize = 8}},
    {"Window", "gfx1201", {.hidden = 128, .window = 7}},
    {"WindowOfOneChunk", "gfx942", {.hidden = 128, .window = 8, .softcap = 2}},
    {"Softcap", "gfx90a", {.hidden = 128, .activations = "f32", .softcap = 2}},

    // Heads of the model, and activations.
    {"TiedFloat", "gfx1100", {.vocabulary = 333, .head = Head::tiedFloat}},
    {"TiedQuantized", "gfx942", {.hidden = 128, .head = Head::tiedQuantized}},
    {"TiedQuantizedZeroPoints",
     "gfx950",
     {.hidden = 128,
      .vocabulary = 333,
      .bits = 8,
      .zeroPoints = true,
      .head = Head::tiedQuantized,
      .activations = "f32"}},
    {"Bfloat16", "gfx942", {.hidden = 288, .heads = 3, .keyValueHeads = 1, .activations = "bf16"}},
    {"Bfloat16ZeroPoints", "gfx1100", {.hidden = 128, .zeroPoints = true, .activations = "bf16"}},
    {"Bfloat16EightBits", "gfx90a", {.hidden = 128, .bits = 8, .activations = "bf16"}},
    {"Bfloat16Bias",
     "gfx1201",
     {.hidden = 172, .headSize = 64, .activations = "bf16", .bias = true}},
    {"Float32", "gfx950", {.hidden = 288, .heads = 3, .keyValueHeads = 1, .activations = "f32"}},
};

/// A prompt of more tokens than two prefill steps of 8, which ends inside the third, and tokens to
/// decode after it.
TokenScript script(int64_t vocabulary) {
  TokenScript result;
  for (int i = 0; i < 27; ++i) {
    int token = static_cast<int>((i * 37 + 11) % vocabulary);
    (i < 21 ? result.prompt : result.forced).push_back(token);
  }
  return result;
}

/// How far logits may be from the oracle's. It rounds to the activation type after every operation,
/// a kernel once where it stores, so the two differ by some roundings: these models come out 1e-6
/// apart in fp32, 0.001 in fp16 and 0.008 in bf16, and a wrong scale, zero point or position 0.1
/// and more.
double toleranceFor(const std::string &activations) {
  return activations == "f32" ? 1e-5 : activations == "f16" ? 0.005 : 0.02;
}

class Numerics : public testing::TestWithParam<Case> {};

TEST_P(Numerics, DeviceAgreesWithOracle) {
  const Case &tried = GetParam();
  ScratchFolder folder;
  qcc::Status written = writeModel(tried.shape, folder.path);
  ASSERT_TRUE(written.ok()) << written.message;
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  ASSERT_TRUE(
      compileModel(model, tried.chip, artifact, {"--prefill-rows", "8", "--max-context", "64"}));
  TokenScript tokens = script(tried.shape.vocabulary);
  expectClose(runArtifact(artifact, tokens), runOracle(model, tokens).values,
              toleranceFor(tried.shape.activations), tried.name);
}

INSTANTIATE_TEST_SUITE_P(Models, Numerics, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
