// The HIP calls that find other calls or kernels by name, and the launches that take a structure.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/FatBinary.h"
#include "emulator/hip_api/LaunchCall.h"

#include <dlfcn.h>

using namespace qcc::emulator;

extern "C" hipError_t hipLaunchKernel(const void *, dim3, dim3, void **, size_t, hipStream_t);
extern "C" hipError_t hipLaunchCooperativeKernel(const void *, dim3, dim3, void **, unsigned,
                                                 hipStream_t);

namespace {

/// hipLaunchAttribute and its only kind that means something here.
constexpr int attributeCooperative = 2;
struct LaunchAttribute {
  int id;
  int padding;
  union {
    char bytes[64];
    int cooperative;
  } value;
};

/// hipLaunchConfig_t.
struct LaunchConfiguration {
  dim3 grid, block;
  size_t dynamicLds;
  hipStream_t stream;
  const LaunchAttribute *attributes;
  unsigned attributeCount;
};

/// HIP_LAUNCH_CONFIG.
struct DriverLaunchConfiguration {
  unsigned gridX, gridY, gridZ, blockX, blockY, blockZ, dynamicLds;
  hipStream_t stream;
  const LaunchAttribute *attributes;
  unsigned attributeCount;
};

bool isCooperative(const LaunchAttribute *attributes, unsigned count) {
  for (unsigned i = 0; attributes && i < count; ++i) {
    if (attributes[i].id == attributeCooperative && attributes[i].value.cooperative) {
      return true;
    }
  }
  return false;
}

/// A call of this very library, of which a process can hold several under other names.
void *findCall(const char *name) {
  Dl_info own{};
  if (!dladdr(reinterpret_cast<void *>(&isCooperative), &own) || !own.dli_fname) {
    return nullptr;
  }
  void *library = dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (!library) {
    return nullptr;
  }
  void *found = dlsym(library, name);
  dlclose(library);
  return found;
}

/// `status` is 0 for a call that was found, 1 for none of the name.
hipError_t giveCall(const char *name, void **function, int *status) {
  if (!name || !function) {
    return hipErrorInvalidValue;
  }
  *function = findCall(name);
  if (status) {
    *status = *function ? 0 : 1;
  }
  return *function ? hipSuccess
                   : explain(hipErrorNotFound, "there is no HIP call " + std::string(name));
}

} // namespace

QCC_HIP_API hipError_t hipGetProcAddress(const char *name, void **function, int, uint64_t,
                                         int *status) {
  return record(giveCall(name, function, status));
}

QCC_HIP_API hipError_t hipGetDriverEntryPoint(const char *name, void **function, unsigned long long,
                                              int *status) {
  return record(giveCall(name, function, status));
}

/// The name of a kernel that a module's function or a host function stands for; it lives as long as
/// the module.
QCC_HIP_API const char *hipKernelNameRef(hipFunction_t handle) {
  std::shared_ptr<ihipModuleSymbol_t> function = liveFunctions().find(handle);
  return function ? function->info.name.c_str() : nullptr;
}

QCC_HIP_API const char *hipKernelNameRefByPtr(const void *hostFunction, hipStream_t) {
  std::shared_ptr<ihipModuleSymbol_t> function;
  if (FatBinaryRegistry::get().findFunction(hostFunction, function)) {
    return nullptr;
  }
  return function->info.name.c_str();
}

QCC_HIP_API hipError_t hipLaunchKernelExC(const LaunchConfiguration *configuration,
                                          const void *function, void **params) {
  if (!configuration) {
    return record(hipErrorInvalidValue);
  }
  const LaunchConfiguration &c = *configuration;
  return isCooperative(c.attributes, c.attributeCount)
             ? hipLaunchCooperativeKernel(function, c.grid, c.block, params,
                                          static_cast<unsigned>(c.dynamicLds), c.stream)
             : hipLaunchKernel(function, c.grid, c.block, params, c.dynamicLds, c.stream);
}

QCC_HIP_API hipError_t hipDrvLaunchKernelEx(const DriverLaunchConfiguration *configuration,
                                            hipFunction_t handle, void **params, void **extra) {
  std::shared_ptr<ihipModuleSymbol_t> function = liveFunctions().find(handle);
  if (!configuration || !function) {
    return record(configuration ? hipErrorInvalidHandle : hipErrorInvalidValue);
  }
  const DriverLaunchConfiguration &c = *configuration;
  LaunchRequest request{{c.gridX, c.gridY, c.gridZ},
                        {c.blockX, c.blockY, c.blockZ},
                        c.dynamicLds,
                        {params, extra},
                        isCooperative(c.attributes, c.attributeCount)};
  return record(launch(std::move(function), request, c.stream));
}
