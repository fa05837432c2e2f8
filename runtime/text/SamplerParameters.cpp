// Keeps a * b + c as two roundings where it is written so.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#include "runtime/text/SamplerParameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace qcc::text {

constexpr float minimalPenalty = 0.01f;

/// The farthest distance whose weight is at least `minP` of the likeliest's.
static std::uint32_t lastDistanceOf(float minP) {
  double least = static_cast<double>(minP) * weightOf(0);
  std::uint32_t kept = 0, limit = distanceLimit;
  while (limit - kept > 1) {
    std::uint32_t middle = kept + (limit - kept) / 2;
    (weightOf(middle) >= least ? kept : limit) = middle;
  }
  return kept;
}

Result<SamplerParameters> SamplerParameters::of(const SamplingOptions &options) {
  auto refuse = [](const std::string &sentence) {
    return Status{StatusCode::InvalidArgument, sentence};
  };
  // Each comparison is written so that a NaN fails it.
  if (!(options.temperature >= 0.0f && std::isfinite(options.temperature))) {
    return refuse("The temperature must be a number of at least 0; 0 picks the likeliest token.");
  }
  if (!(options.topP > 0.0f && options.topP <= 1.0f)) {
    return refuse("Top-p must be above 0 and at most 1; 1 switches it off.");
  }
  if (!(options.minP >= 0.0f && options.minP <= 1.0f)) {
    return refuse("Min-p must be between 0 and 1; 0 switches it off.");
  }
  if (!(options.repetitionPenalty >= minimalPenalty && std::isfinite(options.repetitionPenalty))) {
    return refuse("The repetition penalty must be a number of at least 0.01; 1 switches it off.");
  }
  SamplerParameters parameters;
  parameters.repetitionPenalty =
      options.repetitionPenalty != 1.0f ? options.repetitionPenalty : 0.0f;
  parameters.seed = options.seed;
  if (options.temperature == 0.0f || options.topK == 1) {
    return parameters;
  }
  constexpr double log2e = 1.4426950408889634;
  double scale = log2e * (1u << distanceFractionBits) / options.temperature;
  // At least the smallest normal number: 0 means greedy.
  parameters.scale = static_cast<float>(std::clamp<double>(scale, std::numeric_limits<float>::min(),
                                                           std::numeric_limits<float>::max()));
  parameters.topK = options.topK;
  parameters.lastDistance = lastDistanceOf(options.minP);
  if (options.topP < 1.0f) {
    parameters.topP = std::max<std::uint64_t>(1, std::ldexp(static_cast<double>(options.topP), 64));
  }
  return parameters;
}

std::uint32_t distanceOf(float logit, float likeliest, float scale) {
  float distance = (likeliest - logit) * scale;
  // Neither holds for a logit of -infinity or for one that a penalty has made +infinity.
  return distance >= 0.0f && distance < static_cast<float>(distanceLimit)
             ? static_cast<std::uint32_t>(distance)
             : distanceLimit;
}

std::uint32_t weightOf(std::uint32_t distance) {
  std::uint32_t octaves = distance >> distanceFractionBits;
  std::uint32_t fraction = distance & ((1u << distanceFractionBits) - 1);
  float h = static_cast<float>(fraction) * 0x1p-27f - 0.5f;
  float power = halfOctave[std::size(halfOctave) - 1];
  for (std::size_t k = std::size(halfOctave) - 1; k-- > 0;) {
    power = std::fma(power, h, halfOctave[k]);
  }
  auto scaled = static_cast<std::uint32_t>(power * 0x1p31f);
  return (scaled + ((1u << octaves) >> 1)) >> octaves;
}

} // namespace qcc::text
