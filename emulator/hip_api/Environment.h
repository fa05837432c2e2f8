// Reading the environment variables that set the emulated device up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace qcc::emulator {

/// A positive number of the environment; nothing when it is unset, 0 when it is no such number.
std::optional<uint64_t> environmentNumber(const char *name);

/// The text of a variable, "" when it is unset.
std::string environmentText(const char *name);

} // namespace qcc::emulator
