// Where the HIP library is looked for.
#include "runtime/hip/Library.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

namespace qcc::runtime::hip {

/// QCC_HIP_LIBRARY, or empty.
static std::string environmentChoice() {
  const char *value = std::getenv("QCC_HIP_LIBRARY");
  return value ? value : "";
}

bool driverIsChosen(const std::string &chosen) {
  return !chosen.empty() || !environmentChoice().empty();
}

std::vector<std::string> driverCandidates(const std::string &chosen) {
  if (!chosen.empty()) {
    return {chosen};
  }
  if (std::string fromEnvironment = environmentChoice(); !fromEnvironment.empty()) {
    return {fromEnvironment};
  }
  return {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"};
}

/// The folder of the program or shared library that this code is part of.
static std::filesystem::path ownFolder() {
  std::error_code error;
  Dl_info info;
  if (dladdr(reinterpret_cast<void *>(&ownFolder), &info) && info.dli_fname) {
    auto path = std::filesystem::canonical(info.dli_fname, error);
    if (!error) {
      return path.parent_path();
    }
  }
  // A program's own name may be relative to a folder that was left since.
  auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : program.parent_path();
}

std::vector<std::string> emulatedCandidates(const std::string &chosen) {
  if (!chosen.empty()) {
    return {chosen};
  }
  std::vector<std::string> candidates;
  std::filesystem::path folder = ownFolder();
  for (const char *place : {"emulated", "qcc/emulated", "../lib/emulated", "../lib/qcc/emulated"}) {
    auto path = folder / place / "libamdhip64.so";
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      candidates.push_back(path.lexically_normal().string());
    }
  }
  if (candidates.empty()) {
    candidates.push_back((folder / "../lib/emulated/libamdhip64.so").lexically_normal().string());
  }
  return candidates;
}

} // namespace qcc::runtime::hip
