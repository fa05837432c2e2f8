// A loaded code object: its segments in memory, its kernels and its variables.
#pragma once

#include "emulator/code_object/CodeObject.h"
#include "emulator/hip_api/LiveHandles.h"
#include "emulator/hip_api/Platform.h"
#include "emulator/isa/Dispatch.h"

#include <map>
#include <memory>
#include <string>

/// What hipFunction_t points to: a kernel of a module.
struct ihipModuleSymbol_t {
  qcc::emulator::KernelInfo info;
  qcc::emulator::Kernel kernel;
  uint32_t kernargBytes = 0; // what a launch must provide
  uint32_t waveSize = 0;     // lanes
  int device = 0;
  std::shared_ptr<const qcc::emulator::PrintfFormats> printfFormats; // of its code object
  const void *hostFunction = nullptr; // of a kernel that <<<>>> launches; what graphs tell of it
};

/// What hipModule_t points to. Memory is given back when it is destroyed.
struct ihipModule_t {
  ihipModule_t() = default;
  ~ihipModule_t();
  ihipModule_t(const ihipModule_t &) = delete;
  ihipModule_t &operator=(const ihipModule_t &) = delete;

  int device = 0;
  uint8_t *base = nullptr; // where the code object's address 0 is
  size_t mappedBytes = 0;
  std::vector<uint64_t> registered; // begins of the ranges in the allocation table
  std::map<std::string, qcc::emulator::Variable, std::less<>> variables; // host addresses
  std::map<std::string, std::shared_ptr<ihipModuleSymbol_t>, std::less<>> functions;
};

namespace qcc::emulator {

/// Loads a code object or a bundle that holds one for the device's chip. On failure the reason has
/// been explained: hipErrorInvalidImage, hipErrorNoBinaryForGpu or hipErrorOutOfMemory.
hipError_t loadModule(Bytes image, int device, std::shared_ptr<ihipModule_t> &module);

/// Lets a device whose chip was not chosen become one that runs the plain bundle's code, so that a
/// program sees the chip that it was compiled for before it launches anything.
void adoptChip(Bytes bundle);

/// The modules and functions that programs hold.
LiveHandles<ihipModule_t> &liveModules();
LiveHandles<ihipModuleSymbol_t> &liveFunctions();

} // namespace qcc::emulator
