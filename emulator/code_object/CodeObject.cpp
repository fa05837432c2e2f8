#include "emulator/code_object/CodeObject.h"

#include "emulator/code_object/ElfImage.h"
#include "emulator/code_object/Metadata.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/AMDHSAKernelDescriptor.h"

namespace qcc::emulator {
namespace {

using namespace llvm;

constexpr StringRef descriptorSuffix = ".kd";

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

/// A descriptor must be whole in the file, so that the loader can read it.
Error addKernel(const ElfSymbol &symbol, const ElfImage &image, Bytes file, CodeObject &object) {
  StringRef name = StringRef(symbol.name).drop_back(descriptorSuffix.size());
  if (!bytesAt(file, image.segments, symbol.address, sizeof(amdhsa::kernel_descriptor_t))) {
    return failure("the descriptor of kernel " + name + " is cut off");
  }
  KernelInfo &info = object.kernels[name.str()];
  info.name = name.str();
  info.descriptorAddress = symbol.address;
  return Error::success();
}

Error addSymbols(const ElfImage &image, Bytes file, CodeObject &object) {
  for (const ElfSymbol &symbol : image.symbols) {
    if (symbol.type == ELF::STT_OBJECT && StringRef(symbol.name).ends_with(descriptorSuffix)) {
      if (Error error = addKernel(symbol, image, file, object)) {
        return error;
      }
    } else if (symbol.type == ELF::STT_OBJECT) {
      object.variables[symbol.name] = {symbol.address, symbol.bytes};
    }
  }
  return Error::success();
}

Error addMetadata(Bytes document, CodeObject &object) {
  Expected<Metadata> metadata = readMetadata(document);
  if (!metadata) {
    return metadata.takeError();
  }
  object.printfFormats = std::move(metadata->printfFormats);
  for (KernelInfo &kernel : metadata->kernels) {
    auto it = object.kernels.find(kernel.name);
    if (it == object.kernels.end()) {
      return failure("the metadata names kernel " + kernel.name + ", which has no descriptor");
    }
    kernel.descriptorAddress = it->second.descriptorAddress;
    it->second = std::move(kernel);
  }
  return Error::success();
}

} // namespace

Expected<CodeObject> readCodeObject(Bytes file) {
  Expected<ElfImage> image = readElfImage(file);
  if (!image) {
    return image.takeError();
  }
  CodeObject object;
  object.elfMachine = image->elfMachine;
  object.version = image->version;
  if (Error error = addSymbols(*image, file, object)) {
    return std::move(error);
  }
  if (Error error = addMetadata(image->metadata, object)) {
    return std::move(error);
  }
  if (!image->segments.empty()) {
    object.addressEnd = image->segments.back().address + image->segments.back().memoryBytes;
  }
  object.segments = std::move(image->segments);
  object.relocations = std::move(image->relocations);
  return object;
}

} // namespace qcc::emulator
