// The library as a program finds it: three names, versioned symbols, device queries, refusals.
#include "emulator/hip_api/DeviceProperties.h"
#include "test/emulator/hip_api/HipCalls.h"

#include <dlfcn.h>

using namespace qcc::emulator::test;

extern "C" hipError_t hipGetDeviceProperties(hipDevicePropR0000 *, int);
extern "C" hipError_t hipGetDevicePropertiesR0600(hipDevicePropR0600 *, int);

namespace {

TEST(Library, EveryNameLoads) {
  for (const char *suffix : {"", ".5", ".6", ".7"}) {
    std::string path = std::string(QCC_BUILD_DIR "/lib/emulated/libamdhip64.so") + suffix;
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    for (const char *name : {"hipModuleLoadData", "hipGraphLaunch", "qccEmulatedCounters"}) {
      EXPECT_NE(dlsym(library, name), nullptr) << name;
    }
    dlclose(library);
  }
}

TEST(Library, SymbolsHaveTheirVersions) {
  void *library = dlopen(QCC_BUILD_DIR "/lib/emulated/libamdhip64.so.6", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  EXPECT_NE(dlvsym(library, "hipMalloc", "hip_4.2"), nullptr);
  EXPECT_NE(dlvsym(library, "__hipRegisterFatBinary", "hip_4.2"), nullptr);
  EXPECT_NE(dlvsym(library, "hipMallocAsync", "hip_5.1"), nullptr);
  EXPECT_NE(dlvsym(library, "hipLaunchHostFunc", "hip_5.3"), nullptr);
  EXPECT_NE(dlvsym(library, "hipGetDevicePropertiesR0600", "hip_6.0"), nullptr);
  EXPECT_EQ(dlvsym(library, "hipMalloc", "hip_6.0"), nullptr);
  dlclose(library);
}

TEST(Library, PropertiesInBothLayouts) {
  HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip("gfx950")));
  hipDevicePropR0000 before{};
  hipDevicePropR0600 since{};
  HIP_OK(hipGetDeviceProperties(&before, 0));
  HIP_OK(hipGetDevicePropertiesR0600(&since, 0));
  EXPECT_STREQ(before.gcnArchName, "gfx950");
  EXPECT_STREQ(since.gcnArchName, "gfx950");
  EXPECT_EQ(before.multiProcessorCount, 256);
  EXPECT_EQ(since.multiProcessorCount, 256);
  EXPECT_EQ(since.sharedMemPerBlock, 160u * 1024);
  EXPECT_EQ(since.warpSize, 64);
  EXPECT_EQ(hipGetDevicePropertiesR0600(&since, 1), hipErrorInvalidDevice);
}

TEST(Library, AttributesFollowTheChip) {
  HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip("gfx1100")));
  constexpr int warpSize = 87, unknown = 4321;
  int value = 0;
  HIP_OK(hipDeviceGetAttribute(&value, warpSize, 0));
  EXPECT_EQ(value, 32);
  EXPECT_EQ(hipDeviceGetAttribute(&value, unknown, 0), hipErrorInvalidValue);
}

TEST(Library, UnsupportedCallsSaySo) {
  void *library = dlopen(QCC_BUILD_DIR "/lib/emulated/libamdhip64.so.7", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  auto call = reinterpret_cast<hipError_t (*)()>(dlsym(library, "hipCreateTextureObject"));
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call(), hipErrorNotSupported);
  EXPECT_STREQ(qccEmulatedLastError(), "hipCreateTextureObject is not supported");
  dlclose(library);
}

TEST(Library, ErrorsHaveNames) {
  EXPECT_STREQ(hipGetErrorName(hipErrorNoBinaryForGpu), "hipErrorNoBinaryForGpu");
  EXPECT_STREQ(hipGetErrorString(hipErrorOutOfMemory), "out of memory");
  EXPECT_STREQ(hipGetErrorName(static_cast<hipError_t>(12345)), "hipErrorUnknown");
}

} // namespace
