// Keeps a * b + c as two roundings, so that machines with and without a fused operation agree.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#include "runtime/text/Sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace qcc::text {

namespace {

constexpr float minimalPenalty = 0.01f;

/// The larger logit first; of equals the smaller id. A strict total order.
constexpr auto likelier = [](const auto &a, const auto &b) {
  return a.first != b.first ? a.first > b.first : a.second < b.second;
};
constexpr auto lessLikely = [](const auto &a, const auto &b) { return likelier(b, a); };

/// e^x for x <= 0, within 2 units in the last place, the same on every machine that rounds IEEE 754
/// double additions and multiplications to nearest: x = n ln 2 + r with |r| <= ln 2 / 2, then the
/// Taylor series of e^r to r^13 and an exact scaling by 2^n. 0 below e^-700.
double exponential(double x) {
  if (!(x > -700.0)) {
    return 0.0;
  }
  constexpr double log2e = 1.4426950408889634;
  constexpr double ln2High = 0x1.62e42fefa3800p-1; // ln 2 to 42 bits: n * ln2High is exact
  constexpr double ln2Low = 0x1.ef35793c76730p-45; // the rest
  double n = std::floor(x * log2e + 0.5);
  double r = (x - n * ln2High) - n * ln2Low;
  double sum = 1.0;
  for (int term = 13; term >= 1; --term) {
    sum = 1.0 + sum * r / term;
  }
  return std::ldexp(sum, static_cast<int>(n));
}

/// SplitMix64's output function (Steele, Lea, Flood 2014) on its n-th state, n from 0.
std::uint64_t splitMix64(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed + (n + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

} // namespace

Result<Sampler> Sampler::create(const SamplingOptions &options) {
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
  return Sampler(options);
}

Result<std::uint32_t> Sampler::sample(std::span<const float> logits,
                                      std::span<const std::uint32_t> history) {
  QCC_TRY(prepare(logits, history));
  if (options.temperature == 0.0f) {
    return std::min_element(candidates.begin(), candidates.end(), likelier)->second;
  }
  keepTopK();
  if (options.topP < 1.0f) {
    keepTopP();
  }
  keepMinP();
  return draw();
}

Status Sampler::prepare(std::span<const float> logits, std::span<const std::uint32_t> history) {
  if (logits.empty() || logits.size() > std::numeric_limits<std::uint32_t>::max()) {
    return {StatusCode::InvalidArgument, "There are no logits to pick a token from."};
  }
  candidates.clear();
  for (std::size_t id = 0; id < logits.size(); ++id) {
    float logit = logits[id];
    if (std::isnan(logit) || logit == std::numeric_limits<float>::infinity()) {
      return {StatusCode::InvalidArgument,
              "The logit of token " + std::to_string(id) + " is not a finite number."};
    }
    candidates.push_back({logit, static_cast<std::uint32_t>(id)});
  }
  if (options.repetitionPenalty != 1.0f) {
    for (std::uint32_t id : history) {
      if (id < logits.size()) { // from the given logit, so that an id in it twice counts once
        float logit = logits[id];
        candidates[id].first =
            logit > 0.0f ? logit / options.repetitionPenalty : logit * options.repetitionPenalty;
      }
    }
  }
  std::erase_if(candidates, [](const Candidate &candidate) { return std::isinf(candidate.first); });
  if (candidates.empty()) {
    return {StatusCode::InvalidArgument, "Every token is ruled out: all logits are -infinity."};
  }
  return {};
}

void Sampler::keepTopK() {
  if (options.topK != 0 && options.topK < candidates.size()) {
    std::nth_element(candidates.begin(), candidates.begin() + options.topK, candidates.end(),
                     likelier);
    candidates.resize(options.topK);
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate &a, const Candidate &b) { return a.second < b.second; });
  }
}

double Sampler::weigh(const Candidate &candidate, double highest) const {
  return exponential((candidate.first - highest) / options.temperature);
}

void Sampler::keepTopP() {
  double highest = std::min_element(candidates.begin(), candidates.end(), likelier)->first;
  double total = 0.0;
  for (const Candidate &candidate : candidates) { // by id, so always summed in the same order
    total += weigh(candidate, highest);
  }
  // A heap gives up the likeliest one by one, and they gather at its end.
  std::make_heap(candidates.begin(), candidates.end(), lessLikely);
  auto heapEnd = candidates.end();
  for (double mass = 0.0; heapEnd != candidates.begin() && mass < options.topP * total; --heapEnd) {
    mass += weigh(candidates.front(), highest);
    std::pop_heap(candidates.begin(), heapEnd, lessLikely);
  }
  candidates.erase(candidates.begin(), heapEnd);
  std::reverse(candidates.begin(), candidates.end());
}

void Sampler::keepMinP() {
  double highest = std::min_element(candidates.begin(), candidates.end(), likelier)->first;
  weights.clear();
  std::size_t kept = 0;
  for (const Candidate &candidate : candidates) {
    double weight = weigh(candidate, highest);
    if (weight > 0.0 && weight >= options.minP) {
      candidates[kept++] = candidate;
      weights.push_back(weight);
    }
  }
  candidates.resize(kept);
}

std::uint32_t Sampler::draw() {
  double total = 0.0;
  for (double weight : weights) {
    total += weight;
  }
  double left = nextUniform() * total;
  for (std::size_t index = 0; index < weights.size(); ++index) {
    left -= weights[index];
    if (left < 0.0) {
      return candidates[index].second;
    }
  }
  return candidates.back().second;
}

double Sampler::nextUniform() {
  return static_cast<double>(splitMix64(options.seed, draws++) >> 11) * 0x1p-53;
}

} // namespace qcc::text
