// An entry point of the program, bound to a session's memories: kernels looked up, arguments
// computed, nothing left to do for a token but to launch.
#pragma once

#include "runtime/session/PersistentLaunch.h"

#include <array>

namespace qcc::runtime {

/// The base address of each memory of a session, indexed by fb::Memory.
using MemoryBases = std::array<void *, size_t(fb::Memory::MAX) + 1>;

class LaunchPlan {
public:
  /// Binds `entry` of the model's program. Error: DeviceFailure.
  static Result<LaunchPlan> bind(const LoadedModel &model, const fb::EntryPoint &entry,
                                 const MemoryBases &bases);

  /// The most rows that it processes.
  uint32_t rowCapacity() const { return capacity; }

  /// Enqueues the launches of a step, or the one that does their work where the device can, and
  /// with `sample` those that pick tokens after them. Error: DeviceFailure, naming the kernel.
  Status enqueue(const Device &device, hip::Stream stream, bool sample) const;

  /// How many launches enqueue() makes.
  size_t launchCount(bool sample) const {
    return (persistent ? 1 : launches.size()) + (sample ? sampling.size() : 0);
  }

private:
  struct Launch {
    std::string kernel;
    hip::Function function;
    std::array<unsigned, 3> grid;
    std::array<unsigned, 3> workgroup;
    std::vector<void *> addresses; // the arguments' values
    std::vector<void *> arguments; // pointers to them, as the driver wants them
  };

  static Result<Launch> bindLaunch(const LoadedModel &model, const fb::Launch &source,
                                   const MemoryBases &bases);
  static Status enqueueAll(const Device &device, hip::Stream stream,
                           const std::vector<Launch> &launches);

  Status bindPersistent(const LoadedModel &model, const fb::Persistent *source);

  uint32_t capacity = 0;
  std::vector<Launch> launches;
  std::unique_ptr<PersistentLaunch> persistent; // may be null
  std::vector<Launch> sampling;
};

} // namespace qcc::runtime
