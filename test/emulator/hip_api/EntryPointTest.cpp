// Calls found by name, launches by structure, settings, and streams' values.
#include "test/emulator/hip_api/HipCalls.h"

using namespace qcc::emulator::test;

extern "C" {
hipError_t hipGetProcAddress(const char *, void **, int, uint64_t, int *);
const char *hipKernelNameRef(hipFunction_t);
hipError_t hipDrvLaunchKernelEx(const void *, hipFunction_t, void **, void **);
hipError_t hipDeviceGetLimit(size_t *, int);
hipError_t hipDeviceSetLimit(int, size_t);
hipError_t hipStreamWaitValue32(hipStream_t, void *, uint32_t, unsigned, uint32_t);
hipError_t hipStreamWriteValue32(hipStream_t, void *, uint32_t, unsigned);
}

namespace {

TEST(EntryPoints, CallsAreFoundByName) {
  void *found = nullptr;
  int status = -1;
  HIP_OK(hipGetProcAddress("hipMalloc", &found, 600, 0, &status));
  EXPECT_EQ(found, reinterpret_cast<void *>(&hipMalloc));
  EXPECT_EQ(status, 0);
  EXPECT_EQ(hipGetProcAddress("hipMallocEverything", &found, 600, 0, &status), hipErrorNotFound);
  EXPECT_EQ(found, nullptr);
  EXPECT_EQ(status, 1);
}

TEST(EntryPoints, LaunchesTakeAStructure) {
  HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip("gfx942")));
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  EXPECT_STREQ(hipKernelNameRef(kernels.function("sizes")), "sizes");
  DeviceArray<uint32_t> out(2);
  void *params[] = {&out.data};
  struct {
    unsigned grid[3] = {7, 1, 1}, block[3] = {96, 1, 1}, lds = 0;
    hipStream_t stream = nullptr;
    const void *attributes = nullptr;
    unsigned attributeCount = 0;
  } configuration;
  HIP_OK(hipDrvLaunchKernelEx(&configuration, kernels.function("sizes"), params, nullptr));
  EXPECT_EQ(out.read(), (std::vector<uint32_t>{7, 96}));
  // All workgroups of a cooperative launch have to fit on the device.
  struct {
    int id = 2, padding = 0, cooperative = 1;
    char rest[60] = {};
  } cooperative;
  configuration.grid[0] = 1 << 20;
  configuration.attributes = &cooperative;
  configuration.attributeCount = 1;
  EXPECT_EQ(hipDrvLaunchKernelEx(&configuration, kernels.function("sizes"), params, nullptr),
            hipErrorCooperativeLaunchTooLarge);
}

TEST(Settings, LimitsAreWhatTheDeviceHas) {
  constexpr int stack = 0, mallocHeap = 2, none = 77;
  size_t bytes = 0;
  HIP_OK(hipDeviceGetLimit(&bytes, stack));
  EXPECT_GT(bytes, 0u);
  HIP_OK(hipDeviceSetLimit(stack, bytes));
  EXPECT_EQ(hipDeviceSetLimit(stack, bytes + 1), hipErrorUnsupportedLimit);
  EXPECT_EQ(hipDeviceSetLimit(mallocHeap, 1), hipErrorUnsupportedLimit);
  EXPECT_EQ(hipDeviceGetLimit(&bytes, none), hipErrorUnsupportedLimit);
}

TEST(StreamValues, OneThatIsNotThereIsRefused) {
  constexpr unsigned greaterOrEqual = 0, equal = 1, bothBits = 2, nor = 3;
  DeviceArray<uint32_t> flag(1);
  HIP_OK(hipStreamWriteValue32(nullptr, flag.data, 6, 0));
  HIP_OK(hipStreamWaitValue32(nullptr, flag.data, 6, equal, ~0u));
  HIP_OK(hipStreamWaitValue32(nullptr, flag.data, 5, greaterOrEqual, ~0u));
  HIP_OK(hipStreamWaitValue32(nullptr, flag.data, 2, equal, 3));
  HIP_OK(hipStreamWaitValue32(nullptr, flag.data, 1, nor, ~0u));
  EXPECT_EQ(hipStreamWaitValue32(nullptr, flag.data, 7, equal, ~0u), hipErrorNotSupported);
  EXPECT_EQ(hipStreamWaitValue32(nullptr, flag.data, 7, greaterOrEqual, ~0u), hipErrorNotSupported);
  EXPECT_EQ(hipStreamWaitValue32(nullptr, flag.data, 9, bothBits, ~0u), hipErrorNotSupported);
  EXPECT_EQ(hipStreamWaitValue32(nullptr, flag.data, 6, 4, ~0u), hipErrorInvalidValue);
  EXPECT_EQ(hipStreamWaitValue32(nullptr, &flag, 6, equal, ~0u), hipErrorInvalidValue);
}

} // namespace
