#include "emulator/hip_api/Platform.h"

#include "emulator/hip_api/Environment.h"
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Observation.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace qcc::emulator {
namespace {

constexpr std::string_view defaultChip = "gfx942";
constexpr int newestAbi = 7;
constexpr uint64_t maxDevices = 16;

thread_local int deviceOfThread = 0;

uint64_t hostMemoryBytes() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

std::string chipNames() {
  std::string names;
  for (const Chip &chip : chips()) {
    names += (names.empty() ? "" : ", ") + std::string(chip.name);
  }
  return names;
}

int readAbiMajor() {
  Dl_info info{};
  if (!dladdr(reinterpret_cast<void *>(&readAbiMajor), &info) || !info.dli_fname) {
    return newestAbi;
  }
  const char *suffix = std::strstr(info.dli_fname, ".so.");
  int major = suffix ? std::atoi(suffix + std::strlen(".so.")) : newestAbi;
  return major > 0 ? major : newestAbi;
}

} // namespace

Platform &Platform::get() {
  // Never destroyed: programs unload modules from their own exit handlers.
  static auto *platform = new Platform;
  return *platform;
}

Platform::Platform() : currentChip(findChip(defaultChip)) {
  readEnvironment();
  Observation::get(); // hears of every allocation from the first on
  size_t slots = std::max(devices, 1);
  failures.assign(slots, hipSuccess);
  memory = std::make_unique<Heap>(std::vector<uint64_t>(slots));
  become(chip());
}

void Platform::readEnvironment() {
  const char *name = std::getenv("QCC_EMULATED_CHIP");
  std::optional<uint64_t> count = environmentNumber("QCC_EMULATED_DEVICES");
  std::optional<uint64_t> bytes = environmentNumber("QCC_EMULATED_MEMORY");
  if (name && *name) {
    chosen = true;
    if (const Chip *row = findChip(name)) {
      currentChip = chipOfEnvironment = row;
    } else {
      devices = 0;
      explain(hipErrorNoDevice, "QCC_EMULATED_CHIP is \"" + std::string(name) +
                                    "\", which is not emulated; use one of " + chipNames());
    }
  }
  if (count && (*count == 0 || *count > maxDevices)) {
    devices = 0;
    explain(hipErrorNoDevice, "QCC_EMULATED_DEVICES is not a number from 1 to 16");
  } else if (count && devices) {
    devices = static_cast<int>(*count);
  }
  if (bytes && *bytes == 0) {
    devices = 0;
    explain(hipErrorNoDevice, "QCC_EMULATED_MEMORY is not a number of bytes");
  }
  memoryLimit = bytes.value_or(0);
}

void Platform::become(const Chip &chip) {
  currentChip = &chip;
  uint64_t bytes = memoryLimit ? memoryLimit : std::min(chip.memoryBytes, hostMemoryBytes());
  for (int device = 0; device < devices; ++device) {
    memory->setBudget(device, bytes);
  }
}

hipError_t Platform::setChip(std::string_view name) {
  const Chip *row = findChip(name);
  if (!row) {
    return explain(hipErrorInvalidValue,
                   "chip " + std::string(name) + " is not emulated; use one of " + chipNames());
  }
  std::lock_guard lock(mutex);
  if (chipOfEnvironment && row != chipOfEnvironment) {
    std::string fixed(chipOfEnvironment->name);
    return explain(hipErrorNoBinaryForGpu, "QCC_EMULATED_CHIP makes the device a " + fixed +
                                               "; unset it, or compile for " + fixed);
  }
  if (row != &chip() && liveModules > 0) {
    return explain(hipErrorIllegalState, "the device cannot become " + std::string(name) +
                                             " while modules of " + std::string(chip().name) +
                                             " are loaded");
  }
  chosen = true;
  become(*row);
  return hipSuccess;
}

bool Platform::accepts(uint32_t elfMachine) {
  std::lock_guard lock(mutex);
  if (runsMachine(chip(), elfMachine)) {
    return true;
  }
  const Chip *other = findChipOfMachine(elfMachine);
  if (chosen || liveModules > 0 || !other) {
    return false;
  }
  become(*other);
  return true;
}

void Platform::setFailure(int device, hipError_t code) {
  std::lock_guard lock(mutex);
  failures[device] = code;
}

hipError_t Platform::takeFailure(int device) {
  std::lock_guard lock(mutex);
  return std::exchange(failures[device], hipSuccess);
}

bool Platform::setPeerAccess(int device, int peer, bool enabled) {
  std::lock_guard lock(mutex);
  return enabled ? peerAccess.emplace(device, peer).second : peerAccess.erase({device, peer}) != 0;
}

int currentDevice() {
  return deviceOfThread;
}

void setCurrentDevice(int device) {
  deviceOfThread = device;
}

int abiMajor() {
  static const int major = readAbiMajor();
  return major;
}

} // namespace qcc::emulator
