// The checks of one process: what is on, what is known of memory, and the watching of launches.
#pragma once

#include "emulator/checks/MemoryShadow.h"
#include "emulator/checks/RaceTable.h"
#include "emulator/checks/Report.h"
#include "emulator/isa/Observer.h"

#include <memory>
#include <string>
#include <string_view>

namespace qcc::emulator::checks {

/// Which checks are on. Accesses out of bounds are always found.
struct Selection {
  bool uninitialized = false, races = false, waits = false, hazards = false, barriers = false,
       progress = false;
  bool fatal = false; // a launch with reports fails: the caller's to do

  /// Every check, not fatal.
  static Selection all() { return {true, true, true, true, true, true}; }
};

/// "all" or "1", or names separated by commas: uninitialized, races, waits, hazards, barriers,
/// progress; and fatal. False, and a sentence in `error`, for another name.
bool parseSelection(std::string_view text, Selection &selection, std::string &error);

/// Lives as long as the device: launches and copies tell it what happens.
class Checks {
public:
  Checks(const Selection &selection, Reporter::Sink sink);

  const Selection &selection() const { return selected; }
  MemoryShadow &memory() { return shadow; }
  const Reporter &reporter() const { return reports; }

  /// An observer for one launch; this object must live longer. Launches that are observed run one
  /// after another.
  std::unique_ptr<isa::LaunchObserver> observeLaunch();

private:
  friend class CheckedLaunch;
  Selection selected;
  Reporter reports;
  MemoryShadow shadow;
  RaceTable races;
  uint32_t launchNumber = 0;
};

} // namespace qcc::emulator::checks
