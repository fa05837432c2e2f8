#include "runtime/device/Buffers.h"

#include <algorithm>

namespace qcc::runtime {

/// "12.3 MiB".
static std::string inMebibytes(uint64_t bytes) {
  uint64_t tenths = bytes * 10 / (1 << 20);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

Result<DeviceMemory> allocateDevice(const std::shared_ptr<const Device> &device, uint64_t bytes,
                                    const std::string &purpose) {
  QCC_TRY(device->activate());
  const hip::Library &hip = device->hip();
  void *address = nullptr;
  hip::Error error = hip->hipMalloc(&address, std::max<uint64_t>(bytes, 1));
  if (error == hip::errorOutOfMemory) {
    size_t freeBytes = 0;
    size_t totalBytes = 0;
    std::string room;
    if (hip->hipMemGetInfo(&freeBytes, &totalBytes) == hip::success) {
      room = ", and " + inMebibytes(freeBytes) + " of " + inMebibytes(totalBytes) + " are free";
    }
    return {StatusCode::OutOfMemory,
            "The device is out of memory: " + purpose + " needs " + inMebibytes(bytes) + room +
                "; compile the model with a smaller --max-context or --max-batch, or free memory."};
  }
  QCC_TRY(device->check(error, "hipMalloc", "allocating " + purpose));
  return DeviceMemory(device, address);
}

Result<PinnedMemory> allocatePinned(const std::shared_ptr<const Device> &device, uint64_t bytes,
                                    const std::string &purpose) {
  QCC_TRY(device->activate());
  void *address = nullptr;
  QCC_TRY(device->check(device->hip()->hipHostMalloc(&address, std::max<uint64_t>(bytes, 1), 0),
                        "hipHostMalloc", "allocating " + inMebibytes(bytes) + " for " + purpose));
  return PinnedMemory(device, address);
}

Result<DeviceStream> createStream(const std::shared_ptr<const Device> &device) {
  QCC_TRY(device->activate());
  hip::Stream stream = nullptr;
  QCC_TRY(device->check(device->hip()->hipStreamCreateWithFlags(&stream, hip::streamNonBlocking),
                        "hipStreamCreateWithFlags", "creating a stream"));
  return DeviceStream(device, stream);
}

Result<DeviceEvent> createEvent(const std::shared_ptr<const Device> &device) {
  const hip::Library &hip = device->hip();
  if (const char *missing = hip.missingEventFunction()) {
    return {StatusCode::Unavailable,
            "The HIP library " + hip.path() + " has no function " + missing + "."};
  }
  QCC_TRY(device->activate());
  hip::Event event = nullptr;
  QCC_TRY(device->check(hip->hipEventCreate(&event), "hipEventCreate", "creating an event"));
  return DeviceEvent(device, event);
}

} // namespace qcc::runtime
