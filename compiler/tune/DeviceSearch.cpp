#include "compiler/tune/DeviceSearch.h"

using namespace qcc;
using namespace qcc::tune;

llvm::Expected<std::optional<TuningEntry>>
tune::fastestOf(tile::KernelOp kernel, const TuningKey &key, std::optional<MatmulTuning> suggested,
                const Chip &chip, Search &search, DeviceTimer &timer) {
  std::vector<Ranked> candidates = search.shortlist(kernel, key, suggested);
  if (candidates.empty()) {
    return std::nullopt;
  }
  std::vector<CompiledKernel> forms;
  for (const Ranked &candidate : candidates) {
    // Compiled again, as those that were counted may be of another N.
    auto form = compileAlone(kernel, candidate.tuning, chip);
    if (!form) {
      return form.takeError();
    }
    forms.push_back(std::move(*form));
  }
  llvm::Expected<std::vector<double>> times = timer.time(forms, key.batch);
  if (!times) {
    return times.takeError();
  }
  auto fastest = std::min_element(times->begin(), times->end());
  const Ranked &chosen = candidates[fastest - times->begin()];
  return TuningEntry{chosen.tuning, chosen.projection.microseconds, *fastest};
}
