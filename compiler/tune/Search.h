// Finds the schedule of a matmul kernel: all legal ones ranked by a guess, the best of them
// compiled, counted and ranked again.
#pragma once

#include "compiler/tune/Measure.h"

namespace qcc::tune {

/// A schedule, and its time by the machine model.
struct Ranked {
  MatmulTuning tuning;
  model::Projection projection;
  double cost = 0; ///< costOf
};

class Search {
public:
  explicit Search(const Chip &chip) : chip(chip) {}

  /// The best schedule of `kernel`, whose key is `key`; none where it has no legal one. The
  /// schedule that it has comes first, then others are compiled in the order of their guesses,
  /// `most` at most, until one takes no longer than its bytes must, which none can beat. One that
  /// is faster by less than the model can tell does not take the place of what the kernel has,
  /// which the planner chose with more in mind: instructions, and what a persistent launch reads
  /// across barriers.
  std::optional<Ranked> best(tile::KernelOp kernel, const TuningKey &key, size_t most = usual);
  /// The schedules of `kernel` that are worth a measurement, best first by the machine model: what
  /// it has and `suggested`, whatever the model says of them, and the best of those that are
  /// compiled in the order of their guesses, however alike their projections are; `handful` in all.
  std::vector<Ranked> shortlist(tile::KernelOp kernel, const TuningKey &key,
                                std::optional<MatmulTuning> suggested);
  /// Every legal schedule that fits, best first.
  std::vector<Ranked> rankAll(tile::KernelOp kernel, const TuningKey &key);

  /// Schedules that were compiled so far.
  size_t compilations() const { return compiled; }

  /// Enough for the best to be among them (docs/autotuner.md has the figures).
  static constexpr size_t usual = 4;
  /// Enough to choose from where the model cannot, few enough to measure each well.
  static constexpr size_t handful = 6;

private:
  std::optional<Ranked> rank(tile::KernelOp kernel, const TuningKey &key,
                             const MatmulProblem &problem, const MatmulTuning &tuning);

  const Chip &chip;
  size_t compiled = 0;
  /// By the key without N, on which nothing that is counted depends.
  std::map<TuningKey, std::map<MatmulTuning, Measured>> known;
};

/// The schedule that `kernel` has.
MatmulTuning tuningOf(tile::KernelOp kernel);

/// `tunings`, best first by a guess.
void sortByGuess(const MatmulProblem &problem, std::vector<MatmulTuning> &tunings);

} // namespace qcc::tune
