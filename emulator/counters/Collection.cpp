#include "emulator/counters/Collection.h"

#include "emulator/counters/Report.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace qcc::emulator {

namespace {

/// Names come from code objects and need not be UTF-8.
std::string dump(const nlohmann::ordered_json &json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// An object with one line a member, and one line an element of the lists among them.
std::string dumpByLine(const nlohmann::ordered_json &object) {
  std::string out;
  for (const auto &[key, value] : object.items()) {
    out += (out.empty() ? "{\n  \"" : ",\n  \"") + key + "\": ";
    if (!value.is_array() || value.empty() || !value.front().is_object()) {
      out += dump(value);
      continue;
    }
    const char *separator = "[\n    ";
    for (const auto &element : value) {
      out += separator + dump(element);
      separator = ",\n    ";
    }
    out += "\n  ]";
  }
  return out + "\n}";
}

} // namespace

void CounterCollection::add(const LaunchCounters &counters, uint64_t codeHash) {
  std::lock_guard lock(mutex);
  const auto same = [&](const KernelEntry &entry) {
    return entry.codeHash == codeHash && entry.counters.kernel == counters.kernel &&
           entry.counters.chip == counters.chip;
  };
  const auto entry = std::find_if(kernels.begin(), kernels.end(), same);
  const size_t index = static_cast<size_t>(entry - kernels.begin());
  if (entry == kernels.end()) {
    kernels.push_back({codeHash, counters});
  } else {
    entry->counters.add(counters);
  }
  nlohmann::ordered_json summary = {{"launch", launches.size()}, {"kernel_index", index}};
  summary.update(summaryOf(counters));
  launches.push_back(dump(summary));
}

void CounterCollection::clear() {
  std::lock_guard lock(mutex);
  kernels.clear();
  launches.clear();
}

std::string CounterCollection::json() const {
  std::lock_guard lock(mutex);
  std::string out = "{\n\"version\": 1,\n\"kernels\": [";
  const char *separator = "\n";
  for (const KernelEntry &entry : kernels) {
    out += separator + dumpByLine(toJson(entry.counters, /*byInstruction=*/true));
    separator = ",\n";
  }
  out += "\n],\n\"launches\": [";
  separator = "\n";
  for (const std::string &launch : launches) {
    out += separator + launch;
    separator = ",\n";
  }
  return out + "\n]\n}\n";
}

std::string CounterCollection::text() const {
  std::lock_guard lock(mutex);
  std::string out;
  for (const KernelEntry &entry : kernels) {
    out += describe(entry.counters);
  }
  return out;
}

} // namespace qcc::emulator
