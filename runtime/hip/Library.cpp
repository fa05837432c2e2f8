#include "runtime/hip/Library.h"

#include <dlfcn.h>

namespace qcc::runtime::hip {

/// Looks `name` up in `handle` and stores it as a function pointer.
template <typename Pointer> static bool resolve(void *handle, const char *name, Pointer &function) {
  function = reinterpret_cast<Pointer>(dlsym(handle, name));
  return function != nullptr;
}

/// Fills `table` and returns the name of the first required function that is missing, or null.
static const char *fill(void *handle, FunctionTable &table) {
  const char *missing = nullptr;
#define QCC_HIP_REQUIRED(name, ...)                                                                \
  if (!resolve(handle, #name, table.name) && !missing) {                                           \
    missing = #name;                                                                               \
  }
#define QCC_HIP_OPTIONAL(name, ...) resolve(handle, #name, table.name);
#include "runtime/hip/Functions.inc"
  if (!missing && !table.hipGetDevicePropertiesR0600 && !table.hipGetDeviceProperties) {
    missing = "hipGetDeviceProperties";
  }
  return missing;
}

Result<std::shared_ptr<const Library>> Library::load(const std::vector<std::string> &candidates,
                                                     const std::string &mend) {
  std::string reasons;
  for (const std::string &candidate : candidates) {
    auto library = std::make_shared<Library>();
    library->loadedPath = candidate;
    void *handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
      const char *reason = dlerror();
      reasons += (reasons.empty() ? "" : "; ") + std::string(reason ? reason : candidate);
      continue;
    }
    if (const char *missing = fill(handle, library->functions)) {
      reasons += (reasons.empty() ? "" : "; ") + candidate + " has no function " + missing;
      continue;
    }
    return std::shared_ptr<const Library>(std::move(library));
  }
  return {StatusCode::NoDevice, "No HIP library could be loaded (" + reasons + "); " + mend + "."};
}

const char *Library::missingGraphFunction() const {
  return !functions.hipStreamBeginCapture ? "hipStreamBeginCapture"
         : !functions.hipStreamEndCapture ? "hipStreamEndCapture"
         : !functions.hipGraphGetNodes    ? "hipGraphGetNodes"
         : !functions.hipGraphInstantiate ? "hipGraphInstantiate"
         : !functions.hipGraphLaunch      ? "hipGraphLaunch"
         : !functions.hipGraphDestroy     ? "hipGraphDestroy"
         : !functions.hipGraphExecDestroy ? "hipGraphExecDestroy"
                                          : nullptr;
}

const char *Library::missingEventFunction() const {
  return !functions.hipEventCreate        ? "hipEventCreate"
         : !functions.hipEventDestroy     ? "hipEventDestroy"
         : !functions.hipEventRecord      ? "hipEventRecord"
         : !functions.hipEventSynchronize ? "hipEventSynchronize"
         : !functions.hipEventElapsedTime ? "hipEventElapsedTime"
                                          : nullptr;
}

/// The status code that stands for a HIP error.
static StatusCode codeOf(Error error) {
  switch (error) {
  case success:
    return StatusCode::Ok;
  case errorOutOfMemory:
    return StatusCode::OutOfMemory;
  case errorNoDevice:
  case errorInsufficientDriver:
    return StatusCode::NoDevice;
  case errorNoBinaryForGpu:
    return StatusCode::WrongDevice;
  default:
    return StatusCode::DeviceFailure;
  }
}

Status Library::check(Error error, const char *call, const std::string &purpose) const {
  if (error == success) {
    return {};
  }
  // First, since the sentence lives until the next call.
  const char *sentence = functions.qccEmulatedLastError ? functions.qccEmulatedLastError() : "";
  std::string explanation = sentence && *sentence ? std::string(": ") + sentence : "";
  std::string message = "The device failed while " + purpose + ": " + call + " reported " +
                        functions.hipGetErrorName(error) + " (" +
                        functions.hipGetErrorString(error) + ")" + explanation;
  return {codeOf(error), message + "."};
}

} // namespace qcc::runtime::hip
