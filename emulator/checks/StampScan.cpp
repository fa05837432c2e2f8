#include "emulator/checks/StampScan.h"

// The same loops for the vector units that the host may have.
#if defined(__x86_64__) && !defined(QCC_SANITIZED)
#define QCC_HOST_VARIANTS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define QCC_HOST_VARIANTS
#endif

namespace qcc::emulator::checks {

QCC_HOST_VARIANTS
bool allQuiet(const uint64_t *stamps, size_t count, const QuietRule &rule) {
  const uint64_t mine = rule.mine;
  const uint64_t safe = rule.safeTick << Stamp::tickShift;
  uint64_t loud = 0;
  for (size_t n = 0; n < count; ++n) {
    const uint64_t s = stamps[n], different = s ^ mine;
    const bool otherLaunch = (different & Stamp::launchMask) != 0;
    const bool ordered = (different & Stamp::groupMask) == 0 && (s & Stamp::tickMask) <= safe;
    const bool own = s == mine || s == rule.sharedWaves || s == rule.sharedGroups;
    loud |= uint64_t(!(otherLaunch | ordered | own));
  }
  return loud == 0;
}

QCC_HOST_VARIANTS
void stampReads(uint64_t *stamps, size_t count, const QuietRule &rule) {
  for (size_t n = 0; n < count; ++n) {
    const uint64_t s = stamps[n];
    stamps[n] = s == rule.sharedWaves || s == rule.sharedGroups ? s : rule.mine;
  }
}

} // namespace qcc::emulator::checks
