#include "emulator/hip_api/FatBinary.h"

#include "emulator/code_object/HostImage.h"
#include "emulator/code_object/OffloadBundle.h"
#include "emulator/hip_api/Errors.h"

#include <cstring>

namespace qcc::emulator {
namespace {

/// What clang emits for HIP (clang/lib/CodeGen/CGCUDANV.cpp): "HIPF", version 1, the bundle.
struct Wrapper {
  uint32_t magic;
  uint32_t version;
  const void *binary;
  void *unused;
};
constexpr uint32_t wrapperMagic = 0x48495046;

/// The plain bundle behind the wrapper.
llvm::Expected<std::vector<uint8_t>> readWrapped(const void *data) {
  const auto *wrapper = static_cast<const Wrapper *>(data);
  if (!wrapper || wrapper->magic != wrapperMagic) {
    return llvm::createStringError("it does not have HIP's wrapper");
  }
  llvm::Expected<std::vector<uint8_t>> image = copyHostImage(wrapper->binary);
  return image && isCompressedBundle(Bytes(*image)) ? decompressBundle(Bytes(*image))
                                                    : std::move(image);
}

} // namespace

FatBinaryRegistry &FatBinaryRegistry::get() {
  // Never destroyed: programs unregister from their own exit handlers.
  static auto *registry = new FatBinaryRegistry;
  return *registry;
}

FatBinary *FatBinaryRegistry::add(const void *wrapper) {
  auto binary = std::make_unique<FatBinary>();
  llvm::Expected<std::vector<uint8_t>> image = readWrapped(wrapper);
  if (image) {
    binary->image = std::move(*image);
    adoptChip(Bytes(binary->image));
  } else {
    explain(hipErrorInvalidImage,
            "a program registered a bad fat binary: " + llvm::toString(image.takeError()));
  }
  std::lock_guard lock(mutex);
  FatBinary *handle = binary.get();
  binaries[handle] = std::move(binary);
  return handle;
}

void FatBinaryRegistry::remove(FatBinary *binary) {
  std::lock_guard lock(mutex);
  auto isOfBinary = [&](const auto &entry) { return entry.second.binary == binary; };
  std::erase_if(functions, isOfBinary);
  std::erase_if(variables, isOfBinary);
  auto [begin, end] = managed.equal_range(binary);
  for (auto it = begin; it != end; ++it) {
    Platform::get().heap().release(it->second.memory);
  }
  managed.erase(binary);
  binaries.erase(binary);
}

void FatBinaryRegistry::addFunction(FatBinary *binary, const void *hostFunction, std::string name) {
  std::lock_guard lock(mutex);
  functions[hostFunction] = {binary, std::move(name)};
}

void FatBinaryRegistry::addVariable(FatBinary *binary, const void *hostVariable, std::string name) {
  std::lock_guard lock(mutex);
  variables[hostVariable] = {binary, std::move(name)};
}

void FatBinaryRegistry::addManaged(FatBinary *binary, void **hostPointer, const void *initial,
                                   std::string name, size_t bytes) {
  if (Platform::get().deviceCount() == 0 || bytes == 0) {
    return;
  }
  void *memory = Platform::get().heap().allocate(bytes, MemoryKind::Managed, 0, 0);
  if (!memory) {
    explain(hipErrorOutOfMemory, "no memory for the managed variable " + name);
    return;
  }
  std::memcpy(memory, initial, bytes);
  *hostPointer = memory;
  std::lock_guard lock(mutex);
  variables[memory] = {binary, name};
  managed.emplace(binary, ManagedVariable{std::move(name), memory});
}

hipError_t FatBinaryRegistry::load(FatBinary &binary, std::shared_ptr<ihipModule_t> &module) {
  int device = currentDevice();
  auto it = binary.modules.find(device);
  if (it != binary.modules.end()) {
    module = it->second;
    return hipSuccess;
  }
  if (hipError_t error = loadModule(Bytes(binary.image), device, module)) {
    return error;
  }
  placeManaged(binary, *module);
  binary.modules[device] = module;
  return hipSuccess;
}

/// On the device a managed variable is a pointer of its name.
void FatBinaryRegistry::placeManaged(FatBinary &binary, ihipModule_t &module) {
  auto [begin, end] = managed.equal_range(&binary);
  for (auto it = begin; it != end; ++it) {
    auto variable = module.variables.find(it->second.name);
    if (variable != module.variables.end() && variable->second.bytes >= sizeof(void *)) {
      std::memcpy(reinterpret_cast<void *>(variable->second.address), &it->second.memory,
                  sizeof(void *));
    }
  }
}

hipError_t FatBinaryRegistry::findFunction(const void *hostFunction,
                                           std::shared_ptr<ihipModuleSymbol_t> &function) {
  std::lock_guard lock(mutex);
  auto it = functions.find(hostFunction);
  if (it == functions.end()) {
    return explain(hipErrorInvalidDeviceFunction,
                   "a function was launched that is not a registered kernel");
  }
  std::shared_ptr<ihipModule_t> module;
  if (hipError_t error = load(*it->second.binary, module)) {
    return error;
  }
  auto found = module->functions.find(it->second.name);
  if (found == module->functions.end()) {
    return explain(hipErrorInvalidDeviceFunction,
                   "the program's device code has no kernel " + it->second.name);
  }
  function = found->second;
  function->hostFunction = hostFunction;
  return hipSuccess;
}

hipError_t FatBinaryRegistry::findVariable(const void *hostVariable, Variable &variable) {
  std::lock_guard lock(mutex);
  auto it = variables.find(hostVariable);
  if (it == variables.end()) {
    return explain(hipErrorInvalidSymbol, "an address that is not a registered device variable");
  }
  for (const auto &[binary, managedVariable] : managed) {
    if (managedVariable.memory == hostVariable) {
      auto address = reinterpret_cast<uint64_t>(hostVariable);
      AddressRange range = findAllocation(address);
      variable = {address, range.end - range.begin};
      return hipSuccess;
    }
  }
  std::shared_ptr<ihipModule_t> module;
  if (hipError_t error = load(*it->second.binary, module)) {
    return error;
  }
  auto found = module->variables.find(it->second.name);
  if (found == module->variables.end()) {
    return explain(hipErrorInvalidSymbol,
                   "the program's device code has no variable " + it->second.name);
  }
  variable = found->second;
  return hipSuccess;
}

} // namespace qcc::emulator
