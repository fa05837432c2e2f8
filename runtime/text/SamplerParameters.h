// The numbers that samplers compute with, on the host and on a device, so that both pick the same
// token: fp32 operations that IEEE 754 rounds in one way, and integers.
//
// A token's distance says how much less likely it is than the likeliest: in octaves, factors of
// two, as a fixed-point number of 27 fraction bits. Tokens of 31 octaves and more are never picked.
// Its weight is 2^(31 - octaves), rounded. Tokens are ranked by distance, and of equals by id.
#pragma once

#include "runtime/Status.h"

#include <cstdint>

namespace qcc::text {

/// How tokens are picked. The filters run in the order of these fields, which is that of Hugging
/// Face's generate():
struct SamplingOptions {
  /// Divides the positive and multiplies the negative logits of the ids in the history (Keskar et
  /// al. 2019, CTRL, arXiv:1909.05858). 1: off. At least 0.01.
  float repetitionPenalty = 1.0f;
  /// Divides the logits. 0: greedy, the largest logit, and of equals the smallest id.
  float temperature = 0.0f;
  /// Keeps the k likeliest (Fan et al. 2018, arXiv:1805.04833). 0: all; 1: greedy.
  std::uint32_t topK = 0;
  /// Keeps the smallest set of likeliest ids whose probabilities add up to p (Holtzman et al. 2020,
  /// arXiv:1904.09751). 1: all. In (0, 1].
  float topP = 1.0f;
  /// Keeps ids at least p times as likely as the likeliest (Nguyen et al. 2024, arXiv:2407.01082).
  /// 0: all. In [0, 1].
  float minP = 0.0f;
  std::uint64_t seed = 0;
};

constexpr unsigned distanceFractionBits = 27;
/// Tokens at this distance or farther are never picked.
constexpr std::uint32_t distanceLimit = 31u << distanceFractionBits;

/// 2^-(1/2 + h) for h in [-1/2, 1/2] as sum of halfOctave[k] h^k: sqrt(1/2) (-ln 2)^k / k!, the
/// Taylor series. What it leaves out is less than 1e-8 of the value, a sixth of a unit in the last
/// place of fp32.
constexpr float halfOctave[] = {0.70710678f,   -0.49012907f,    0.16986579f,    -0.039247332f,
                                0.0068010443f, -0.00094282494f, 0.00010891941f, -1.0785312e-5f};

/// SamplingOptions as samplers compute with them. All zeros: greedy, without a penalty.
struct SamplerParameters {
  float scale = 0;                                // distance of a logit difference of 1; 0: greedy
  float repetitionPenalty = 0;                    // 0: none
  std::uint32_t topK = 0;                         // 0: all
  std::uint32_t lastDistance = distanceLimit - 1; // of the ids that min-p keeps
  std::uint64_t topP = 0;                         // in units of 2^-64; 0: all
  std::uint64_t seed = 0;

  /// Error (InvalidArgument): an option outside its range, or not a number.
  static Result<SamplerParameters> of(const SamplingOptions &options);

  bool greedy() const { return scale == 0.0f; }
};

/// The distance of a token of logit `logit` from the likeliest; distanceLimit for all that are
/// never picked. `scale` is SamplerParameters'.
std::uint32_t distanceOf(float logit, float likeliest, float scale);

/// The weight of a token at a distance below distanceLimit, from 1 to 2^31.
std::uint32_t weightOf(std::uint32_t distance);

/// whole * fraction / 2^64, rounded down.
constexpr std::uint64_t partOf(std::uint64_t whole, std::uint64_t fraction) {
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(whole) * fraction >> 64);
}

} // namespace qcc::text
