#include "runtime/api/Handles.h"

using namespace qcc;
using namespace qcc::runtime;

/// The C form of `info`, pointing into it.
static qcc_device_info toC(const DeviceInfo &info) {
  return {info.id.c_str(), info.chip.c_str(), info.description.c_str(), info.memoryBytes,
          info.emulated};
}

void qcc_device_params_initialize(qcc_device_params *params) {
  *params = {"auto", nullptr, nullptr};
}

qcc_status qcc_device_open(const qcc_device_params *params, qcc_device **out_device) {
  *out_device = nullptr;
  return api::guarded([&]() -> Status {
    DeviceRequest request;
    if (params) {
      request.name = params->name ? params->name : request.name;
      request.chip = params->chip ? params->chip : "";
      request.library = params->hip_library ? params->hip_library : "";
    }
    QCC_TRY_ASSIGN(auto device, Device::open(request));
    *out_device = new qcc_device{std::move(device), {}};
    return {};
  });
}

void qcc_device_release(qcc_device *device) {
  delete device;
}

void qcc_device_get_info(qcc_device *device, qcc_device_info *out_info) {
  device->info = device->device->info();
  *out_info = toC(device->info);
}

qcc_status qcc_device_list_create(const char *hip_library, qcc_device_list **out_list) {
  *out_list = nullptr;
  return api::guarded([&]() -> Status {
    *out_list = new qcc_device_list{Device::list(hip_library ? hip_library : "")};
    return {};
  });
}

void qcc_device_list_release(qcc_device_list *list) {
  delete list;
}

size_t qcc_device_list_count(const qcc_device_list *list) {
  return list->devices.size();
}

void qcc_device_list_get(const qcc_device_list *list, size_t index, qcc_device_info *out_info) {
  *out_info = toC(list->devices[index]);
}
