// Writes the inputs that fuzzing of instructions starts from, the kernels of kernels/kernels.cpp
// for every chip: write_instruction_seeds FOLDER
#include "emulator/code_object/CodeObject.h"
#include "test/emulator/isa/FuzzInstructions.h"

#include "llvm/Support/AMDHSAKernelDescriptor.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace qcc::emulator;
using namespace qcc::emulator::test;

namespace {

/// Enough for any of the kernels; what follows a kernel in its segment is another one.
constexpr uint64_t mostCodeBytes = 4096;

std::vector<uint8_t> readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes of the file from a loaded address on, to the end of its segment.
Bytes bytesFrom(const std::vector<uint8_t> &file, const CodeObject &object, uint64_t address) {
  for (const Segment &segment : object.segments) {
    uint64_t offset = address - segment.address;
    if (address >= segment.address && offset < segment.fileBytes) {
      return *Bytes(file).slice(segment.fileOffset + offset, segment.fileBytes - offset);
    }
  }
  return {};
}

void writeSeed(const std::filesystem::path &path, const FuzzedKernel &input, Bytes code) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char *>(&input), sizeof(input));
  stream.write(reinterpret_cast<const char *>(code.data()),
               static_cast<std::streamsize>(std::min(code.size(), mostCodeBytes)));
}

/// False, with a sentence, when the chip's file cannot be read.
bool writeSeeds(const std::filesystem::path &folder, uint8_t chip) {
  const std::string name = fuzzedChips[chip];
  std::vector<uint8_t> file = readFile(QCC_KERNEL_DIR "/kernels." + name + ".O3.hsaco");
  llvm::Expected<CodeObject> object = readCodeObject(Bytes(file));
  if (!object) {
    std::fprintf(stderr, "kernels.%s.O3.hsaco: %s\n", name.c_str(),
                 llvm::toString(object.takeError()).c_str());
    return false;
  }
  for (const auto &[kernel, info] : object->kernels) {
    llvm::amdhsa::kernel_descriptor_t descriptor;
    bytesFrom(file, *object, info.descriptorAddress).read(0, descriptor);
    FuzzedKernel input;
    input.chip = chip;
    input.workItems = 95;
    input.kernelCodeProperties = descriptor.kernel_code_properties;
    input.kernargPreload = descriptor.kernarg_preload;
    input.computePgmRsrc1 = descriptor.compute_pgm_rsrc1;
    input.computePgmRsrc2 = descriptor.compute_pgm_rsrc2;
    input.computePgmRsrc3 = descriptor.compute_pgm_rsrc3;
    uint64_t entry =
        info.descriptorAddress + static_cast<uint64_t>(descriptor.kernel_code_entry_byte_offset);
    writeSeed(folder / (name + "-" + kernel), input, bytesFrom(file, *object, entry));
  }
  return true;
}

} // namespace

int main(int argumentCount, char **arguments) {
  if (argumentCount != 2) {
    std::fprintf(stderr, "usage: write_instruction_seeds FOLDER\n");
    return 1;
  }
  std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  bool written = true;
  for (uint8_t chip = 0; chip < fuzzedChips.size(); ++chip) {
    written = writeSeeds(folder, chip) && written;
  }
  return written ? 0 : 1;
}
