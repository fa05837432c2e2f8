#include "runtime/text/Sampler.h"

#include "runtime/text/Philox.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace qcc::text {

constexpr float infinity = std::numeric_limits<float>::infinity();

Status refuseLogit(std::size_t id) {
  return {StatusCode::InvalidArgument,
          "The logit of token " + std::to_string(id) + " is not a finite number."};
}

Status refuseAllLogits() {
  return {StatusCode::InvalidArgument, "Every token is ruled out: all logits are -infinity."};
}

Result<Sampler> Sampler::create(const SamplingOptions &options) {
  QCC_TRY_ASSIGN(SamplerParameters parameters, SamplerParameters::of(options));
  return Sampler(parameters);
}

/// Copies the logits, with the repetition penalty on those of the history.
Status Sampler::penalize(std::span<const float> logits, std::span<const std::uint32_t> history) {
  if (logits.empty() || logits.size() > std::numeric_limits<std::uint32_t>::max()) {
    return {StatusCode::InvalidArgument, "There are no logits to pick a token from."};
  }
  auto bad = std::ranges::find_if(
      logits, [](float logit) { return std::isnan(logit) || logit == infinity; });
  if (bad != logits.end()) {
    return refuseLogit(bad - logits.begin());
  }
  penalized.assign(logits.begin(), logits.end());
  float penalty = parameters.repetitionPenalty;
  for (std::uint32_t id : penalty != 0.0f ? history : std::span<const std::uint32_t>()) {
    if (id < logits.size()) { // from the given logit, so that an id in it twice counts once
      float logit = logits[id];
      float weakened = logit > 0.0f ? logit / penalty : logit * penalty;
      penalized[id] = std::isinf(weakened) ? -infinity : weakened; // an overflow rules it out
    }
  }
  return {};
}

Result<std::uint32_t> Sampler::sample(std::span<const float> logits,
                                      std::span<const std::uint32_t> history) {
  QCC_TRY(penalize(logits, history));
  auto likeliest = std::ranges::max_element(penalized); // of equals the first
  if (*likeliest == -infinity) {
    return refuseAllLogits();
  }
  if (parameters.greedy()) {
    return static_cast<std::uint32_t>(likeliest - penalized.begin());
  }
  candidates.clear();
  for (std::size_t id = 0; id < penalized.size(); ++id) {
    std::uint32_t distance = distanceOf(penalized[id], *likeliest, parameters.scale);
    if (distance < distanceLimit) {
      candidates.push_back({distance, static_cast<std::uint32_t>(id)});
    }
  }
  rankedCount = 0;
  std::ranges::make_heap(candidates, Token::ranksAfter);
  return draw();
}

const Sampler::Token &Sampler::ranked(std::size_t rank) {
  for (; rankedCount <= rank; ++rankedCount) {
    std::pop_heap(candidates.begin(), candidates.end() - rankedCount, Token::ranksAfter);
  }
  return candidates[candidates.size() - 1 - rank];
}

Sampler::Found Sampler::findMass(std::uint64_t target) {
  std::uint64_t mass = 0;
  for (std::size_t rank = 0;; ++rank) {
    const Token &token = ranked(rank);
    mass += weightOf(token.distance);
    if (mass > target) {
      return {token.id, mass};
    }
  }
}

std::uint64_t Sampler::massOfTopK() {
  std::uint64_t mass = 0;
  bool all = parameters.topK == 0 || parameters.topK >= candidates.size();
  for (std::size_t rank = 0; rank < (all ? candidates.size() : parameters.topK); ++rank) {
    mass += weightOf((all ? candidates[rank] : ranked(rank)).distance);
  }
  return mass;
}

std::uint64_t Sampler::massOfMinP() const {
  std::uint64_t mass = 0;
  for (const Token &token : candidates) {
    mass += token.distance <= parameters.lastDistance ? weightOf(token.distance) : 0;
  }
  return mass;
}

std::uint32_t Sampler::draw() {
  std::uint64_t mass = massOfTopK();
  if (parameters.topP != 0) {
    std::uint64_t wanted = std::max<std::uint64_t>(partOf(mass, parameters.topP), 1);
    mass = findMass(wanted - 1).mass;
  }
  mass = std::min(mass, massOfMinP());
  return findMass(partOf(mass, drawRandom(parameters.seed, draws++))).id;
}

} // namespace qcc::text
