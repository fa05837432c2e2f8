// The shape of a Llama-like decoder and how its weights are stored: all that the generator of
// random models needs to know.
#pragma once

#include "runtime/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace qcc::bench {

/// What multiplies the last hidden state: a weight of its own, or the embedding table, which is
/// then stored as floats or as the head's quantized blocks.
enum class Head { separate, tiedFloat, tiedQuantized };

/// How positions enter: inside GroupQueryAttention, or by a RotaryEmbedding on queries and keys.
enum class Rotary { fused, node };

struct ModelShape {
  int64_t layers = 2;
  int64_t hidden = 64;
  int64_t intermediate = 172;
  int64_t heads = 4;
  int64_t keyValueHeads = 2;
  int64_t headSize = 0; // 0: hidden / heads
  int64_t vocabulary = 512;
  int64_t context = 256;

  int64_t bits = 4;       // 4 or 8
  int64_t blockSize = 32; // weights along K that share a scale; 0: one scale a row
  bool zeroPoints = false;
  Head head = Head::separate;

  std::string activations = "f16"; // f32, f16 or bf16
  bool packedQkv = false;
  bool bias = false; // of queries, keys and values
  Rotary rotary = Rotary::fused;
  bool rotaryInterleaved = false;
  int64_t rotarySize = 0; // elements of each head that are rotated; 0: all
  int64_t window = 0;     // positions that a token sees; 0: all
  double softcap = 0;     // of attention scores; 0: none

  uint64_t seed = 1;

  int64_t sizeOfHead() const { return headSize != 0 ? headSize : hidden / heads; }
  int64_t sizeOfRotary() const { return rotarySize != 0 ? rotarySize : sizeOfHead(); }
};

/// Fails with one sentence when the shape contradicts itself or has no counterpart in ONNX.
Status checkShape(const ModelShape &shape);

struct Preset {
  const char *name;
  ModelShape shape;
};
/// Shapes with a name: those of known models.
const std::vector<Preset> &presets();

} // namespace qcc::bench
