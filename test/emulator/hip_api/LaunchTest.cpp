// Kernels loaded through the module API and run on every chip.
#include "test/emulator/hip_api/HipCalls.h"

#include <numeric>

using namespace qcc::emulator::test;

namespace {

class EveryChip : public ::testing::TestWithParam<std::string> {
protected:
  void SetUp() override { HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip(GetParam().c_str()))); }
};

std::vector<float> ramp(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

TEST_P(EveryChip, ScaleWithParams) {
  LoadedKernels kernels(GetParam() + ".hsaco");
  HIP_OK(kernels.error);
  constexpr int count = 150; // not a whole number of workgroups
  DeviceArray<float> in(count), out(count + 1);
  in.write(ramp(count));
  float factor = 2.5f;
  int n = count;
  void *params[] = {&out.data, &in.data, &factor, &n};
  HIP_OK(hipModuleLaunchKernel(kernels.function("scale"), 3, 1, 1, 64, 1, 1, 0, nullptr, params,
                               nullptr));
  HIP_OK(hipDeviceSynchronize());
  std::vector<float> values = out.read();
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(values[i], 2.5f * static_cast<float>(i + 1)) << i;
  }
  EXPECT_EQ(values[count], 0.0f);
}

TEST_P(EveryChip, ScaleWithExtra) {
  LoadedKernels kernels(GetParam() + ".hsaco");
  HIP_OK(kernels.error);
  DeviceArray<float> in(64), out(64);
  in.write(ramp(64));
  struct {
    void *out, *in;
    float factor;
    int n;
  } arguments{out.data, in.data, -1.0f, 64};
  size_t bytes = sizeof(arguments);
  void *extra[] = {hipLaunchParamBufferPointer, &arguments, hipLaunchParamBufferSize, &bytes,
                   hipLaunchParamEnd};
  HIP_OK(hipModuleLaunchKernel(kernels.function("scale"), 1, 1, 1, 64, 1, 1, 0, nullptr, nullptr,
                               extra));
  EXPECT_EQ(out.read()[63], -64.0f);
}

TEST_P(EveryChip, HiddenArguments) {
  LoadedKernels kernels(GetParam() + ".hsaco");
  HIP_OK(kernels.error);
  DeviceArray<uint32_t> out(2);
  void *params[] = {&out.data};
  HIP_OK(hipModuleLaunchKernel(kernels.function("sizes"), 7, 1, 1, 96, 1, 1, 0, nullptr, params,
                               nullptr));
  EXPECT_EQ(out.read(), (std::vector<uint32_t>{7, 96}));
}

TEST_P(EveryChip, LdsAndBarrier) {
  LoadedKernels kernels(GetParam() + ".hsaco");
  HIP_OK(kernels.error);
  DeviceArray<uint32_t> in(64), out(64);
  std::vector<uint32_t> values(64);
  std::iota(values.begin(), values.end(), 0u);
  in.write(values);
  void *params[] = {&out.data, &in.data};
  HIP_OK(hipModuleLaunchKernel(kernels.function("reverse"), 1, 1, 1, 64, 1, 1, 0, nullptr, params,
                               nullptr));
  std::reverse(values.begin(), values.end());
  EXPECT_EQ(out.read(), values);
}

TEST_P(EveryChip, VariablesAreRelocated) {
  LoadedKernels kernels(GetParam() + ".hsaco");
  HIP_OK(kernels.error);
  hipDeviceptr_t table = nullptr;
  size_t bytes = 0;
  HIP_OK(hipModuleGetGlobal(&table, &bytes, kernels.module, "table"));
  ASSERT_EQ(bytes, 16u);
  int changed[] = {10, 20, 30, 40};
  HIP_OK(hipMemcpyHtoD(table, changed, sizeof(changed)));
  DeviceArray<int> out(1);
  void *params[] = {&out.data};
  HIP_OK(hipModuleLaunchKernel(kernels.function("follow"), 1, 1, 1, 1, 1, 1, 0, nullptr, params,
                               nullptr));
  EXPECT_EQ(out.read()[0], 30);
}

TEST_P(EveryChip, AccessOutsideMemoryIsReported) {
  LoadedKernels kernels(GetParam() + ".hsaco");
  HIP_OK(kernels.error);
  DeviceArray<float> in(64), out(63);
  float factor = 1.0f;
  int n = 64;
  void *params[] = {&out.data, &in.data, &factor, &n};
  EXPECT_EQ(hipModuleLaunchKernel(kernels.function("scale"), 1, 1, 1, 64, 1, 1, 0, nullptr, params,
                                  nullptr),
            hipErrorIllegalAddress);
  EXPECT_NE(std::string(qccEmulatedLastError()).find("scale"), std::string::npos);
  EXPECT_EQ(hipDeviceSynchronize(), hipErrorIllegalAddress);
  EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
  EXPECT_EQ(hipGetLastError(), hipErrorIllegalAddress);
  EXPECT_EQ(hipGetLastError(), hipSuccess);
}

TEST_P(EveryChip, BundleHasCodeForIt) {
  for (const char *name : {"bundle.hipfb", "compressed.hipfb"}) {
    LoadedKernels kernels(name);
    HIP_OK(kernels.error);
    DeviceArray<uint32_t> out(2);
    void *params[] = {&out.data};
    HIP_OK(hipModuleLaunchKernel(kernels.function("sizes"), 2, 1, 1, 32, 1, 1, 0, nullptr, params,
                                 nullptr));
    EXPECT_EQ(out.read(), (std::vector<uint32_t>{2, 32}));
  }
}

INSTANTIATE_TEST_SUITE_P(Chips, EveryChip, ::testing::ValuesIn(chipNames()),
                         [](const auto &info) { return info.param; });

} // namespace
