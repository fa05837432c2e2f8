#include "runtime/device/Device.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace qcc::runtime {

/// Loads the driver that `request` names.
static Result<std::shared_ptr<const hip::Library>> loadDriver(const DeviceRequest &request) {
  return hip::Library::load(
      hip::driverCandidates(request.library),
      "install ROCm's libamdhip64, or name a library by QCC_HIP_LIBRARY, or " + request.otherwise);
}

/// The number of devices of a library; none when its driver says so.
static Result<int> countDevices(const hip::Library &library) {
  hip::Error error = library->hipInit(0);
  int count = 0;
  if (error == hip::success) {
    error = library->hipGetDeviceCount(&count);
  }
  // Without a GPU, hipInit of ROCm 5 reports an invalid device, and later ones report no device.
  if (error == hip::errorNoDevice || error == hip::errorInvalidDevice) {
    return 0;
  }
  QCC_TRY(library.check(error, "hipGetDeviceCount", "looking for devices"));
  return count;
}

/// The architecture name in device properties whose layout depends on HIP's version: the text that
/// starts with "gfx" after the device's name, up to its first feature ("gfx90a:sramecc+").
static std::string architectureOf(const std::vector<char> &properties) {
  constexpr std::string_view prefix = "gfx";
  auto found = std::search(properties.begin() + hip::devicePropertiesNameBytes, properties.end(),
                           prefix.begin(), prefix.end());
  auto end = std::find_if(found, properties.end(), [](char c) { return c == '\0' || c == ':'; });
  return std::string(found, end);
}

/// Fills name, chip and memory of the current device.
static Status queryProperties(const hip::Library &library, int ordinal, std::string &marketingName,
                              DeviceInfo &info) {
  std::vector<char> properties(hip::devicePropertiesBytes);
  auto *query = library->hipGetDevicePropertiesR0600 ? library->hipGetDevicePropertiesR0600
                                                     : library->hipGetDeviceProperties;
  QCC_TRY(library.check(query(properties.data(), ordinal), "hipGetDeviceProperties",
                        "asking for the device's properties"));
  marketingName.assign(properties.data(),
                       strnlen(properties.data(), hip::devicePropertiesNameBytes));
  info.chip = architectureOf(properties);
  size_t freeBytes = 0;
  size_t totalBytes = 0;
  QCC_TRY(library.check(library->hipMemGetInfo(&freeBytes, &totalBytes), "hipMemGetInfo",
                        "asking for the device's memory"));
  info.memoryBytes = totalBytes;
  return {};
}

Result<std::shared_ptr<Device>> Device::openOrdinal(std::shared_ptr<const hip::Library> library,
                                                    int ordinal) {
  auto device = std::make_shared<Device>();
  device->library = std::move(library);
  device->ordinal = ordinal;
  QCC_TRY(device->activate());
  DeviceInfo &info = device->properties;
  std::string marketingName;
  QCC_TRY(queryProperties(*device->library, ordinal, marketingName, info));
  info.emulated = device->library->isEmulated();
  if (info.emulated) {
    info.id = "emulated";
    info.chip.clear(); // decided by prepareFor
    info.description = info.id;
  } else {
    info.id = "hip:" + std::to_string(ordinal);
    info.description = info.id + " " + info.chip + " " + marketingName;
  }
  return device;
}

Result<std::shared_ptr<Device>> Device::openEmulated(const std::string &library) {
  QCC_TRY_ASSIGN(auto loaded,
                 hip::Library::load(hip::emulatedCandidates(library),
                                    "build or install qcc's emulated device, or name it as the HIP "
                                    "library"));
  if (!loaded->isEmulated()) {
    return {StatusCode::NoDevice, loaded->path() + " is not the emulated device; name qcc's own "
                                                   "libamdhip64.so or leave the library out."};
  }
  return openOrdinal(std::move(loaded), 0);
}

/// The ordinal in "hip:N", or -1.
static int ordinalOf(const std::string &name) {
  constexpr std::string_view prefix = "hip:";
  int ordinal = -1;
  if (name.starts_with(prefix)) {
    const char *end = name.data() + name.size();
    auto parsed = std::from_chars(name.data() + prefix.size(), end, ordinal);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return -1;
    }
  }
  return ordinal;
}

/// Opens "hip:N", or for "auto" the first GPU of the chip asked for.
Result<std::shared_ptr<Device>> Device::openGpu(const DeviceRequest &request) {
  QCC_TRY_ASSIGN(auto library, loadDriver(request));
  QCC_TRY_ASSIGN(int count, countDevices(*library));
  if (count == 0) {
    return {StatusCode::NoDevice, "The HIP library " + library->path() +
                                      " finds no AMD GPU; check the driver and the permissions of "
                                      "/dev/kfd, or " +
                                      request.otherwise + "."};
  }
  if (int ordinal = ordinalOf(request.name); ordinal >= 0) {
    if (ordinal >= count) {
      return {StatusCode::NoDevice, "There is no device " + request.name + ": the HIP library " +
                                        library->path() + " finds " + std::to_string(count) + "."};
    }
    return openOrdinal(library, ordinal);
  }
  std::string chips;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    QCC_TRY_ASSIGN(auto device, openOrdinal(library, ordinal));
    const DeviceInfo &info = device->properties;
    if (info.emulated || request.chip.empty() || info.chip == request.chip) {
      return device;
    }
    chips += (chips.empty() ? "" : ", ") + info.chip;
  }
  return {StatusCode::WrongDevice, "There is no " + request.chip + " here, only " + chips +
                                       "; compile the model for that chip, or " +
                                       request.otherwise + "."};
}

Result<std::shared_ptr<Device>> Device::open(const DeviceRequest &request) {
  if (request.name == "emulated") {
    return openEmulated(request.library);
  }
  if (request.name != "auto") {
    if (ordinalOf(request.name) < 0) {
      return {StatusCode::InvalidArgument,
              "There is no device '" + request.name + "'; use 'auto', 'emulated' or 'hip:N'."};
    }
    return openGpu(request);
  }
  auto gpu = openGpu(request);
  if (gpu.ok() || gpu.status().code != StatusCode::NoDevice || request.gpuOnly ||
      hip::driverIsChosen(request.library)) {
    return gpu;
  }
  auto emulated = openEmulated("");
  if (!emulated.ok()) {
    return {StatusCode::NoDevice,
            gpu.status().message +
                " The emulated device is not there either: " + emulated.status().message};
  }
  return emulated;
}

std::vector<DeviceInfo> Device::list(const std::string &library) {
  std::vector<DeviceInfo> devices;
  if (auto loaded = loadDriver({.library = library}); loaded.ok()) {
    auto count = countDevices(**loaded);
    for (int ordinal = 0; count.ok() && ordinal < *count; ++ordinal) {
      if (auto device = openOrdinal(*loaded, ordinal); device.ok()) {
        devices.push_back((*device)->info());
      }
    }
  }
  bool listed = std::any_of(devices.begin(), devices.end(),
                            [](const DeviceInfo &device) { return device.emulated; });
  if (!listed) {
    if (auto device = openEmulated(""); device.ok()) {
      devices.push_back((*device)->info());
    }
  }
  return devices;
}

DeviceInfo Device::info() const {
  std::lock_guard lock(mutex);
  return properties;
}

Status Device::prepareFor(const std::string &chip) {
  std::lock_guard lock(mutex);
  if (properties.chip == chip) {
    return {};
  }
  if (!properties.emulated) {
    return {StatusCode::WrongDevice, "The model was compiled for " + chip + " and " +
                                         properties.id + " is a " + properties.chip +
                                         "; compile it with --target " + properties.chip +
                                         ", or use the device 'emulated'."};
  }
  QCC_TRY(check((*library)->qccEmulatedSetChip(chip.c_str()), "qccEmulatedSetChip",
                "becoming a " + chip));
  properties.chip = chip;
  properties.description = "emulated " + chip;
  return {};
}

Status Device::activate() const {
  return check((*library)->hipSetDevice(ordinal), "hipSetDevice", "selecting the device");
}

Status Device::attribute(int attribute, int &value) const {
  return check((*library)->hipDeviceGetAttribute(&value, attribute, ordinal),
               "hipDeviceGetAttribute", "asking the device what it can do");
}

} // namespace qcc::runtime
