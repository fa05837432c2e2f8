#include "bench/generate_model/ModelShape.h"

namespace qcc::bench {

namespace {

Status refuse(const char *why) {
  return {StatusCode::InvalidArgument, std::string(why) + "."};
}

Status checkExtents(const ModelShape &shape) {
  for (int64_t extent :
       {shape.layers, shape.hidden, shape.intermediate, shape.heads, shape.keyValueHeads,
        shape.sizeOfHead(), shape.vocabulary, shape.context}) {
    if (extent < 1) {
      return refuse("Layers, widths, heads, vocabulary and context must be positive");
    }
  }
  if (shape.heads % shape.keyValueHeads != 0) {
    return refuse("The number of heads must be a multiple of the key/value heads");
  }
  if (shape.headSize == 0 && shape.hidden % shape.heads != 0) {
    return refuse("Heads do not divide the hidden size: name the head size");
  }
  if (shape.sizeOfRotary() % 2 != 0 || shape.sizeOfRotary() > shape.sizeOfHead()) {
    return refuse("The rotated part of a head must be even and within the head");
  }
  return {};
}

Status checkStorage(const ModelShape &shape) {
  bool powerOfTwo = (shape.blockSize & (shape.blockSize - 1)) == 0;
  bool blocks = shape.blockSize >= 16 && shape.blockSize <= 256 && powerOfTwo;
  if ((shape.bits != 4 && shape.bits != 8) || (shape.blockSize != 0 && !blocks)) {
    return refuse(
        "Weights have 4 or 8 bits, in blocks of 16, 32, 64, 128, 256 or 0 for whole rows");
  }
  if (shape.blockSize == 0 && (shape.zeroPoints || shape.head == Head::tiedQuantized)) {
    return refuse("Zero points and a tied quantized head need blocks");
  }
  // GatherBlockQuantized takes the width of its table from whole blocks.
  if (shape.head == Head::tiedQuantized && shape.hidden % shape.blockSize != 0) {
    return refuse("A tied quantized head needs a hidden size of whole blocks");
  }
  bool evenRows = shape.hidden % 2 == 0 && shape.intermediate % 2 == 0 &&
                  shape.heads * shape.sizeOfHead() % 2 == 0;
  if (shape.blockSize == 0 && shape.bits == 4 && !evenRows) {
    return refuse("Rows of 4-bit weights with one scale need an even width");
  }
  if (shape.activations != "f32" && shape.activations != "f16" && shape.activations != "bf16") {
    return refuse("Activations are f32, f16 or bf16");
  }
  return {};
}

} // namespace

Status checkShape(const ModelShape &shape) {
  QCC_TRY(checkExtents(shape));
  QCC_TRY(checkStorage(shape));
  if (shape.rotary == Rotary::node && shape.packedQkv) {
    return refuse("Packed queries, keys and values are rotated inside the attention only");
  }
  return {};
}

const std::vector<Preset> &presets() {
  // Shapes from the config.json that each model is published with.
  static const std::vector<Preset> all = {
      {"tiny", {}},
      {"tinyllama-1.1b",
       {.layers = 22,
        .hidden = 2048,
        .intermediate = 5632,
        .heads = 32,
        .keyValueHeads = 4,
        .vocabulary = 32000,
        .context = 2048}},
      {"llama3-8b",
       {.layers = 32,
        .hidden = 4096,
        .intermediate = 14336,
        .heads = 32,
        .keyValueHeads = 8,
        .vocabulary = 128256,
        .context = 8192}},
      {"qwen2.5-7b",
       {.layers = 28,
        .hidden = 3584,
        .intermediate = 18944,
        .heads = 28,
        .keyValueHeads = 4,
        .vocabulary = 152064,
        .context = 32768,
        .bias = true}},
  };
  return all;
}

} // namespace qcc::bench
