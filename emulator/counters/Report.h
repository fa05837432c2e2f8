// Counters as JSON and as text. Fields and units: docs/emulator_counters.md.
#pragma once

#include "emulator/counters/Counters.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace qcc::emulator {

/// Everything that was counted; with `byInstruction`, each instruction as well.
nlohmann::ordered_json toJson(const LaunchCounters &counters, bool byInstruction);

/// The main figures, for lists of many launches.
nlohmann::ordered_json summaryOf(const LaunchCounters &counters);

/// A paragraph of a few lines for people.
std::string describe(const LaunchCounters &counters);

} // namespace qcc::emulator
