// The calls beside HIP that count what kernels do.
#include "emulator/hip_api/Emulated.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Observation.h"

#include <cstring>

using namespace qcc::emulator;

QCC_HIP_API int qccEmulatedCountLaunches(int on) {
  Observation::get().setCounting(on != 0);
  return hipSuccess;
}

QCC_HIP_API int qccEmulatedKernelCounters(char *json, size_t *bytes) {
  if (!bytes) {
    return record(hipErrorInvalidValue);
  }
  const std::string text = Observation::get().counters().json();
  const size_t room = *bytes;
  *bytes = text.size() + 1;
  if (!json) {
    return hipSuccess;
  }
  if (room < *bytes) {
    return record(hipErrorInvalidValue);
  }
  std::memcpy(json, text.c_str(), *bytes);
  return hipSuccess;
}

QCC_HIP_API int qccEmulatedWriteKernelCounters(const char *path) {
  return record(path ? Observation::get().writeCounters(path) : hipErrorInvalidValue);
}

QCC_HIP_API uint64_t qccEmulatedReports() {
  const checks::Checks *checker = Observation::get().checks();
  return checker != nullptr ? checker->reporter().count() : 0;
}

QCC_HIP_API int qccEmulatedClearKernelCounters() {
  Observation::get().counters().clear();
  return hipSuccess;
}
