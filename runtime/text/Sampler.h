// Picks the next token from the logits of a step: greedy, or sampled from a distribution that is
// shaped by temperature, top-k, top-p and min-p. The same seed gives the same ids on any machine.
#pragma once

#include "runtime/Status.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace qcc::text {

/// How tokens are picked. The filters run in the order of these fields, which is that of Hugging
/// Face's generate():
struct SamplingOptions {
  /// Divides the positive and multiplies the negative logits of the ids in the history (Keskar et
  /// al. 2019, CTRL, arXiv:1909.05858). 1: off. At least 0.01.
  float repetitionPenalty = 1.0f;
  /// Divides the logits. 0: greedy, the largest logit, and of equals the smallest id.
  float temperature = 0.0f;
  /// Keeps the k largest logits (Fan et al. 2018, arXiv:1805.04833). 0: all.
  std::uint32_t topK = 0;
  /// Keeps the smallest set of likeliest ids whose probabilities add up to p (Holtzman et al. 2020,
  /// arXiv:1904.09751). 1: all. In (0, 1].
  float topP = 1.0f;
  /// Keeps ids at least p times as likely as the likeliest (Nguyen et al. 2024, arXiv:2407.01082).
  /// 0: all. In [0, 1].
  float minP = 0.0f;
  std::uint64_t seed = 0;
};

/// A sampler of one sequence. Its random numbers are counter-based: the n-th draw of a seed is
/// SplitMix64's n-th output (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195). Probabilities
/// are computed in double precision from additions, multiplications and divisions only, in a fixed
/// order, so that they do not depend on a machine's math library.
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
  explicit Sampler(const SamplingOptions &options) : options(options) {}

  using Candidate = std::pair<float, std::uint32_t>; // penalised logit, id

  Status prepare(std::span<const float> logits, std::span<const std::uint32_t> history);
  std::uint32_t draw();
  void keepTopK();
  void keepTopP();
  void keepMinP();
  double weigh(const Candidate &candidate, double highest) const;
  double nextUniform();

  SamplingOptions options;
  std::uint64_t draws = 0;
  std::vector<Candidate> candidates; // scratch
  std::vector<double> weights; // scratch: of each candidate, its probability over the likeliest's
};

} // namespace qcc::text
