#include "compiler/tune/TimingPlan.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace qcc;

uint64_t tune::copiesOf(uint64_t bytes, uint64_t cacheBytes) {
  return 1 + std::max<uint64_t>(1, llvm::divideCeil(2 * cacheBytes, std::max<uint64_t>(bytes, 1)));
}

uint64_t tune::launchesOf(uint64_t copies, double microseconds, double sampleMicroseconds,
                          uint64_t most) {
  double turn = static_cast<double>(copies) * microseconds;
  double turns = turn > 0 ? std::ceil(sampleMicroseconds / turn) : HUGE_VAL;
  double mostTurns = static_cast<double>(std::max<uint64_t>(1, most / copies));
  return copies * static_cast<uint64_t>(std::min(turns, mostTurns));
}

double tune::medianOf(std::vector<double> samples) {
  auto middle = samples.begin() + static_cast<std::ptrdiff_t>((samples.size() - 1) / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}
