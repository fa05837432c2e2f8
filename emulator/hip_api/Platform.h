// The emulated devices of this process: which chip they are, their memory, their pending failures.
#pragma once

#include "emulator/code_object/Chips.h"
#include "emulator/hip_api/HipAbi.h"
#include "emulator/memory/Heap.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace qcc::emulator {

/// Counts for qccEmulatedCounters.
struct Counters {
  std::atomic<uint64_t> kernelLaunches{0};
  std::atomic<uint64_t> graphLaunches{0};
  std::atomic<uint64_t> deviceToHostCopies{0};
  std::atomic<uint64_t> hostToDeviceCopies{0};
};

/// All devices are the same chip. Read from the environment when first used:
///   QCC_EMULATED_CHIP     processor name; unset: gfx942 until the first module is loaded, whose
///   chip
///                         the devices then take
///   QCC_EMULATED_DEVICES  how many, 1 to 16; unset: 1
///   QCC_EMULATED_MEMORY   bytes of memory a device; unset: the chip's, at most what the host has
class Platform {
public:
  static Platform &get();

  /// 0 when the environment asks for something that cannot be; a sentence has then been printed.
  int deviceCount() const { return devices; }
  const Chip &chip() const { return *currentChip.load(); }
  Heap &heap() { return *memory; }
  Counters &counters() { return counts; }

  /// Takes the chip, unless the environment named another; see qccEmulatedSetChip.
  hipError_t setChip(std::string_view name);

  /// Whether code for the ELF machine runs here. When no chip was chosen and no module is loaded,
  /// the devices become a chip that runs it.
  bool accepts(uint32_t elfMachine);

  /// The chip cannot change while modules are loaded.
  void moduleLoaded() { ++liveModules; }
  void moduleUnloaded() { --liveModules; }

  /// A launch failed: the next synchronizing call on the device reports it, once.
  void setFailure(int device, hipError_t code);
  hipError_t takeFailure(int device);

  /// Notes whether `device` may reach the memory of `peer`; false when that was so already.
  bool setPeerAccess(int device, int peer, bool enabled);

private:
  Platform();
  void become(const Chip &chip);
  void readEnvironment();

  std::atomic<const Chip *> currentChip;
  bool chosen = false;                     // by the environment or setChip
  const Chip *chipOfEnvironment = nullptr; // stands whatever setChip asks for
  uint64_t memoryLimit = 0;                // bytes, 0: the chip's
  int devices = 1;
  std::atomic<int> liveModules{0};
  std::unique_ptr<Heap> memory;
  Counters counts;
  std::mutex mutex;
  std::vector<hipError_t> failures;
  std::set<std::pair<int, int>> peerAccess; // device and peer
};

/// The calling thread's device.
int currentDevice();
void setCurrentDevice(int device);

/// 5, 6 or 7: the libamdhip64 that the program asked for, by the name that this library was loaded
/// under; the newest when the name does not say.
int abiMajor();

} // namespace qcc::emulator
