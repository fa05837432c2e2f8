// Allocation, copies, fills, pointer queries and the memory limit.
#include "test/emulator/hip_api/HipCalls.h"

#include <cstdlib>

using namespace qcc::emulator::test;

namespace {

/// The limit of the device in this test program; set before the library reads it.
constexpr size_t memoryLimit = 64 << 20;
const int limitIsSet = setenv("QCC_EMULATED_MEMORY", "67108864", 1);

TEST(Memory, LimitAndAccounting) {
  ASSERT_EQ(limitIsSet, 0);
  size_t free = 0, total = 0;
  HIP_OK(hipMemGetInfo(&free, &total));
  EXPECT_EQ(total, memoryLimit);
  EXPECT_EQ(free, total);
  void *half = nullptr, *more = nullptr;
  HIP_OK(hipMalloc(&half, memoryLimit / 2));
  EXPECT_EQ(hipMalloc(&more, memoryLimit / 2 + 1), hipErrorOutOfMemory);
  EXPECT_EQ(more, nullptr);
  HIP_OK(hipMemGetInfo(&free, &total));
  EXPECT_EQ(free, memoryLimit / 2);
  HIP_OK(hipFree(half));
  HIP_OK(hipMalloc(&half, memoryLimit));
  HIP_OK(hipFree(half));
  EXPECT_EQ(hipMalloc(&half, SIZE_MAX), hipErrorOutOfMemory);
}

TEST(Memory, FreeingWhatIsNotAllocated) {
  void *pointer = nullptr;
  HIP_OK(hipFree(nullptr));
  HIP_OK(hipMalloc(&pointer, 0));
  EXPECT_EQ(pointer, nullptr);
  HIP_OK(hipMalloc(&pointer, 100));
  EXPECT_EQ(hipFree(static_cast<char *>(pointer) + 1), hipErrorInvalidValue);
  HIP_OK(hipFree(pointer));
  EXPECT_EQ(hipFree(pointer), hipErrorInvalidValue);
  int local = 0;
  EXPECT_EQ(hipFree(&local), hipErrorInvalidValue);
}

TEST(Memory, FreedAddressesAreNotReusedAtOnce) {
  void *first = nullptr;
  HIP_OK(hipMalloc(&first, 4096));
  HIP_OK(hipFree(first));
  for (int i = 0; i < 100; ++i) {
    void *next = nullptr;
    HIP_OK(hipMalloc(&next, 4096));
    ASSERT_NE(next, first);
    HIP_OK(hipFree(next));
  }
  EXPECT_EQ(hipMemset(first, 0, 1), hipErrorInvalidValue);
}

TEST(Memory, CopiesStayInTheirAllocation) {
  DeviceArray<uint8_t> array(100);
  std::vector<uint8_t> host(200, 7);
  HIP_OK(hipMemcpy(array.data, host.data(), 100, hipMemcpyHostToDevice));
  EXPECT_EQ(hipMemcpy(array.data, host.data(), 101, hipMemcpyHostToDevice), hipErrorInvalidValue);
  EXPECT_EQ(hipMemcpy(array.data + 50, host.data(), 51, hipMemcpyDefault), hipErrorInvalidValue);
  EXPECT_EQ(hipMemcpy(host.data(), host.data() + 100, 100, hipMemcpyDeviceToHost),
            hipErrorInvalidValue);
  EXPECT_EQ(hipMemcpy(host.data(), array.data, 1, static_cast<hipMemcpyKind>(9)),
            hipErrorInvalidMemcpyDirection);
  HIP_OK(hipMemcpy(host.data() + 100, host.data(), 100, hipMemcpyHostToHost));
  EXPECT_EQ(array.read(), std::vector<uint8_t>(100, 7));
}

TEST(Memory, RowsAreCopiedByPitch) {
  DeviceArray<uint8_t> array(64);
  HIP_OK(hipMemset(array.data, 0xee, 64));
  std::vector<uint8_t> host{1, 2, 3, 4, 5, 6};
  HIP_OK(hipMemcpy2D(array.data, 16, host.data(), 2, 2, 3, hipMemcpyHostToDevice));
  std::vector<uint8_t> values = array.read();
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[17], 4);
  EXPECT_EQ(values[33], 6);
  EXPECT_EQ(values[2], 0xee);
  EXPECT_EQ(hipMemcpy2D(array.data, 1, host.data(), 2, 2, 3, hipMemcpyHostToDevice),
            hipErrorInvalidPitchValue);
}

TEST(Memory, FillsByElement) {
  DeviceArray<uint32_t> array(8);
  HIP_OK(hipMemsetD32Async(array.data, 0x12345678, 8, nullptr));
  EXPECT_EQ(array.read(), std::vector<uint32_t>(8, 0x12345678));
  EXPECT_EQ(hipMemsetD32Async(array.data, 0, 9, nullptr), hipErrorInvalidValue);
}

TEST(Memory, PointersTellWhatTheyAre) {
  DeviceArray<int> device(4);
  hipPointerAttribute_t attributes{};
  HIP_OK(hipPointerGetAttributes(&attributes, device.data + 1));
  EXPECT_EQ(attributes.type, 2);
  EXPECT_EQ(attributes.hostPointer, nullptr);
  void *pinned = nullptr, *managed = nullptr;
  HIP_OK(hipHostMalloc(&pinned, 64, 1));
  HIP_OK(hipPointerGetAttributes(&attributes, pinned));
  EXPECT_EQ(attributes.type, 1);
  EXPECT_EQ(attributes.allocationFlags, 1u);
  HIP_OK(hipMallocManaged(&managed, 64, 1));
  HIP_OK(hipPointerGetAttributes(&attributes, managed));
  EXPECT_EQ(attributes.isManaged, 1);
  HIP_OK(hipHostFree(pinned));
  HIP_OK(hipFree(managed));
}

TEST(Memory, AreasAreCopiedByAStructure) {
  struct Area {
    size_t x = 0, y = 0;
    int memoryType = 0;
    void *host = nullptr, *device = nullptr, *array = nullptr;
    size_t pitch = 0;
  };
  constexpr int host = 1, device = 2; // hipMemoryType since ROCm 6
  struct {
    Area src, dst;
    size_t width = 8, height = 2;
  } copy;
  DeviceArray<uint32_t> grid(16); // 4 x 4
  HIP_OK(hipMemsetD2D32(grid.data, 16, 7, 2, 4));
  std::vector<uint32_t> out(4);
  copy.src.x = 4;
  copy.src.y = 1;
  copy.src.memoryType = device;
  copy.src.device = grid.data;
  copy.src.pitch = 16;
  copy.dst.memoryType = host;
  copy.dst.host = out.data();
  copy.dst.pitch = 8;
  HIP_OK(hipMemcpyParam2D(&copy));
  EXPECT_EQ(out, (std::vector<uint32_t>{7, 0, 7, 0}));
  copy.src.y = 3;
  EXPECT_EQ(hipMemcpyParam2D(&copy), hipErrorInvalidValue);
}

TEST(Memory, PointersHaveAttributes) {
  constexpr int memoryType = 2, hostPointer = 4, managed = 8, ordinal = 9, rangeStart = 11,
                rangeSize = 12, mapped = 13, unknown = 99;
  constexpr int readMostly = 1, preferredLocation = 2;
  DeviceArray<uint32_t> array(10);
  int number = -1;
  unsigned flag = 7;
  size_t bytes = 0;
  void *pointer = nullptr;
  bool isMapped = false;
  HIP_OK(hipPointerGetAttribute(&number, memoryType, array.data + 3));
  EXPECT_EQ(number, 2);
  HIP_OK(hipPointerGetAttribute(&number, ordinal, array.data));
  EXPECT_EQ(number, 0);
  HIP_OK(hipPointerGetAttribute(&flag, managed, array.data));
  EXPECT_EQ(flag, 0u);
  HIP_OK(hipPointerGetAttribute(&pointer, rangeStart, array.data + 3));
  EXPECT_EQ(pointer, array.data);
  HIP_OK(hipPointerGetAttribute(&bytes, rangeSize, array.data + 3));
  EXPECT_EQ(bytes, 40u);
  HIP_OK(hipPointerGetAttribute(&isMapped, mapped, array.data));
  EXPECT_TRUE(isMapped);
  HIP_OK(hipPointerGetAttribute(&isMapped, mapped, &array));
  EXPECT_FALSE(isMapped);
  EXPECT_EQ(hipPointerGetAttribute(&pointer, hostPointer, array.data), hipErrorInvalidValue);
  EXPECT_EQ(hipPointerGetAttribute(&pointer, unknown, array.data), hipErrorNotSupported);
  HIP_OK(hipMemRangeGetAttribute(&number, 4, readMostly, array.data, 40));
  EXPECT_EQ(number, 0);
  HIP_OK(hipMemRangeGetAttribute(&number, 4, preferredLocation, array.data, 40));
  EXPECT_EQ(number, -2);
}

TEST(Memory, RegisteredHostMemory) {
  std::vector<int> host(64);
  HIP_OK(hipHostRegister(host.data(), 256, 0));
  EXPECT_EQ(hipHostRegister(host.data() + 8, 16, 0), hipErrorHostMemoryAlreadyRegistered);
  HIP_OK(hipMemset(host.data(), 1, 256));
  EXPECT_EQ(host[63], 0x01010101);
  HIP_OK(hipHostUnregister(host.data()));
  EXPECT_EQ(hipHostUnregister(host.data()), hipErrorHostMemoryNotRegistered);
  EXPECT_EQ(hipMemset(host.data(), 1, 256), hipErrorInvalidValue);
}

} // namespace
