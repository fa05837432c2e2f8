// The HIP driver library, loaded when it is first needed: a table of its functions, and the one
// place where its errors become statuses.
#pragma once

#include "runtime/Status.h"
#include "runtime/hip/Types.h"

#include <memory>
#include <string>
#include <vector>

namespace qcc::runtime::hip {

/// The functions listed in Functions.inc.
struct FunctionTable {
#define QCC_HIP_REQUIRED(name, result, ...) result (*name)(__VA_ARGS__) = nullptr;
#define QCC_HIP_OPTIONAL(name, result, ...) result (*name)(__VA_ARGS__) = nullptr;
#include "runtime/hip/Functions.inc"
};

/// A loaded library. It stays loaded until the process ends, as ROCm's does not survive unloading.
class Library {
public:
  /// Loads the first of `candidates` (paths, or names for the system's search) that loads and has
  /// all required functions. Error: NoDevice, with what each one failed with, and `mend`, the end
  /// of the sentence.
  static Result<std::shared_ptr<const Library>> load(const std::vector<std::string> &candidates,
                                                     const std::string &mend);

  const FunctionTable *operator->() const { return &functions; }

  /// The path or name by which it was loaded.
  const std::string &path() const { return loadedPath; }

  /// Whether it is the emulated device in place of a driver.
  bool isEmulated() const { return functions.qccEmulatedSetChip != nullptr; }

  /// The name of a graph function that the library lacks; null when it has all of them.
  const char *missingGraphFunction() const;
  /// The same for events.
  const char *missingEventFunction() const;

  /// Success, or what `error` means. `call` names the function that returned it, and `purpose`
  /// completes "while ...". Errors: OutOfMemory, NoDevice, WrongDevice, DeviceFailure.
  Status check(Error error, const char *call, const std::string &purpose) const;

private:
  std::string loadedPath;
  FunctionTable functions;
};

/// Where a HIP library may be. `chosen` is the caller's path, or empty; then the environment
/// variable QCC_HIP_LIBRARY; then the names under which ROCm 7, 6 and 5 install it.
std::vector<std::string> driverCandidates(const std::string &chosen);

/// Whether the caller or the environment named one library, so that no other may be tried.
bool driverIsChosen(const std::string &chosen);

/// Where the emulated device may be: `chosen` or, when that is empty, the places relative to this
/// library or program where the build and the installation put it.
std::vector<std::string> emulatedCandidates(const std::string &chosen);

} // namespace qcc::runtime::hip
