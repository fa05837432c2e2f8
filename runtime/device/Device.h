// A device that runs artifacts: a GPU behind a HIP library, or the emulated one; and what is owned
// on it: memory, a stream. All errors of the driver come back as sentences.
#pragma once

#include "runtime/hip/Library.h"

#include <cstdint>
#include <mutex>

namespace qcc::runtime {

/// What a device is, for people and for choosing.
struct DeviceInfo {
  std::string id;          // what to open it by: "hip:0" or "emulated"
  std::string chip;        // "gfx942"; empty for an emulated device that was not told yet
  std::string description; // "hip:0 gfx942 AMD Instinct MI300X" or "emulated gfx942"
  uint64_t memoryBytes = 0;
  bool emulated = false;
};

/// Which device to open.
struct DeviceRequest {
  std::string name = "auto"; // "auto": a GPU if there is one, else emulated; "hip:N"; "emulated"
  std::string chip;          // "auto" takes the first GPU of this chip, or of any chip when empty
  std::string library;       // path of the HIP library; empty: see hip::driverCandidates
  bool gpuOnly = false;      // "auto" never takes the emulated device in place of a GPU
  std::string otherwise = "use the device 'emulated'"; // ends sentences: what else a user can do
};

class Device : public std::enable_shared_from_this<Device> {
public:
  /// Opens a device. Errors: InvalidArgument (no such form of name), NoDevice, DeviceFailure,
  /// WrongDevice ("auto" found GPUs, but none of the chip).
  static Result<std::shared_ptr<Device>> open(const DeviceRequest &request);

  /// All devices there are, GPUs first. `library` as in DeviceRequest. Never fails: a library that
  /// does not load has no devices.
  static std::vector<DeviceInfo> list(const std::string &library);

  /// What this device is.
  DeviceInfo info() const;

  /// Makes sure that code for `chip` runs here: an emulated device becomes that chip, a GPU must be
  /// it. Error: WrongDevice.
  Status prepareFor(const std::string &chip);

  /// Makes this device the calling thread's current one; before any use of hip().
  Status activate() const;

  /// Asks for an attribute (hip/Types.h) when the driver has hipDeviceGetAttribute. Error:
  /// DeviceFailure.
  Status attribute(int attribute, int &value) const;

  const hip::Library &hip() const { return *library; }

  /// See hip::Library::check.
  Status check(hip::Error error, const char *call, const std::string &purpose) const {
    return library->check(error, call, purpose);
  }

private:
  static Result<std::shared_ptr<Device>> openOrdinal(std::shared_ptr<const hip::Library> library,
                                                     int ordinal);
  static Result<std::shared_ptr<Device>> openGpu(const DeviceRequest &request);
  static Result<std::shared_ptr<Device>> openEmulated(const std::string &library);

  std::shared_ptr<const hip::Library> library;
  int ordinal = 0;
  mutable std::mutex mutex; // guards properties.chip and .description of an emulated device
  DeviceInfo properties;
};

} // namespace qcc::runtime
