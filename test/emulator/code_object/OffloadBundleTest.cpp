#include "emulator/code_object/OffloadBundle.h"
#include "emulator/code_object/HostImage.h"
#include "test/emulator/kernels/TestKernels.h"

#include "llvm/Support/Compression.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

using namespace qcc::emulator;
using namespace qcc::emulator::test;

namespace {

std::vector<std::string> processors(Bytes bundle) {
  std::vector<std::string> names;
  llvm::Expected<std::vector<BundleEntry>> entries = readBundle(bundle);
  if (!entries) {
    ADD_FAILURE() << llvm::toString(entries.takeError());
    return names;
  }
  for (const BundleEntry &entry : *entries) {
    if (!entry.processor().empty()) {
      names.push_back(entry.processor());
    }
  }
  return names;
}

template <typename T> void append(std::vector<uint8_t> &bytes, T value) {
  const auto *data = reinterpret_cast<const uint8_t *>(&value);
  bytes.insert(bytes.end(), data, data + sizeof(value));
}

TEST(OffloadBundle, PlainAndCompressedHoldEveryChip) {
  std::vector<uint8_t> plain = readKernelFile("bundle.hipfb");
  EXPECT_EQ(processors(Bytes(plain)), chipNames());
  std::vector<uint8_t> packed = readKernelFile("compressed.hipfb");
  ASSERT_TRUE(isCompressedBundle(Bytes(packed)));
  EXPECT_EQ(compressedBundleBytes(Bytes(packed)), packed.size());
  llvm::Expected<std::vector<uint8_t>> unpacked = decompressBundle(Bytes(packed));
  ASSERT_TRUE(static_cast<bool>(unpacked)) << llvm::toString(unpacked.takeError());
  EXPECT_EQ(processors(Bytes(*unpacked)), chipNames());
}

TEST(OffloadBundle, ZlibOfHeaderVersionTwo) {
  std::vector<uint8_t> plain = readKernelFile("bundle.hipfb");
  llvm::SmallVector<uint8_t> deflated;
  llvm::compression::zlib::compress(plain, deflated);
  std::vector<uint8_t> packed{'C', 'C', 'O', 'B'};
  append<uint16_t>(packed, 2);
  append<uint16_t>(packed, 0);
  append<uint32_t>(packed, static_cast<uint32_t>(24 + deflated.size()));
  append<uint32_t>(packed, static_cast<uint32_t>(plain.size()));
  append<uint64_t>(packed, 0);
  packed.insert(packed.end(), deflated.begin(), deflated.end());
  llvm::Expected<std::vector<uint8_t>> unpacked = decompressBundle(Bytes(packed));
  ASSERT_TRUE(static_cast<bool>(unpacked)) << llvm::toString(unpacked.takeError());
  EXPECT_EQ(*unpacked, plain);
}

TEST(OffloadBundle, FeaturesOfTheTripleAreDropped) {
  EXPECT_EQ((BundleEntry{"hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-", {}}).processor(),
            "gfx90a");
  EXPECT_EQ((BundleEntry{"hip-amdgcn-amd-amdhsa-gfx1100", {}}).processor(), "gfx1100");
  EXPECT_EQ((BundleEntry{"host-x86_64-unknown-linux-gnu-", {}}).processor(), "");
}

TEST(HostImage, ExtentComesFromTheHeaders) {
  for (const char *name : {"gfx942.hsaco", "bundle.hipfb", "compressed.hipfb"}) {
    std::vector<uint8_t> file = readKernelFile(name);
    llvm::Expected<std::vector<uint8_t>> copy = copyHostImage(file.data());
    ASSERT_TRUE(static_cast<bool>(copy)) << name << ": " << llvm::toString(copy.takeError());
    ASSERT_LE(copy->size(), file.size());
    EXPECT_TRUE(std::equal(copy->begin(), copy->end(), file.begin()));
  }
}

TEST(HostImage, MemoryThatEndsInsideTheImageIsAnError) {
  std::vector<uint8_t> file = readKernelFile("gfx942.hsaco");
  constexpr size_t page = 4096;
  auto *pages = static_cast<uint8_t *>(
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  std::copy_n(file.begin(), page, pages);
  munmap(pages + page, page);
  llvm::Expected<std::vector<uint8_t>> copy = copyHostImage(pages);
  EXPECT_FALSE(static_cast<bool>(copy));
  llvm::consumeError(copy.takeError());
  munmap(pages, page);
  llvm::Expected<std::vector<uint8_t>> gone = copyHostImage(pages);
  EXPECT_FALSE(static_cast<bool>(gone));
  llvm::consumeError(gone.takeError());
}

} // namespace
