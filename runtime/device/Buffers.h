// What is owned on a device and given back when it goes: device memory, pinned host memory, a
// stream, an event, a graph.
#pragma once

#include "runtime/device/Device.h"

#include <span>
#include <utility>

namespace qcc::runtime {

/// A resource of a device: created by a call of the driver, released by another.
template <typename Handle, hip::Error (*hip::FunctionTable::*Release)(Handle)>
class DeviceResource {
public:
  DeviceResource() = default;
  DeviceResource(std::shared_ptr<const Device> device, Handle handle)
      : device(std::move(device)), handle(handle) {}
  DeviceResource(DeviceResource &&other) noexcept
      : device(std::move(other.device)), handle(std::exchange(other.handle, nullptr)) {}
  DeviceResource &operator=(DeviceResource &&other) noexcept {
    std::swap(device, other.device);
    std::swap(handle, other.handle);
    return *this;
  }
  ~DeviceResource() {
    if (handle && device->activate().ok()) {
      (device->hip().operator->()->*Release)(handle);
    }
  }

  Handle get() const { return handle; }

private:
  std::shared_ptr<const Device> device;
  Handle handle = nullptr;
};

/// Device memory; get() is its device address.
using DeviceMemory = DeviceResource<void *, &hip::FunctionTable::hipFree>;
/// Pinned host memory, which the device copies from and to without a detour.
using PinnedMemory = DeviceResource<void *, &hip::FunctionTable::hipHostFree>;
/// A stream: copies and launches in order.
using DeviceStream = DeviceResource<hip::Stream, &hip::FunctionTable::hipStreamDestroy>;
/// A moment in a stream.
using DeviceEvent = DeviceResource<hip::Event, &hip::FunctionTable::hipEventDestroy>;
/// A loaded code object.
using DeviceModule = DeviceResource<hip::Module, &hip::FunctionTable::hipModuleUnload>;
/// A recorded sequence of commands, and one that is ready to launch.
using DeviceGraph = DeviceResource<hip::Graph, &hip::FunctionTable::hipGraphDestroy>;
using DeviceGraphExec = DeviceResource<hip::GraphExec, &hip::FunctionTable::hipGraphExecDestroy>;

/// Allocates `bytes` on the device (at least one). `purpose` names it in errors: "the KV cache".
/// Error: OutOfMemory, with the sizes.
Result<DeviceMemory> allocateDevice(const std::shared_ptr<const Device> &device, uint64_t bytes,
                                    const std::string &purpose);

/// Allocates `bytes` of pinned host memory (at least one). Error: OutOfMemory.
Result<PinnedMemory> allocatePinned(const std::shared_ptr<const Device> &device, uint64_t bytes,
                                    const std::string &purpose);

/// Makes a stream that does not wait for others. Error: DeviceFailure.
Result<DeviceStream> createStream(const std::shared_ptr<const Device> &device);

/// Makes an event that holds the time at which it was passed. Errors: Unavailable (the HIP library
/// has no events), DeviceFailure.
Result<DeviceEvent> createEvent(const std::shared_ptr<const Device> &device);

} // namespace qcc::runtime
