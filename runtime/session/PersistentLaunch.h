// The persistent form of an entry point: all of its launches as a list of commands in device
// memory, which one launch of one kernel executes (runtime/program.fbs, Persistent).
#pragma once

#include "runtime/session/LoadedModel.h"

#include <span>

namespace qcc::runtime {

/// A launch of the entry point, as a command.
struct PersistentCommand {
  std::string_view kernel;
  std::span<void *const> addresses; // its arguments
};

class PersistentLaunch {
public:
  /// Writes `commands` to the device and asks it how many workgroups it runs at a time. Null when
  /// `source` is, when the driver or device cannot guarantee that they do, on the emulated device,
  /// whose launches are free, and as the environment variable QCC_PERSISTENT (`on`, `off`) has it.
  /// Errors: DeviceFailure, OutOfMemory.
  static Result<std::unique_ptr<PersistentLaunch>>
  bind(const LoadedModel &model, const fb::Persistent *source,
       std::span<const PersistentCommand> commands);

  /// Enqueues the launch. Error: DeviceFailure, naming the kernel.
  Status enqueue(const Device &device, hip::Stream stream) const;

  /// Workgroups of the launch.
  unsigned workgroups() const { return grid; }

private:
  Status reserve(const LoadedModel &model, const fb::Persistent &source);
  Status write(const LoadedModel &model, const fb::Persistent &source,
               std::span<const PersistentCommand> commands);

  std::string name;
  hip::Function function = nullptr;
  unsigned grid = 0, workgroup = 0;
  DeviceMemory list, barrier;
};

} // namespace qcc::runtime
