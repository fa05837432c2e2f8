#include "compiler/tune/Search.h"

#include <set>

using namespace qcc;
using namespace qcc::tune;

MatmulTuning tune::tuningOf(tile::KernelOp kernel) {
  tile::ScheduleAttr schedule = kernel.getSchedule();
  auto matmul = *kernel.getBody().front().getOps<qnt::MatmulOp>().begin();
  auto layout = llvm::cast<qnt::TiledAttr>(matmul.getWeight().getType().getLayout());
  return {layout.getLanesK(),    layout.getRunLoads(), layout.getColumnsPerLane(),
          schedule.getRows(),    schedule.getSplitK(), schedule.getStage(),
          schedule.getPrefetch()};
}

void tune::sortByGuess(const MatmulProblem &problem, std::vector<MatmulTuning> &tunings) {
  std::vector<std::pair<double, MatmulTuning>> guessed;
  for (const MatmulTuning &tuning : tunings) {
    WaveCounts counts = guessCounts(problem, tuning);
    model::Projection guess = model::project(workOf(problem, tuning, counts), *problem.chip);
    guessed.emplace_back(costOf(guess, counts), tuning);
  }
  llvm::sort(guessed);
  llvm::transform(guessed, tunings.begin(), [](const auto &pair) { return pair.second; });
}

std::optional<Ranked> Search::rank(tile::KernelOp kernel, const TuningKey &key,
                                   const MatmulProblem &problem, const MatmulTuning &tuning) {
  TuningKey withoutColumns = key;
  withoutColumns.n.assign(key.n.size(), 0);
  auto [found, isNew] = known[withoutColumns].try_emplace(tuning);
  if (isNew) {
    found->second = measure(kernel, tuning, chip, key.batch);
    ++compiled;
  }
  const Measured &measured = found->second;
  if (!measured.compiles) {
    return std::nullopt;
  }
  model::Projection projection = model::project(workOf(problem, tuning, measured.counts), chip);
  return Ranked{tuning, projection, costOf(projection, measured.counts)};
}

/// What the bytes of the schedule that pads least take, which no schedule can beat.
static double boundOf(const MatmulProblem &problem, llvm::ArrayRef<MatmulTuning> tunings) {
  double bound = std::numeric_limits<double>::max();
  for (const MatmulTuning &tuning : tunings) {
    model::KernelWork bytes{.hbmBytes = workOf(problem, tuning, {}).hbmBytes};
    bound = std::min(bound, model::project(bytes, *problem.chip).microseconds);
  }
  return bound;
}

std::optional<Ranked> Search::best(tile::KernelOp kernel, const TuningKey &key, size_t most) {
  constexpr double asGood = 1.02;
  MatmulProblem problem = problemOf(kernel, chip, key.batch);
  std::vector<MatmulTuning> tunings = legalTunings(problem);
  sortByGuess(problem, tunings);
  double enough = asGood * boundOf(problem, tunings);
  std::optional<Ranked> own = rank(kernel, key, problem, tuningOf(kernel)), best = own;
  for (size_t index = 0; index < tunings.size() && (index < most || !best); ++index) {
    if (best && best->projection.microseconds <= enough) {
      break;
    }
    std::optional<Ranked> next = rank(kernel, key, problem, tunings[index]);
    if (next && (!best || next->cost < best->cost)) {
      best = next;
    }
  }
  bool isFaster =
      best && own && asGood * best->projection.microseconds < own->projection.microseconds;
  return own && !isFaster ? own : best;
}

static void sortByCost(std::vector<Ranked> &ranked) {
  llvm::stable_sort(ranked, [](const Ranked &a, const Ranked &b) { return a.cost < b.cost; });
}

std::vector<Ranked> Search::shortlist(tile::KernelOp kernel, const TuningKey &key,
                                      std::optional<MatmulTuning> suggested) {
  constexpr size_t compiledForEach = 3;
  MatmulProblem problem = problemOf(kernel, chip, key.batch);
  std::vector<Ranked> kept, others;
  std::set<MatmulTuning> seen;
  auto add = [&](std::vector<Ranked> &to, const MatmulTuning &tuning) {
    if (seen.insert(tuning).second) {
      if (std::optional<Ranked> one = rank(kernel, key, problem, tuning)) {
        to.push_back(*one);
      }
    }
  };
  add(kept, tuningOf(kernel));
  if (suggested && isLegal(problem, *suggested)) {
    add(kept, *suggested);
  }
  std::vector<MatmulTuning> tunings = legalTunings(problem);
  sortByGuess(problem, tunings);
  for (const MatmulTuning &tuning : tunings) {
    if (others.size() == compiledForEach * handful) {
      break;
    }
    add(others, tuning);
  }
  sortByCost(others);
  others.resize(std::min(others.size(), handful - kept.size()));
  kept.insert(kept.end(), others.begin(), others.end());
  sortByCost(kept);
  return kept;
}

std::vector<Ranked> Search::rankAll(tile::KernelOp kernel, const TuningKey &key) {
  MatmulProblem problem = problemOf(kernel, chip, key.batch);
  std::vector<Ranked> ranked;
  for (const MatmulTuning &tuning : legalTunings(problem)) {
    if (std::optional<Ranked> one = rank(kernel, key, problem, tuning)) {
      ranked.push_back(*one);
    }
  }
  sortByCost(ranked);
  return ranked;
}
