#include "emulator/hip_api/Observation.h"

#include "emulator/hip_api/Environment.h"
#include "emulator/hip_api/Launch.h"

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
}

LaunchObservers Observation::observe(const KernelLaunch &) {
  return {};
}

} // namespace qcc::emulator
