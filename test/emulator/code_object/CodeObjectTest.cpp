#include "emulator/code_object/CodeObject.h"
#include "emulator/code_object/Chips.h"
#include "test/emulator/kernels/TestKernels.h"

#include "llvm/BinaryFormat/ELF.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace qcc::emulator;
using namespace qcc::emulator::test;

namespace {

CodeObject readOrFail(const std::vector<uint8_t> &file) {
  llvm::Expected<CodeObject> object = readCodeObject(Bytes(file));
  if (!object) {
    ADD_FAILURE() << llvm::toString(object.takeError());
    return {};
  }
  return std::move(*object);
}

size_t countOf(const KernelInfo &kernel, ArgumentKind kind) {
  return std::count_if(kernel.arguments.begin(), kernel.arguments.end(),
                       [&](const KernelArgument &argument) { return argument.kind == kind; });
}

TEST(CodeObject, EveryChipIsRecognized) {
  for (const std::string &name : chipNames()) {
    CodeObject object = readOrFail(readKernelFile(name + ".hsaco"));
    const Chip *chip = findChipOfMachine(object.elfMachine);
    ASSERT_NE(chip, nullptr) << name;
    EXPECT_EQ(chip->name, name);
    EXPECT_EQ(object.version, 5u);
  }
}

TEST(CodeObject, KernelsHaveTheirArguments) {
  CodeObject object = readOrFail(readKernelFile("gfx942.hsaco"));
  for (const char *name : {"scale", "sizes", "reverse", "follow"}) {
    ASSERT_TRUE(object.kernels.contains(name)) << name;
  }
  const KernelInfo &scale = object.kernels.at("scale");
  EXPECT_EQ(countOf(scale, ArgumentKind::Explicit), 4u);
  EXPECT_EQ(scale.arguments[2].offset, 16u);
  EXPECT_EQ(scale.arguments[2].size, 4u);
  EXPECT_EQ(countOf(scale, ArgumentKind::BlockCountX), 1u);
  EXPECT_EQ(countOf(scale, ArgumentKind::GroupSizeZ), 1u);
  EXPECT_EQ(scale.maxFlatWorkgroupSize, 256u);
  EXPECT_TRUE(scale.hasMetadata);
}

TEST(CodeObject, VersionsFourAndSixAreRead) {
  CodeObject four = readOrFail(readKernelFile("v4.hsaco"));
  EXPECT_EQ(four.version, 4u);
  EXPECT_EQ(countOf(four.kernels.at("scale"), ArgumentKind::BlockCountX), 0u);
  EXPECT_EQ(countOf(four.kernels.at("scale"), ArgumentKind::GlobalOffsetX), 1u);
  EXPECT_EQ(readOrFail(readKernelFile("v6.hsaco")).version, 6u);
}

TEST(CodeObject, VariablesAndRelocations) {
  CodeObject object = readOrFail(readKernelFile("gfx1100.hsaco"));
  EXPECT_EQ(object.variables.at("table").bytes, 16u);
  uint64_t pointer = object.variables.at("table_pointer").address;
  auto it = std::find_if(object.relocations.begin(), object.relocations.end(),
                         [&](const Relocation &entry) { return entry.address == pointer; });
  ASSERT_NE(it, object.relocations.end());
  EXPECT_EQ(it->value, object.variables.at("table").address + 8);
}

TEST(CodeObject, SectionHeadersAreNotNeeded) {
  std::vector<uint8_t> file = readKernelFile("gfx942.hsaco");
  const size_t kernels = readOrFail(file).kernels.size();
  llvm::ELF::Elf64_Ehdr header;
  ASSERT_GE(file.size(), sizeof(header));
  std::memcpy(&header, file.data(), sizeof(header));
  file.resize(header.e_shoff);
  header.e_shoff = header.e_shnum = header.e_shstrndx = 0;
  std::memcpy(file.data(), &header, sizeof(header));
  EXPECT_EQ(readOrFail(file).kernels.size(), kernels);
}

TEST(CodeObject, BytesBehindTheImageAreIgnored) {
  std::vector<uint8_t> file = readKernelFile("gfx942.hsaco");
  const size_t kernels = readOrFail(file).kernels.size();
  file.resize(file.size() + 100000, 0xa5);
  EXPECT_EQ(readOrFail(file).kernels.size(), kernels);
}

TEST(Chips, GenericCodeRunsOnTheChipsItCovers) {
  const Chip *mi300 = findChip("gfx942");
  ASSERT_NE(mi300, nullptr);
  EXPECT_TRUE(runsMachine(*mi300, llvm::ELF::EF_AMDGPU_MACH_AMDGCN_GFX9_4_GENERIC));
  EXPECT_FALSE(runsMachine(*mi300, llvm::ELF::EF_AMDGPU_MACH_AMDGCN_GFX90A));
  EXPECT_FALSE(runsMachine(*findChip("gfx90a"), 0));
  EXPECT_EQ(findChip("gfx000"), nullptr);
}

} // namespace
