// Attention at every length from one position on, where its positions are split between waves and
// workgroups in every way, against the oracle. The emulated device's checks are on and fatal: a
// race between workgroups fails a run.
#include "bench/generate_model/Decoder.h"
#include "runtime/qcc_runtime.hpp"
#include "test/end_to_end/support/Chain.h"

#include <gtest/gtest.h>

using namespace qcc::bench;
using namespace qcc::test;

namespace {

struct Case {
  const char *name;
  const char *chip;
  ModelShape shape;
  int decoded;            // tokens after the prompt
  int prompt = 1;         // tokens
  const char *cache = ""; // --kv-cache
};

/// One layer of small matmuls around attention of `heads` query heads on `keyValueHeads`.
ModelShape heads(int64_t heads, int64_t keyValueHeads, int64_t size) {
  return {.layers = 1,
          .hidden = 64,
          .intermediate = 64,
          .heads = heads,
          .keyValueHeads = keyValueHeads,
          .headSize = size,
          .vocabulary = 64,
          .context = 4096};
}

ModelShape with(ModelShape shape, const std::string &activations, int64_t window = 0,
                double softcap = 0) {
  shape.activations = activations;
  shape.window = window;
  shape.softcap = softcap;
  return shape;
}

// A turn is 32 to 256 positions by chip and head, a split one turn or more: the numbers of tokens
// reach over the second boundary.
const Case cases[] = {
    {"OneQueryHead", "gfx942", heads(2, 2, 64), 262},
    {"FourQueryHeads", "gfx942", heads(4, 1, 128), 132},
    {"FourQueryHeadsWave32", "gfx1100", heads(8, 2, 128), 70},
    {"SevenQueryHeads", "gfx90a", heads(7, 1, 64), 132},
    {"SevenQueryHeadsWave32", "gfx1201", heads(7, 1, 128), 70},
    {"EightQueryHeads", "gfx950", heads(8, 1, 128), 132},
    {"NineQueryHeads", "gfx1100", heads(9, 1, 64), 70},
    // Four splits of several turns each: 16 workgroups a split on 64 compute units.
    {"SplitsOfManyTurns", "gfx1201", heads(16, 16, 128), 150},
    {"Bfloat16", "gfx942", with(heads(4, 2, 96), "bf16"), 132},
    {"Bfloat16Wave32", "gfx1201", with(heads(2, 1, 80), "bf16"), 100},
    {"Float32", "gfx90a", with(heads(4, 2, 64), "f32"), 140},
    {"Size256", "gfx1100", heads(4, 2, 256), 70},
    {"SizeOf12", "gfx942", heads(2, 1, 12), 300},
    {"Window", "gfx942", with(heads(4, 1, 128), "f16", 100), 180},
    {"WindowWave32", "gfx1100", with(heads(2, 2, 128), "f16", 65), 140},
    {"Softcap", "gfx950", with(heads(4, 1, 128), "f16", 0, 2), 132},
    {"Long", "gfx942", heads(4, 1, 64), 4, 700},
    {"LongWave32", "gfx1100", heads(4, 1, 64), 4, 700},
    // Other elements in the cache than those of activations.
    {"CacheInt8", "gfx942", heads(4, 1, 128), 132, 1, "int8"},
    {"CacheInt8Wave32", "gfx1100", heads(7, 1, 64), 140, 1, "int8"},
    {"CacheInt8Float32", "gfx90a", with(heads(4, 2, 64), "f32"), 140, 40, "int8"},
    {"CacheInt8OddSize", "gfx1201", with(heads(2, 2, 12), "f32"), 140, 40, "int8"},
    {"CacheInt8Bfloat16", "gfx950", with(heads(4, 1, 96), "bf16", 100), 140, 1, "int8"},
    {"CacheFp8", "gfx942", heads(4, 1, 128), 132, 1, "fp8"},
    {"CacheFp8Wave32", "gfx1100", heads(7, 1, 64), 140, 1, "fp8"},
    {"CacheFp8Float32", "gfx90a", with(heads(4, 2, 64), "f32"), 140, 40, "fp8"},
    {"CacheFp8OddSize", "gfx1201", with(heads(2, 2, 12), "f32"), 140, 40, "fp8"},
    {"CacheFp8SizeOf80", "gfx1201", heads(2, 1, 80), 100, 1, "fp8"},
    {"CacheFp8Bfloat16", "gfx950", with(heads(4, 1, 96), "bf16", 100), 140, 1, "fp8"},
    {"CacheFloat16", "gfx1100", with(heads(4, 1, 128), "f32"), 40, 1, "f16"},
    {"CacheBfloat16", "gfx942", heads(4, 1, 128), 70, 1, "bf16"},
    {"CacheFloat32", "gfx1201", heads(4, 1, 128), 40, 1, "f32"},
};

TokenScript script(int prompt, int decoded, int first = 11) {
  TokenScript result;
  for (int i = 0; i < prompt + decoded; ++i) {
    (i < prompt ? result.prompt : result.forced).push_back((i * 37 + first) % 64);
  }
  return result;
}

/// As in NumericsTest: the oracle rounds after every operation, a kernel once where it stores. A
/// key that is rounded before it is quantized, or not, may fall to a neighbouring integer, a step
/// of 1 / 127 of the largest; so may one whose sum is added in another order. Of fp8's, every 256th
/// may that is not rounded to f16 before, or to bf16 every 32nd, by up to an eighth.
double toleranceFor(const Case &tried) {
  const std::string &activations = tried.shape.activations;
  double rounding = activations == "f32" ? 1e-5 : activations == "f16" ? 0.005 : 0.02;
  double neighbours = tried.cache == std::string("int8")  ? 0.001
                      : tried.cache == std::string("fp8") ? (activations == "f32" ? 0.001 : 0.01)
                                                          : 0;
  return rounding + neighbours;
}

/// The device reads its checks from the environment, that of this process and of those it starts.
class Checked : public testing::Test {
protected:
  static void SetUpTestSuite() { setenv("QCC_EMULATED_CHECKS", "all,fatal", /*overwrite=*/1); }
};

class Attention : public Checked, public testing::WithParamInterface<Case> {};

TEST_P(Attention, AgreesWithOracleAndWithItself) {
  const Case &tried = GetParam();
  ScratchFolder folder;
  qcc::Status written = writeModel(tried.shape, folder.path);
  ASSERT_TRUE(written.ok()) << written.message;
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  std::string context = std::to_string(tried.prompt + tried.decoded + 1);
  std::vector<std::string> options{"--prefill-rows", "32", "--max-context", context}, cache;
  if (*tried.cache) {
    cache = {"--kv-cache", tried.cache};
    options.insert(options.end(), cache.begin(), cache.end());
  }
  ASSERT_TRUE(compileModel(model, tried.chip, artifact, options));
  TokenScript tokens = script(tried.prompt, tried.decoded);
  Logits first = runArtifact(artifact, tokens);
  expectClose(first, runOracle(model, tokens, cache).values, toleranceFor(tried), tried.name);
  EXPECT_EQ(first.values.data, runArtifact(artifact, tokens).values.data);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Attention, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

/// Two sequences of different lengths, one of them of a single split, in one step.
TEST_F(Checked, SequencesOfDifferentLengths) {
  ScratchFolder folder;
  ASSERT_TRUE(writeModel(heads(4, 2, 64), folder.path).ok());
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  ASSERT_TRUE(compileModel(model, "gfx942", artifact,
                           {"--max-batch", "2", "--prefill-rows", "32", "--max-context", "300"}));
  // The oracle gives logits after the prompt and after all decoded tokens but the last.
  constexpr int steps = 4;
  const TokenScript scripts[] = {script(3, steps + 1), script(280, steps + 1, 5)};
  qcc_device_params params;
  qcc_device_params_initialize(&params);
  params.name = "emulated";
  qcc::api::Device device(params);
  qcc::api::Model loaded(artifact);
  qcc::api::Session session(device, loaded);
  std::vector<uint32_t> sequences;
  for (const TokenScript &script : scripts) {
    sequences.push_back(session.addSequence());
    session.prefill(sequences.back(),
                    std::vector<uint32_t>(script.prompt.begin(), script.prompt.end()));
  }
  Logits rows[2];
  for (Logits &logits : rows) {
    logits.values.shape = {steps, 64};
  }
  for (int step = 0; step < steps; ++step) {
    std::vector<uint32_t> tokens;
    for (const TokenScript &script : scripts) {
      tokens.push_back(script.forced[step]);
    }
    session.decode(sequences, tokens);
    for (uint32_t i = 0; i < 2; ++i) {
      const float *logits = session.logits(i);
      rows[i].values.data.insert(rows[i].values.data.end(), logits, logits + 64);
    }
  }
  for (uint32_t i = 0; i < 2; ++i) {
    qcc::FloatArray expected = runOracle(model, scripts[i]).values;
    expected.data.erase(expected.data.begin(), expected.data.begin() + 64);
    expected.shape[0] -= 1;
    expectClose(rows[i], expected, 0.005, "sequence " + std::to_string(i));
  }
}

} // namespace
