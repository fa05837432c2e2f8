#include "emulator/hip_api/Observation.h"

#include "emulator/counters/Counting.h"
#include "emulator/hip_api/Environment.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Launch.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace qcc::emulator {

Observation &Observation::get() {
  // Never destroyed: programs launch kernels from their own exit handlers.
  static auto *observation = new Observation;
  return *observation;
}

Observation::Observation() {
  const std::optional<uint64_t> instructions = environmentNumber("QCC_EMULATED_LIMIT");
  if (instructions && *instructions == 0) {
    sentence = "QCC_EMULATED_LIMIT is not a number of instructions";
  }
  limit = instructions.value_or(0);
  countersAtExit = environmentText("QCC_EMULATED_COUNTERS");
  if (!countersAtExit.empty()) {
    counting = true;
    std::atexit([] { get().writeCounters(get().countersAtExit); });
  }
}

hipError_t Observation::writeCounters(const std::string &destination) {
  if (destination == "-" || destination == "1") {
    std::fputs(collection.text().c_str(), stderr);
    return hipSuccess;
  }
  std::ofstream file(destination, std::ios::binary);
  file << collection.json();
  file.close();
  return file ? hipSuccess
              : explain(hipErrorOperatingSystem,
                        "the counters cannot be written to \"" + destination + "\"");
}

LaunchObservers Observation::observe(const KernelLaunch &launch) {
  LaunchObservers observers;
  if (counting) {
    const Kernel &kernel = launch.function->kernel;
    const uint64_t codeHash = std::hash<std::string_view>()(
        {reinterpret_cast<const char *>(kernel.code), kernel.codeBytes});
    observers.push_back(std::make_unique<CountingObserver>(
        [this, codeHash](const LaunchCounters &counted) { collection.add(counted, codeHash); }));
  }
  return observers;
}

} // namespace qcc::emulator
