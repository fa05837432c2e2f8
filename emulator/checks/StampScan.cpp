#include "emulator/checks/StampScan.h"

#include "emulator/isa/HostVariants.h"

namespace qcc::emulator::checks {

QCC_HOST_VARIANTS
bool allOrdered(const uint64_t *stamps, size_t count, const QuietRule &rule) {
  const uint64_t mine = rule.mine, safe = rule.safeTick << Stamp::tickShift;
  uint64_t loud = 0;
  for (size_t n = 0; n < count; ++n) {
    const uint64_t s = stamps[n], different = s ^ mine;
    const bool otherLaunch = (different & Stamp::launchMask) != 0;
    const bool ordered = (different & Stamp::groupMask) == 0 && (s & Stamp::tickMask) <= safe;
    loud |= uint64_t(!(otherLaunch | ordered | (s == mine)));
  }
  return loud == 0;
}

QCC_HOST_VARIANTS
bool allReadable(const uint64_t *stamps, size_t count, const QuietRule &rule) {
  uint64_t loud = 0;
  for (size_t n = 0; n < count; ++n) {
    const uint64_t s = stamps[n], different = s ^ rule.mine;
    const bool otherLaunch = (different & Stamp::launchMask) != 0;
    const bool sameGroup = (different & Stamp::groupMask) == 0;
    loud |= uint64_t(!(otherLaunch | sameGroup | (s == rule.sharedGroups)));
  }
  return loud == 0;
}

QCC_HOST_VARIANTS
void stampReads(uint64_t *stamps, size_t count, const QuietRule &rule) {
  const uint64_t safe = rule.safeTick << Stamp::tickShift;
  for (size_t n = 0; n < count; ++n) {
    const uint64_t s = stamps[n], different = s ^ rule.mine;
    const bool current = (different & (Stamp::launchMask | Stamp::groupMask)) == 0;
    const bool otherWave = (different & Stamp::waveMask) != 0;
    const bool shares = current & otherWave & ((s & Stamp::tickMask) > safe);
    const uint64_t own = shares ? rule.sharedWaves : rule.mine;
    stamps[n] = s == rule.sharedGroups ? s : own;
  }
}

} // namespace qcc::emulator::checks
