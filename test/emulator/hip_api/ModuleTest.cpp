// Loading, finding and refusing: what can go wrong with modules and launches.
#include "test/emulator/hip_api/HipCalls.h"

using namespace qcc::emulator::test;

namespace {

class ModuleTest : public ::testing::Test {
protected:
  void SetUp() override { HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip("gfx942"))); }
};

TEST_F(ModuleTest, CodeForAnotherChipIsRefused) {
  LoadedKernels kernels("gfx1100.hsaco");
  EXPECT_EQ(kernels.error, hipErrorNoBinaryForGpu);
  EXPECT_EQ(kernels.module, nullptr);
  EXPECT_NE(std::string(qccEmulatedLastError()).find("gfx1100"), std::string::npos);
}

TEST_F(ModuleTest, ChipStaysWhileModulesAreLoaded) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  EXPECT_EQ(qccEmulatedSetChip("gfx1201"), hipErrorIllegalState);
  EXPECT_EQ(qccEmulatedSetChip("gfx942"), hipSuccess);
  EXPECT_EQ(qccEmulatedSetChip("gfx7000"), hipErrorInvalidValue);
}

TEST_F(ModuleTest, LoadsFromAFile) {
  hipModule_t module = nullptr;
  HIP_OK(hipModuleLoad(&module, QCC_BUILD_DIR "/test_kernels/gfx942.hsaco"));
  HIP_OK(hipModuleUnload(module));
  EXPECT_EQ(hipModuleLoad(&module, QCC_BUILD_DIR "/test_kernels/none.hsaco"), hipErrorFileNotFound);
}

TEST_F(ModuleTest, OtherCodeObjectVersionsRun) {
  for (const char *name : {"v4.hsaco", "v6.hsaco"}) {
    LoadedKernels kernels(name);
    HIP_OK(kernels.error);
    DeviceArray<float> in(64), out(64);
    in.write(std::vector<float>(64, 3.0f));
    float factor = 2.0f;
    int n = 64;
    void *params[] = {&out.data, &in.data, &factor, &n};
    HIP_OK(hipModuleLaunchKernel(kernels.function("scale"), 1, 1, 1, 64, 1, 1, 0, nullptr, params,
                                 nullptr));
    EXPECT_EQ(out.read()[63], 6.0f) << name;
  }
}

TEST_F(ModuleTest, BadImagesAreErrors) {
  std::vector<uint8_t> image = readKernelFile("gfx942.hsaco");
  hipModule_t module = nullptr;
  EXPECT_EQ(hipModuleLoadData(&module, nullptr), hipErrorInvalidValue);
  image[0] = 'X';
  EXPECT_EQ(hipModuleLoadData(&module, image.data()), hipErrorInvalidImage);
  EXPECT_EQ(hipModuleLoadData(&module, reinterpret_cast<void *>(0x1000)), hipErrorInvalidImage);
  EXPECT_EQ(module, nullptr);
}

TEST_F(ModuleTest, StaleHandlesAreErrors) {
  hipModule_t module = nullptr;
  std::vector<uint8_t> image = readKernelFile("gfx942.hsaco");
  HIP_OK(hipModuleLoadData(&module, image.data()));
  hipFunction_t function = nullptr;
  EXPECT_EQ(hipModuleGetFunction(&function, module, "absent"), hipErrorNotFound);
  HIP_OK(hipModuleGetFunction(&function, module, "sizes"));
  HIP_OK(hipModuleUnload(module));
  EXPECT_EQ(hipModuleUnload(module), hipErrorInvalidHandle);
  void *out = nullptr, *params[] = {&out};
  EXPECT_EQ(hipModuleLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, params, nullptr),
            hipErrorInvalidHandle);
}

TEST_F(ModuleTest, LaunchesOutsideTheLimitsAreRefused) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  hipFunction_t sizes = kernels.function("sizes");
  DeviceArray<uint32_t> out(2);
  void *params[] = {&out.data};
  auto launch = [&](unsigned grid, unsigned block, unsigned lds) {
    return hipModuleLaunchKernel(sizes, grid, 1, 1, block, 1, 1, lds, nullptr, params, nullptr);
  };
  EXPECT_EQ(launch(0, 64, 0), hipErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 0, 0), hipErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 257, 0), hipErrorInvalidConfiguration);
  EXPECT_EQ(launch(1 << 30, 64, 0), hipErrorInvalidConfiguration);
  EXPECT_EQ(launch(1, 64, 64 * 1024 + 1), hipErrorLaunchOutOfResources);
  EXPECT_EQ(launch(1, 64, 64 * 1024), hipSuccess);
  EXPECT_EQ(hipModuleLaunchKernel(sizes, 1, 1, 1, 64, 1, 1, 0, nullptr, nullptr, nullptr),
            hipErrorInvalidValue);
}

TEST_F(ModuleTest, TooManyArgumentBytesAreRefused) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  std::vector<uint8_t> buffer(4096);
  size_t bytes = buffer.size();
  void *extra[] = {hipLaunchParamBufferPointer, buffer.data(), hipLaunchParamBufferSize, &bytes,
                   hipLaunchParamEnd};
  EXPECT_EQ(hipModuleLaunchKernel(kernels.function("sizes"), 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr,
                                  extra),
            hipErrorInvalidValue);
}

TEST_F(ModuleTest, AttributesAndOccupancy) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  hipFunction_t reverse = kernels.function("reverse");
  int value = 0;
  HIP_OK(hipFuncGetAttribute(&value, HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, reverse));
  EXPECT_EQ(value, 256);
  HIP_OK(hipFuncGetAttribute(&value, HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, reverse));
  EXPECT_EQ(value, 256);
  // Few registers: 8 waves a SIMD, 4 SIMDs, 4 waves a workgroup of 256.
  HIP_OK(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&value, reverse, 256, 0));
  EXPECT_EQ(value, 8);
  // LDS is given in steps of 512 bytes: 256 + 16384 take 33 steps, 64 KiB hold three of them.
  HIP_OK(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&value, reverse, 256, 16384));
  EXPECT_EQ(value, 3);
  HIP_OK(hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(&value, reverse, 512, 0));
  EXPECT_EQ(value, 0);
}

} // namespace
