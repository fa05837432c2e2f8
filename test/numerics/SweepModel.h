// A decoder of one layer as importers leave it, with weights of any encoding, for tests of its
// kernels.
#pragma once

#include "compiler/tune/DecoderShapes.h"

#include <string>

namespace qcc::test {

/// Positions that its tables of rotations have.
constexpr int64_t sweepPositions = 128;

/// What beside its widths makes a decoder's kernels different ones.
enum class Variant {
  plain,
  bias,               // of queries, keys and values
  windowSoftcap,      // attention to few positions, with capped scores
  partialInterleaved, // a part of each head is rotated, neighbours together
  headNorm,           // queries and keys are normalized head by head
  geluScaled,         // GELU in place of SiLU, and embeddings times a constant
};

struct SweepModel {
  tune::DecoderShape shape;
  std::string encoding = "u4", scale = "f16"; // as !qnt.weight spells them
  std::string zero = "none";
  int64_t group = 32; // 0: per channel
  std::string activations = "f16", cache = "f16";
  Variant variant = Variant::plain;

  bool isQuantized() const { return encoding[0] == 'u' || encoding[0] == 'i'; }
};

/// The module's text. The bytes of its weights are written to `folder`: random, and such that
/// activations keep about unit variance.
std::string writeSweepModel(const SweepModel &model, const std::string &folder);

} // namespace qcc::test
