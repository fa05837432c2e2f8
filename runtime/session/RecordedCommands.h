// Commands that a session gives the device again and again: recorded as a HIP graph when they are
// first given, and one launch from then on.
#pragma once

#include "runtime/device/Buffers.h"

#include <functional>

namespace qcc::runtime {

class RecordedCommands {
public:
  /// Runs in `stream` what `enqueue` puts into it, which is the same in every call: the same
  /// launches and asynchronous copies with the same addresses. `enqueue` is called once. A driver
  /// without graphs gets the commands one by one, and `enqueue` is called each time. Errors: those
  /// of `enqueue`, DeviceFailure.
  Status run(const std::shared_ptr<const Device> &device, hip::Stream stream,
             const std::function<Status()> &enqueue);

private:
  Status record(const std::shared_ptr<const Device> &device, hip::Stream stream,
                const std::function<Status()> &enqueue);

  DeviceGraphExec graph;
};

} // namespace qcc::runtime
