#include "test/emulator/isa/CodeObject.h"

#include <gtest/gtest.h>

#include <llvm/Object/ELFObjectFile.h>

#include <cstring>

namespace qcc::emulator::test {

namespace {

using Elf = llvm::object::ELF64LEObjectFile;

} // namespace

CodeObject::CodeObject(const std::string &path, const std::string &chip) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    ADD_FAILURE() << "cannot read " << path;
    return;
  }
  auto object = llvm::object::ObjectFile::createELFObjectFile((*buffer)->getMemBufferRef());
  if (!object) {
    llvm::consumeError(object.takeError());
    ADD_FAILURE() << "not an ELF: " << path;
    return;
  }
  const auto &elf = llvm::cast<Elf>(**object).getELFFile();
  uint64_t size = 0;
  for (const auto &segment : llvm::cantFail(elf.program_headers())) {
    if (segment.p_type == llvm::ELF::PT_LOAD) {
      size = std::max<uint64_t>(size, segment.p_vaddr + segment.p_memsz);
    }
  }
  image = std::make_unique<DeviceBuffer>((size + 4095) / 4096 * 4096);
  for (const auto &segment : llvm::cantFail(elf.program_headers())) {
    if (segment.p_type == llvm::ELF::PT_LOAD) {
      std::memcpy(image->data() + segment.p_vaddr, elf.base() + segment.p_offset, segment.p_filesz);
    }
  }
  for (const auto &symbol : llvm::cast<Elf>(**object).symbols()) {
    const std::string name = llvm::cantFail(symbol.getName()).str();
    if (name.size() < 4 || name.substr(name.size() - 3) != ".kd") {
      continue;
    }
    const uint64_t at = llvm::cantFail(symbol.getAddress());
    Kernel kernel;
    kernel.name = name.substr(0, name.size() - 3);
    kernel.chip = chip;
    kernel.code = image->data();
    kernel.codeBytes = image->size();
    kernel.descriptor = readKernelDescriptor(image->data() + at);
    kernel.entryOffset = at + static_cast<uint64_t>(kernel.descriptor.kernelCodeEntryByteOffset);
    kernels[kernel.name] = kernel;
  }
}

CodeObject::~CodeObject() {
  if (image) {
    forgetCode(image->data(), image->size());
  }
}

DispatchResult CodeObject::run(const std::string &name, const std::vector<uint64_t> &arguments,
                               uint32_t workgroups, uint32_t workItems) {
  const Kernel &kernel = kernels.at(name);
  std::vector<uint64_t> padded = arguments;
  padded.resize(std::max<size_t>(arguments.size(), kernel.descriptor.kernargSize / 8 + 1));
  Dispatch dispatch;
  dispatch.kernel = &kernel;
  dispatch.gridWorkgroups = {workgroups, 1, 1};
  dispatch.workgroupSize = {workItems, 1, 1};
  dispatch.kernarg = padded.data();
  return runDispatch(dispatch);
}

} // namespace qcc::emulator::test
