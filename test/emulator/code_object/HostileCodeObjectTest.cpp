// Damaged and hostile files: each ends in a value or an error, never outside the file's bytes.
#include "emulator/code_object/CodeObject.h"
#include "emulator/code_object/OffloadBundle.h"
#include "test/emulator/kernels/TestKernels.h"

#include "llvm/BinaryFormat/ELF.h"

#include <gtest/gtest.h>
#include <random>

using namespace qcc::emulator;
using namespace qcc::emulator::test;
using namespace llvm::ELF;

namespace {

/// "" when it could be read, else the sentence.
std::string refusal(const std::vector<uint8_t> &file) {
  llvm::Expected<CodeObject> object = readCodeObject(Bytes(file));
  return object ? "" : llvm::toString(object.takeError());
}

template <typename T> void poke(std::vector<uint8_t> &file, size_t offset, T value) {
  ASSERT_LE(offset + sizeof(value), file.size());
  std::memcpy(file.data() + offset, &value, sizeof(value));
}

TEST(HostileCodeObject, EveryTruncationIsReadOrRefused) {
  std::vector<uint8_t> whole = readKernelFile("gfx942.hsaco");
  ASSERT_FALSE(whole.empty());
  size_t refused = 0;
  for (size_t size = 0; size < whole.size(); size += 7) {
    refused += !refusal({whole.begin(), whole.begin() + static_cast<long>(size)}).empty();
  }
  EXPECT_GT(refused, 0u);
}

TEST(HostileCodeObject, RandomDamageNeverCrashes) {
  std::vector<uint8_t> whole = readKernelFile("gfx1100.hsaco");
  std::mt19937 random(20);
  for (int round = 0; round < 3000; ++round) {
    std::vector<uint8_t> damaged = whole;
    for (int change = 0; change < 1 + round % 8; ++change) {
      damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    }
    refusal(damaged);
  }
}

TEST(HostileCodeObject, WrongKindsOfFile) {
  std::vector<uint8_t> file = readKernelFile("gfx942.hsaco");
  EXPECT_NE(refusal({}).find("not an ELF file"), std::string::npos);
  std::vector<uint8_t> other = file;
  poke<uint16_t>(other, offsetof(Elf64_Ehdr, e_machine), EM_X86_64);
  EXPECT_NE(refusal(other).find("AMDGPU"), std::string::npos);
  other = file;
  other[EI_CLASS] = ELFCLASS32;
  EXPECT_NE(refusal(other).find("64-bit"), std::string::npos);
  other = file;
  other[EI_ABIVERSION] = 0;
  EXPECT_NE(refusal(other).find("version"), std::string::npos);
}

TEST(HostileCodeObject, HeadersThatPointAway) {
  std::vector<uint8_t> file = readKernelFile("gfx942.hsaco");
  std::vector<uint8_t> other = file;
  poke<uint64_t>(other, offsetof(Elf64_Ehdr, e_phoff), ~0ull - 8);
  EXPECT_FALSE(refusal(other).empty());
  for (size_t i = 0; i < 9; ++i) {
    size_t header = sizeof(Elf64_Ehdr) + i * sizeof(Elf64_Phdr);
    other = file;
    poke<uint64_t>(other, header + offsetof(Elf64_Phdr, p_offset), ~0ull);
    refusal(other);
    other = file;
    poke<uint64_t>(other, header + offsetof(Elf64_Phdr, p_memsz), ~0ull);
    refusal(other);
  }
}

TEST(HostileBundle, SizesThatDoNotFit) {
  std::vector<uint8_t> bundle = readKernelFile("bundle.hipfb");
  for (size_t offset = 24; offset < 56; offset += 8) {
    std::vector<uint8_t> other = bundle;
    poke<uint64_t>(other, offset, ~0ull);
    llvm::Expected<std::vector<BundleEntry>> entries = readBundle(Bytes(other));
    EXPECT_FALSE(static_cast<bool>(entries)) << offset;
    llvm::consumeError(entries.takeError());
  }
  std::vector<uint8_t> packed = readKernelFile("compressed.hipfb");
  poke<uint64_t>(packed, 16, 1ull << 40);
  llvm::Expected<std::vector<uint8_t>> plain = decompressBundle(Bytes(packed));
  EXPECT_FALSE(static_cast<bool>(plain));
  llvm::consumeError(plain.takeError());
}

} // namespace
