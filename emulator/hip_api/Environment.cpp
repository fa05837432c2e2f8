#include "emulator/hip_api/Environment.h"

#include <cerrno>
#include <cstdlib>

namespace qcc::emulator {

std::optional<uint64_t> environmentNumber(const char *name) {
  const char *text = std::getenv(name);
  if (!text || !*text) {
    return std::nullopt;
  }
  errno = 0;
  char *end = nullptr;
  uint64_t value = std::strtoull(text, &end, 10);
  return *end || errno || *text == '-' ? 0 : value;
}

std::string environmentText(const char *name) {
  const char *text = std::getenv(name);
  return text ? text : "";
}

} // namespace qcc::emulator
