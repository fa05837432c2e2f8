// Device code compiled into the host program: what __hipRegisterFatBinary and its companions were
// told, loaded for a device when it is first used there.
#pragma once

#include "emulator/hip_api/Module.h"

namespace qcc::emulator {

/// One embedded bundle; the handle that the program holds.
struct FatBinary {
  std::vector<uint8_t> image; // decompressed; empty when it could not be read
  std::map<int, std::shared_ptr<ihipModule_t>> modules; // by device
};

/// A managed variable: the program's pointer to it and its name on the device.
struct ManagedVariable {
  std::string name;
  void *memory = nullptr;
};

/// Everything registered in this process. Safe to call from any thread.
class FatBinaryRegistry {
public:
  static FatBinaryRegistry &get();

  /// Copies the image behind the structure that clang emits. A bad one is explained; its
  /// kernels then fail to launch.
  FatBinary *add(const void *wrapper);
  void remove(FatBinary *binary);

  void addFunction(FatBinary *binary, const void *hostFunction, std::string name);
  void addVariable(FatBinary *binary, const void *hostVariable, std::string name);
  /// Allocates the variable, copies its initial value and stores its address in `*hostPointer`.
  void addManaged(FatBinary *binary, void **hostPointer, const void *initial, std::string name,
                  size_t bytes);

  /// The kernel behind a host function on the calling thread's device; the reason of a failure has
  /// been explained: hipErrorInvalidDeviceFunction, or why the module does not load.
  hipError_t findFunction(const void *hostFunction, std::shared_ptr<ihipModuleSymbol_t> &function);

  /// The device address and size of a registered variable, hipErrorInvalidSymbol for another.
  hipError_t findVariable(const void *hostVariable, Variable &variable);

private:
  struct Symbol {
    FatBinary *binary = nullptr;
    std::string name;
  };
  hipError_t load(FatBinary &binary, std::shared_ptr<ihipModule_t> &module);
  void placeManaged(FatBinary &binary, ihipModule_t &module);

  std::mutex mutex;
  std::map<FatBinary *, std::unique_ptr<FatBinary>> binaries;
  std::map<const void *, Symbol> functions, variables;
  std::multimap<FatBinary *, ManagedVariable> managed;
};

} // namespace qcc::emulator
