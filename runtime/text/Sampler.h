// Picks the next token from the logits of a step: greedy, or sampled from a distribution that is
// shaped by temperature, top-k, top-p and min-p. The same seed gives the same ids on any machine,
// and where a device picks the tokens (lm.sample).
#pragma once

#include "runtime/text/SamplerParameters.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace qcc::text {

/// A sampler of one sequence, and the meaning of lm.sample.
///
/// Of the ranked tokens (SamplerParameters.h) each filter keeps the first so many: top-k the first
/// k, top-p the fewest whose weights add up to the part p of what top-k left, min-p those near
/// enough. With M the sum of the weights of those that all of them keep, the picked token is the
/// first whose sum with all before it exceeds the part U / 2^64 of M, U the next random number of
/// the seed (Philox.h).
class Sampler {
public:
  /// Errors (InvalidArgument): an option outside its range, or not a number.
  static Result<Sampler> create(const SamplingOptions &options);

  /// Picks an id below `logits.size()`. `history` holds the ids that the repetition penalty applies
  /// to (prompt and generated), each once or more often; ids beyond the logits are ignored. Errors
  /// (InvalidArgument): no logits; a logit that is NaN or +infinity; all of them -infinity.
  Result<std::uint32_t> sample(std::span<const float> logits,
                               std::span<const std::uint32_t> history);

  /// Starts the random numbers anew, as after create().
  void reset() { draws = 0; }

private:
  explicit Sampler(const SamplerParameters &parameters) : parameters(parameters) {}

  struct Token {
    std::uint32_t distance, id;
    static bool ranksAfter(const Token &a, const Token &b) {
      return a.distance != b.distance ? a.distance > b.distance : a.id > b.id;
    }
  };

  /// A token, and the sum of its weight and those of all that rank before it.
  struct Found {
    std::uint32_t id;
    std::uint64_t mass;
  };

  Status penalize(std::span<const float> logits, std::span<const std::uint32_t> history);
  std::uint32_t draw();
  /// The token of a rank, below the number of candidates.
  const Token &ranked(std::size_t rank);
  /// The first token whose mass exceeds `target`, which is below the mass of all.
  Found findMass(std::uint64_t target);
  std::uint64_t massOfTopK();
  std::uint64_t massOfMinP() const;

  SamplerParameters parameters;
  std::uint64_t draws = 0;
  // Scratch: the logits under the penalty; the tokens that may be picked, a heap with the likeliest
  // on top and behind it, last first, the `rankedCount` that it gave up.
  std::vector<float> penalized;
  std::vector<Token> candidates;
  std::size_t rankedCount = 0;
};

/// Why the logits of a step cannot be sampled: that of token `id` is NaN or +infinity.
Status refuseLogit(std::size_t id);
/// Why the logits of a step cannot be sampled: all are -infinity.
Status refuseAllLogits();

} // namespace qcc::text
