// Commands that a session gives the device again and again: recorded as a HIP graph when they are
// first given, and one launch from then on.
#pragma once

#include "runtime/device/Buffers.h"

#include <functional>

namespace qcc::runtime {

class RecordedCommands {
public:
  /// Runs in `stream` the `count` commands that `enqueue` puts into it, the same in every call:
  /// launches and asynchronous copies with the same addresses. Where the driver cannot record them,
  /// they are given one by one, by a call of `enqueue` each time. Errors: those of `enqueue`,
  /// DeviceFailure.
  Status run(const std::shared_ptr<const Device> &device, hip::Stream stream, size_t count,
             const std::function<Status()> &enqueue);

  /// A sentence on why the driver did not record them; empty if it did, or was not asked yet.
  const std::string &refusal() const { return reason; }

private:
  Status record(const std::shared_ptr<const Device> &device, hip::Stream stream, size_t count,
                const std::function<Status()> &enqueue);

  DeviceGraphExec graph;
  std::string reason;
};

} // namespace qcc::runtime
