#include "emulator/hip_api/Module.h"

#include "emulator/code_object/LineTable.h"
#include "emulator/code_object/OffloadBundle.h"
#include "emulator/hip_api/Errors.h"

#include "llvm/Support/AMDHSAKernelDescriptor.h"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace qcc::emulator {
namespace {

/// The largest argument segment accepted when only the descriptor states one.
constexpr uint32_t maxKernargBytes = 1 << 20;

std::string reason(llvm::Error error) {
  return llvm::toString(std::move(error));
}

/// Reserves memory for the whole address range of the code object and fills in its segments.
bool placeSegments(const CodeObject &object, Bytes file, ihipModule_t &module) {
  if (object.addressEnd == 0) {
    return true;
  }
  void *base = mmap(nullptr, object.addressEnd, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) {
    return false;
  }
  module.base = static_cast<uint8_t *>(base);
  module.mappedBytes = object.addressEnd;
  for (const Segment &segment : object.segments) {
    std::memcpy(module.base + segment.address, file.data() + segment.fileOffset, segment.fileBytes);
    auto begin = reinterpret_cast<uint64_t>(module.base) + segment.address;
    AllocationTable::get().insert(
        {{begin, begin + segment.memoryBytes}, MemoryKind::CodeObject, module.device, 0});
    module.registered.push_back(begin);
  }
  for (const Relocation &relocation : object.relocations) {
    uint64_t value = reinterpret_cast<uint64_t>(module.base) + relocation.value;
    std::memcpy(module.base + relocation.address, &value, sizeof(value));
  }
  return true;
}

/// The executable segment that holds the code object address, or null.
const Segment *codeSegment(const CodeObject &object, uint64_t address) {
  for (const Segment &segment : object.segments) {
    if (segment.executable && address >= segment.address &&
        address - segment.address < segment.memoryBytes) {
      return &segment;
    }
  }
  return nullptr;
}

/// The wave size that the descriptor asks for: chips with both sizes say so in a bit.
uint32_t waveSizeOf(const KernelDescriptor &descriptor, const Chip &chip) {
  bool wave32 = (descriptor.kernelCodeProperties &
                 llvm::amdhsa::KERNEL_CODE_PROPERTY_ENABLE_WAVEFRONT_SIZE32) != 0;
  return chip.waveSize == 64 || !wave32 ? 64 : 32;
}

/// What all kernels of a code object share.
struct Shared {
  Bytes file;
  std::shared_ptr<const PrintfFormats> formats;
  std::map<uint64_t, std::shared_ptr<const SourceLines>> lines; // by the code segment's address

  std::shared_ptr<const SourceLines> linesOf(uint64_t segment) {
    auto [entry, isNew] = lines.try_emplace(segment);
    if (isNew) {
      entry->second = readLineTable(file, segment);
    }
    return entry->second;
  }
};

hipError_t addFunction(const KernelInfo &info, const CodeObject &object, const Chip &chip,
                       Shared &shared, ihipModule_t &module) {
  const KernelDescriptor descriptor = readKernelDescriptor(module.base + info.descriptorAddress);
  uint64_t entry =
      info.descriptorAddress + static_cast<uint64_t>(descriptor.kernelCodeEntryByteOffset);
  const Segment *segment = codeSegment(object, entry);
  if (!segment) {
    return explain(hipErrorInvalidImage,
                   "the descriptor of kernel " + info.name + " points outside the code");
  }
  if (descriptor.kernargSize > maxKernargBytes) {
    return explain(hipErrorInvalidImage, "the descriptor of kernel " + info.name + " asks for " +
                                             std::to_string(descriptor.kernargSize) +
                                             " bytes of arguments");
  }
  auto function = std::make_shared<ihipModuleSymbol_t>();
  function->info = info;
  function->device = module.device;
  function->printfFormats = shared.formats;
  function->kernargBytes = std::max(info.kernargBytes, descriptor.kernargSize);
  function->waveSize = waveSizeOf(descriptor, chip);
  function->kernel = {info.name,
                      std::string(chip.name),
                      module.base + segment->address,
                      segment->memoryBytes,
                      entry - segment->address,
                      descriptor,
                      shared.linesOf(segment->address)};
  liveFunctions().add(function);
  module.functions[info.name] = std::move(function);
  return hipSuccess;
}

hipError_t loadElf(Bytes file, int device, std::shared_ptr<ihipModule_t> &module) {
  llvm::Expected<CodeObject> object = readCodeObject(file);
  if (!object) {
    return explain(hipErrorInvalidImage,
                   "the code object cannot be loaded: " + reason(object.takeError()));
  }
  Platform &platform = Platform::get();
  if (!platform.accepts(object->elfMachine)) {
    const Chip *other = findChipOfMachine(object->elfMachine);
    return explain(hipErrorNoBinaryForGpu,
                   "the code object is for " +
                       (other ? std::string(other->name)
                              : "ELF machine " + std::to_string(object->elfMachine)) +
                       ", the device is " + std::string(platform.chip().name));
  }
  auto loaded = std::make_shared<ihipModule_t>();
  platform.moduleLoaded();
  loaded->device = device;
  if (!placeSegments(*object, file, *loaded)) {
    return explain(hipErrorOutOfMemory, "no memory for the code object's segments");
  }
  Shared shared;
  shared.file = file;
  shared.formats = std::make_shared<const PrintfFormats>(std::move(object->printfFormats));
  for (const auto &[name, info] : object->kernels) {
    if (hipError_t error = addFunction(info, *object, platform.chip(), shared, *loaded)) {
      return error;
    }
  }
  for (const auto &[name, variable] : object->variables) {
    loaded->variables[name] = {reinterpret_cast<uint64_t>(loaded->base) + variable.address,
                               variable.bytes};
  }
  module = std::move(loaded);
  return hipSuccess;
}

/// The device code of a bundle: which entry to load and what else there is.
struct Selection {
  Bytes image; // empty when nothing suits
  uint32_t elfMachine = 0;
  std::string processors; // of all entries, for messages
};

/// The entry that runs on the present chip; else the first that some emulated chip runs.
llvm::Expected<Selection> selectEntry(Bytes bundle) {
  llvm::Expected<std::vector<BundleEntry>> entries = readBundle(bundle);
  if (!entries) {
    return entries.takeError();
  }
  Selection selection;
  for (const BundleEntry &entry : *entries) {
    std::string processor = entry.processor();
    if (processor.empty() || entry.bytes.size() == 0) {
      continue;
    }
    selection.processors += (selection.processors.empty() ? "" : ", ") + processor;
    llvm::Expected<CodeObject> object = readCodeObject(entry.bytes);
    if (!object) {
      return llvm::createStringError("the bundle's code object for " + processor +
                                     " cannot be loaded: " + reason(object.takeError()));
    }
    bool runsNow = runsMachine(Platform::get().chip(), object->elfMachine);
    if (runsNow || (selection.image.size() == 0 && findChipOfMachine(object->elfMachine))) {
      selection.image = entry.bytes;
      selection.elfMachine = object->elfMachine;
    }
    if (runsNow) {
      break;
    }
  }
  return selection;
}

hipError_t loadBundle(Bytes blob, int device, std::shared_ptr<ihipModule_t> &module) {
  llvm::Expected<Selection> selection = selectEntry(blob);
  if (!selection) {
    return explain(hipErrorInvalidImage, reason(selection.takeError()));
  }
  if (selection->image.size() > 0) {
    return loadElf(selection->image, device, module);
  }
  return explain(hipErrorNoBinaryForGpu,
                 "the bundle holds code for " +
                     (selection->processors.empty() ? "no device" : selection->processors) +
                     ", the device is " + std::string(Platform::get().chip().name));
}

} // namespace

hipError_t loadModule(Bytes image, int device, std::shared_ptr<ihipModule_t> &module) {
  if (isCompressedBundle(image)) {
    llvm::Expected<std::vector<uint8_t>> plain = decompressBundle(image);
    if (!plain) {
      return explain(hipErrorInvalidImage, reason(plain.takeError()));
    }
    return loadBundle(Bytes(*plain), device, module);
  }
  return isBundle(image) ? loadBundle(image, device, module) : loadElf(image, device, module);
}

void adoptChip(Bytes bundle) {
  llvm::Expected<Selection> selection = selectEntry(bundle);
  if (!selection) {
    llvm::consumeError(selection.takeError());
  } else if (selection->image.size() > 0) {
    Platform::get().accepts(selection->elfMachine);
  }
}

LiveHandles<ihipModule_t> &liveModules() {
  static auto *handles = new LiveHandles<ihipModule_t>;
  return *handles;
}

LiveHandles<ihipModuleSymbol_t> &liveFunctions() {
  static auto *handles = new LiveHandles<ihipModuleSymbol_t>;
  return *handles;
}

} // namespace qcc::emulator

ihipModule_t::~ihipModule_t() {
  for (const auto &[name, function] : functions) {
    qcc::emulator::liveFunctions().remove(function.get());
  }
  for (uint64_t begin : registered) {
    qcc::emulator::AllocationTable::get().erase(begin);
  }
  if (base) {
    qcc::emulator::forgetCode(base, mappedBytes);
    munmap(base, mappedBytes);
  }
  qcc::emulator::Platform::get().moduleUnloaded();
}
