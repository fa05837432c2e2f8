// Prefill steps of many rows, whose attention is on matrix instructions, against the oracle. The
// emulated device's checks are on and fatal.
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
  int prompt;             // tokens
  int prefillRows;        // that a step has at most
  const char *cache = ""; // --kv-cache
  bool quantized = false; // --quantize-activations
};

/// One layer of small matmuls around attention of `heads` query heads on `keyValueHeads`.
ModelShape heads(int64_t heads, int64_t keyValueHeads, int64_t size,
                 const std::string &activations = "f16", int64_t window = 0, double softcap = 0) {
  return {.layers = 1,
          .hidden = 64,
          .intermediate = 64,
          .heads = heads,
          .keyValueHeads = keyValueHeads,
          .headSize = size,
          .vocabulary = 64,
          .context = 4096,
          .activations = activations,
          .window = window,
          .softcap = softcap};
}

// Every chip meets every kind of cache; numbers of rows fill no tile of queries and no block of
// positions; prompts longer than a step continue at a position past 0.
const Case cases[] = {
    {"Cdna2", "gfx90a", heads(4, 1, 128), 100, 128},
    {"Cdna3", "gfx942", heads(8, 1, 64), 33, 64},
    {"Cdna4", "gfx950", heads(4, 4, 128), 100, 128},
    {"Rdna3", "gfx1100", heads(4, 1, 128), 100, 128},
    {"Rdna4", "gfx1201", heads(8, 1, 64), 33, 64},
    {"ContinuedCdna2", "gfx90a", heads(2, 2, 64), 200, 64},
    {"ContinuedCdna3", "gfx942", heads(4, 1, 128), 117, 50},
    {"ContinuedRdna3", "gfx1100", heads(8, 2, 64), 150, 33},
    {"ContinuedRdna4", "gfx1201", heads(4, 4, 128), 117, 100},
    {"SevenQueryHeadsCdna4", "gfx950", heads(7, 1, 64), 70, 32},
    {"SevenQueryHeadsRdna3", "gfx1100", heads(7, 1, 64), 70, 32},
    {"Size96Cdna3", "gfx942", heads(2, 1, 96), 70, 100},
    {"Size80Cdna2", "gfx90a", heads(2, 1, 80), 45, 64},
    {"Size256Cdna3", "gfx942", heads(2, 1, 256), 70, 40},
    {"Size256Rdna3", "gfx1100", heads(2, 1, 256), 70, 40},
    {"Size256Rdna4", "gfx1201", heads(2, 1, 256), 40, 40},
    {"Size16Rdna4", "gfx1201", heads(4, 2, 16), 40, 40},
    {"WindowCdna3", "gfx942", heads(4, 1, 64, "f16", 37), 190, 100},
    {"WindowRdna3", "gfx1100", heads(4, 2, 64, "f16", 21), 150, 100},
    {"WindowOfOneRdna4", "gfx1201", heads(4, 2, 64, "f16", 1), 40, 40},
    {"SoftcapCdna2", "gfx90a", heads(4, 1, 64, "f16", 0, 2), 70, 100},
    {"SoftcapRdna4", "gfx1201", heads(4, 2, 64, "f16", 50, 3), 100, 64},
    {"Bfloat16Cdna3", "gfx942", heads(4, 2, 128, "bf16", 40), 100, 64},
    {"Int8Cdna2", "gfx90a", heads(4, 1, 96), 70, 64, "int8"},
    {"Int8Cdna3", "gfx942", heads(4, 1, 128), 70, 64, "int8"},
    {"Int8Cdna4", "gfx950", heads(4, 1, 64, "bf16"), 70, 64, "int8"},
    {"Int8Rdna3", "gfx1100", heads(8, 1, 64), 70, 64, "int8"},
    {"Int8Rdna4", "gfx1201", heads(4, 1, 128, "bf16"), 70, 64, "int8"},
    {"Fp8Cdna2", "gfx90a", heads(4, 1, 64, "bf16"), 70, 64, "fp8"},
    {"Fp8Cdna3", "gfx942", heads(4, 1, 128), 70, 64, "fp8"},
    {"Fp8Cdna4", "gfx950", heads(4, 1, 96), 70, 64, "fp8"},
    {"Fp8Rdna3", "gfx1100", heads(8, 1, 64, "bf16"), 70, 64, "fp8"},
    {"Fp8Rdna4", "gfx1201", heads(4, 1, 128), 70, 64, "fp8"},
    // Channels of a result are quantized in blocks of 128: a head, two heads, half a head.
    {"QuantizedCdna2", "gfx90a", heads(4, 1, 128), 40, 64, "", true},
    {"QuantizedTwoHeadsCdna3", "gfx942", heads(8, 2, 64), 40, 32, "", true},
    {"QuantizedHalfHeadCdna4", "gfx950", heads(2, 1, 256), 40, 64, "", true},
    {"QuantizedRdna3", "gfx1100", heads(4, 2, 128, "bf16"), 40, 64, "", true},
    {"QuantizedTwoHeadsRdna4", "gfx1201", heads(8, 2, 64), 40, 64, "", true},
};

/// Token `index` of sequence `sequence`.
int token(int index, int sequence = 0) {
  return (index * 37 + 11 + 5 * sequence) % 64;
}

/// As in AttentionTest. Weights of values are rounded as well, to f16 or bf16: each by half a unit
/// of the last place, most of which cancels out.
double toleranceFor(const Case &tried) {
  if (tried.quantized) {
    return 0.04; // as in QuantizedActivationsTest
  }
  std::string cache = tried.cache;
  double neighbours = cache == "int8" ? 0.001 : cache == "fp8" ? 0.01 : 0;
  return (tried.shape.activations == "bf16" ? 0.02 : 0.005) + neighbours;
}

class Checked : public testing::Test {
protected:
  static void SetUpTestSuite() { setenv("QCC_EMULATED_CHECKS", "all,fatal", /*overwrite=*/1); }
};

class FlashAttention : public Checked, public testing::WithParamInterface<Case> {};

TEST_P(FlashAttention, AgreesWithOracle) {
  const Case &tried = GetParam();
  ScratchFolder folder;
  qcc::Status written = writeModel(tried.shape, folder.path);
  ASSERT_TRUE(written.ok()) << written.message;
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  std::vector<std::string> options{"--max-context", std::to_string(tried.prompt + 2)}, cache;
  if (*tried.cache) {
    cache = {"--kv-cache", tried.cache};
    options.insert(options.end(), cache.begin(), cache.end());
  }
  if (tried.quantized) {
    options.emplace_back("--quantize-activations");
  }
  std::vector<std::string> ofOracle = options;
  options.insert(options.end(), {"--prefill-rows", std::to_string(tried.prefillRows)});
  ASSERT_TRUE(compileModel(model, tried.chip, artifact, options));
  if (tried.quantized) {
    // The oracle takes the same quantized decoder.
    ofOracle.insert(ofOracle.end(), {"--stop-after", "quantize"});
    std::string quantized = folder.file("quantized.mlir");
    ASSERT_TRUE(compileModel(model, tried.chip, quantized, ofOracle));
    model = quantized;
  }
  TokenScript tokens;
  for (int i = 0; i < tried.prompt; ++i) {
    tokens.prompt.push_back(token(i));
  }
  // The keys and values of the last prompt tokens, as a token sees them that is decoded.
  tokens.forced = {token(tried.prompt)};
  expectClose(runArtifact(artifact, tokens), runOracle(model, tokens, cache).values,
              toleranceFor(tried), tried.name);
}

INSTANTIATE_TEST_SUITE_P(Shapes, FlashAttention, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

/// The sequences of the rows of three steps: in runs, one of them over several workgroups; each row
/// of another sequence than the one before; and a run that others cut.
std::vector<std::vector<uint32_t>> mixedSteps() {
  std::vector<std::vector<uint32_t>> steps(3);
  for (auto [sequence, count] : {std::pair{1, 5}, {0, 57}, {2, 20}}) {
    steps[0].insert(steps[0].end(), count, sequence);
  }
  for (uint32_t i = 0; i < 48; ++i) {
    steps[1].push_back(i % 3);
  }
  for (uint32_t i = 0; i < 90; ++i) {
    steps[2].push_back(i < 40 || i > 43 ? 2 : i % 2);
  }
  return steps;
}

/// Sequences that share steps: each row sees its own sequence alone.
TEST_F(Checked, SequencesOfOneStep) {
  ScratchFolder folder;
  ASSERT_TRUE(writeModel(heads(4, 2, 64, "f16", 50), folder.path).ok());
  std::string model = folder.file("model.onnx"), artifact = folder.file("model.hsaco");
  // A process has one emulated chip, that of its first artifact.
  const char *chip = std::getenv("QCC_TEST_CHIP");
  ASSERT_TRUE(compileModel(model, chip ? chip : "gfx942", artifact,
                           {"--max-batch", "3", "--prefill-rows", "96", "--max-context", "200"}));
  qcc_device_params params;
  qcc_device_params_initialize(&params);
  params.name = "emulated";
  qcc::api::Device device(params);
  qcc::api::Model loaded(artifact);
  qcc::api::Session session(device, loaded);
  constexpr uint32_t sequences = 3, vocabulary = 64;
  int lengths[sequences] = {};
  Logits rows[sequences];
  for (uint32_t i = 0; i < sequences; ++i) {
    ASSERT_EQ(session.addSequence(), i);
  }
  for (const std::vector<uint32_t> &step : mixedSteps()) {
    std::vector<qcc_row> batch;
    for (uint32_t sequence : step) {
      batch.push_back({sequence, uint32_t(token(lengths[sequence]++, sequence)), true});
    }
    session.step(batch);
    for (uint32_t row = 0; row < step.size(); ++row) {
      const float *logits = session.logits(row);
      std::vector<float> &values = rows[step[row]].values.data;
      values.insert(values.end(), logits, logits + vocabulary);
    }
  }
  for (uint32_t i = 0; i < sequences; ++i) {
    TokenScript tokens{{token(0, i)}, {}};
    for (int at = 1; at <= lengths[i]; ++at) {
      tokens.forced.push_back(token(at, i));
    }
    rows[i].values.shape = {lengths[i], vocabulary};
    expectClose(rows[i], runOracle(model, tokens).values, 0.005, "sequence " + std::to_string(i));
  }
}

} // namespace
