#include "emulator/checks/Races.h"

#include <cstdio>

namespace qcc::emulator::checks {

static std::string groupName(uint32_t group, const uint32_t (&grid)[3]) {
  return "(" + std::to_string(group % grid[0]) + "," + std::to_string(group / grid[0] % grid[1]) +
         "," + std::to_string(group / grid[0] / grid[1]) + ")";
}

void Races::report(const Access &a, Stamp earlier, uint32_t earlierAt, bool earlierWrote,
                   unsigned lane, uint64_t address, Reporter &reporter) const {
  if (reporter.isTold(Kind::Race, *a.wave)) {
    return;
  }
  char place[64];
  const bool local = a.memory->space == isa::Space::Lds;
  std::snprintf(place, sizeof place, "%s 0x%llx", local ? "LDS" : "global memory",
                static_cast<unsigned long long>(address));
  std::string who;
  if (earlier.group() == clocks.group()) {
    who = earlier.wave() == Stamp::everyWave ? "other waves of the workgroup have"
                                             : "wave " + std::to_string(earlier.wave()) + " has";
    who += earlierWrote ? " written" : " read";
  } else {
    who = earlier.group() == Stamp::everyGroup
              ? "other workgroups have"
              : "workgroup " + groupName(earlier.group(), launch.grid) + " has";
    who += earlierWrote ? " written" : " read";
  }
  const bool sameGroup = earlier.group() == clocks.group();
  reporter.report(
      Kind::Race, *a.wave, static_cast<int>(lane),
      std::string(a.writes ? "writes " : "reads ") + place + ", which " + who + " by " +
          describeInstruction(*a.wave, earlierAt) + ": " +
          (sameGroup ? "no barrier lies between"
                     : "nothing of agent scope orders the two (an atomic, or a store that releases "
                       "and a load that acquires, with their cache control)"));
}

} // namespace qcc::emulator::checks
