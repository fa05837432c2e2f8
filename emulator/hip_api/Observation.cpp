#include "emulator/hip_api/Observation.h"

#include "emulator/counters/Counting.h"
#include "emulator/hip_api/Environment.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Launch.h"

#include <cstdlib>
#include <fstream>

namespace qcc::emulator {

Observation &Observation::get() {
  // Never destroyed: programs launch kernels from their own exit handlers.
  static auto *observation = new Observation;
  return *observation;
}

Observation::Observation() {
  readLimit();
  readCounters();
  readTrace();
  readChecks();
}

void Observation::readLimit() {
  const std::optional<uint64_t> instructions = environmentNumber("QCC_EMULATED_LIMIT");
  if (instructions && *instructions == 0) {
    sentence = "QCC_EMULATED_LIMIT is not a number of instructions";
  }
  limit = instructions.value_or(0);
}

void Observation::readCounters() {
  countersAtExit = environmentText("QCC_EMULATED_COUNTERS");
  if (!countersAtExit.empty()) {
    counting = true;
    std::atexit([] { get().writeCounters(get().countersAtExit); });
  }
}

void Observation::readTrace() {
  const std::string wave = environmentText("QCC_EMULATED_TRACE");
  const std::string path = environmentText("QCC_EMULATED_TRACE_FILE");
  if (wave.empty()) {
    return;
  }
  traced = parseTraceSelection(wave);
  if (!traced) {
    sentence = "QCC_EMULATED_TRACE is \"" + wave + "\", not kernel[:workgroup[:wave]]";
    return;
  }
  if (path.empty()) {
    return;
  }
  traceFile = std::fopen(path.c_str(), "w");
  if (traceFile == nullptr) {
    sentence = "QCC_EMULATED_TRACE_FILE names \"" + path + "\", which cannot be written";
  }
}

void Observation::readChecks() {
  const std::string names = environmentText("QCC_EMULATED_CHECKS");
  if (names.empty()) {
    return;
  }
  checks::Selection selection;
  std::string error;
  if (!checks::parseSelection(names, selection, error)) {
    sentence = "QCC_EMULATED_CHECKS: " + error;
    return;
  }
  fatal = selection.fatal;
  checker = std::make_unique<checks::Checks>(selection, [](const checks::Report &report) {
    std::fputs(("qcc-emulated: " + report.text() + "\n").c_str(), stderr);
  });
  MemoryListener::set(&checker->memory());
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
  if (checker) {
    observers.push_back(checker->observeLaunch());
  }
  if (counting) {
    const Kernel &kernel = launch.function->kernel;
    const uint64_t codeHash = std::hash<std::string_view>()(
        {reinterpret_cast<const char *>(kernel.code), kernel.codeBytes});
    observers.push_back(std::make_unique<CountingObserver>(
        [this, codeHash](const LaunchCounters &counted) { collection.add(counted, codeHash); }));
  }
  if (traced) {
    observers.push_back(std::make_unique<TraceObserver>(*traced, [this](const std::string &text) {
      std::fputs(text.c_str(), traceFile);
      std::fflush(traceFile);
    }));
  }
  return observers;
}

} // namespace qcc::emulator
