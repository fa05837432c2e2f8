// The generator of random models: what it writes is decided by shape and seed, and shapes that
// contradict themselves are refused.
#include "bench/generate_model/Decoder.h"
#include "test/end_to_end/support/Programs.h"

#include <gtest/gtest.h>

using namespace qcc::bench;
using namespace qcc::test;

namespace {

/// The bytes of the weights of a shape.
std::string weightsOf(const ModelShape &shape) {
  ScratchFolder folder;
  qcc::Status status = writeModel(shape, folder.path);
  EXPECT_TRUE(status.ok()) << status.message;
  return readFile(folder.file("model.onnx.data"));
}

bool refuses(const ModelShape &shape) {
  return !checkShape(shape).ok();
}

} // namespace

TEST(GenerateModel, SeedDecidesTheBytes) {
  EXPECT_EQ(weightsOf({.seed = 7}), weightsOf({.seed = 7}));
  EXPECT_NE(weightsOf({.seed = 7}), weightsOf({.seed = 8}));
}

TEST(GenerateModel, PresetsAreWhole) {
  for (const Preset &preset : presets()) {
    EXPECT_TRUE(checkShape(preset.shape).ok()) << preset.name;
  }
}

TEST(GenerateModel, RefusesWhatContradictsItself) {
  EXPECT_TRUE(refuses({.layers = 0}));
  EXPECT_TRUE(refuses({.heads = 4, .keyValueHeads = 3}));
  EXPECT_TRUE(refuses({.hidden = 66, .heads = 4}));
  EXPECT_TRUE(refuses({.bits = 3}));
  EXPECT_TRUE(refuses({.blockSize = 48}));
  EXPECT_TRUE(refuses({.blockSize = 0, .zeroPoints = true}));
  EXPECT_TRUE(refuses({.hidden = 172, .headSize = 64, .head = Head::tiedQuantized}));
  EXPECT_TRUE(refuses({.activations = "f8"}));
  EXPECT_TRUE(refuses({.packedQkv = true, .rotary = Rotary::node}));
  EXPECT_TRUE(refuses({.rotarySize = 18}));
}
