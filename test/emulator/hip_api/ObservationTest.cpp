// What the environment switches on to watch launches.
#include "test/emulator/hip_api/HipCalls.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace qcc::emulator::test;

namespace {

/// Set before the library first looks.
const bool environmentIsSet = setenv("QCC_EMULATED_LIMIT", "100000", 1) == 0;

TEST(Observation, LimitEndsAnEndlessKernel) {
  ASSERT_TRUE(environmentIsSet);
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  EXPECT_EQ(hipModuleLaunchKernel(kernels.function("endless"), 1, 1, 1, 64, 1, 1, 0, nullptr,
                                  nullptr, nullptr),
            hipErrorLaunchTimeOut);
  const std::string sentence = qccEmulatedLastError();
  EXPECT_NE(sentence.find("kernel `endless`"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("100000 instructions, the limit"), std::string::npos) << sentence;
  EXPECT_EQ(hipDeviceSynchronize(), hipErrorLaunchTimeOut);
  EXPECT_EQ(hipGetLastError(), hipErrorLaunchTimeOut);
}

/// Runs `scale` on 150 elements in three workgroups of 64.
void runScale(LoadedKernels &kernels) {
  int n = 150;
  float factor = 2;
  DeviceArray<float> in(150), out(150);
  void *params[] = {&out.data, &in.data, &factor, &n};
  HIP_OK(hipModuleLaunchKernel(kernels.function("scale"), 3, 1, 1, 64, 1, 1, 0, nullptr, params,
                               nullptr));
}

nlohmann::json kernelCounters() {
  size_t bytes = 0;
  EXPECT_EQ(qccEmulatedKernelCounters(nullptr, &bytes), hipSuccess);
  std::string text(bytes, '?');
  EXPECT_EQ(qccEmulatedKernelCounters(text.data(), &bytes), hipSuccess);
  EXPECT_EQ(text.back(), '\0');
  text.pop_back();
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

class KernelCounters : public ::testing::Test {
protected:
  void SetUp() override { qccEmulatedCountLaunches(1); }
  void TearDown() override {
    qccEmulatedCountLaunches(0);
    qccEmulatedClearKernelCounters();
  }
};

TEST_F(KernelCounters, OfTwoLaunches) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  runScale(kernels);
  runScale(kernels);
  const nlohmann::json counters = kernelCounters();
  ASSERT_TRUE(counters.is_object());
  ASSERT_EQ(counters["kernels"].size(), 1u);
  ASSERT_EQ(counters["launches"].size(), 2u);
  const nlohmann::json &scale = counters["kernels"][0];
  EXPECT_EQ(scale["kernel"], "scale");
  EXPECT_EQ(scale["chip"], "gfx942");
  EXPECT_EQ(scale["launches"], 2);
  EXPECT_EQ(scale["workgroups"], 6);
  EXPECT_EQ(scale["global"]["loads"]["bytes"], 2 * 150 * 4);
  EXPECT_EQ(scale["global"]["stores"]["lines_64"], 2 * (4 + 4 + 2)); // 22 elements fill 2 lines
  EXPECT_EQ(scale["global"]["stores"]["coalescing_64"], 1.0);
  EXPECT_EQ(scale["global"]["unique"]["stored_lines_64"], 2 * 10);
  EXPECT_GT(scale["cycle_estimate"]["busiest_simd"]["bound"], 0.0);
  const nlohmann::json &launch = counters["launches"][1];
  EXPECT_EQ(launch["launch"], 1);
  EXPECT_EQ(launch["kernel_index"], 0);
  EXPECT_EQ(launch["loaded_bytes"], 150 * 4);
  uint64_t executed = 0;
  for (const nlohmann::json &instruction : scale["by_instruction"]) {
    executed += instruction["executions"].get<uint64_t>();
  }
  EXPECT_EQ(scale["instructions"]["total"], executed);
  EXPECT_EQ(scale["by_instruction"][0]["offset"], 0);
}

TEST_F(KernelCounters, OfTwoChipsStayApart) {
  for (const char *chip : {"gfx942", "gfx1100"}) {
    HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip(chip)));
    LoadedKernels kernels(std::string(chip) + ".hsaco");
    HIP_OK(kernels.error);
    runScale(kernels);
  }
  HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip("gfx942")));
  const nlohmann::json counters = kernelCounters();
  ASSERT_EQ(counters["kernels"].size(), 2u);
  EXPECT_EQ(counters["kernels"][0]["waves"], 3);
  EXPECT_EQ(counters["kernels"][1]["waves"], 6);
}

TEST_F(KernelCounters, AreWrittenToAFileAndForgotten) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  runScale(kernels);
  const auto path = std::filesystem::temp_directory_path() /
                    ("qcc-counters-" + std::to_string(getpid()) + ".json");
  EXPECT_EQ(qccEmulatedWriteKernelCounters(path.c_str()), hipSuccess);
  std::ifstream file(path);
  EXPECT_EQ(nlohmann::json::parse(file, nullptr, false), kernelCounters());
  std::filesystem::remove(path);
  EXPECT_EQ(qccEmulatedWriteKernelCounters("/no/such/folder/counters.json"),
            hipErrorOperatingSystem);
  EXPECT_EQ(qccEmulatedClearKernelCounters(), hipSuccess);
  EXPECT_EQ(kernelCounters()["kernels"].size(), 0u);
}

TEST_F(KernelCounters, AreOffUntilAskedFor) {
  qccEmulatedCountLaunches(0);
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  runScale(kernels);
  EXPECT_EQ(kernelCounters()["launches"].size(), 0u);
}

TEST_F(KernelCounters, RefuseTooLittleRoom) {
  char small[4];
  size_t bytes = sizeof small;
  EXPECT_EQ(qccEmulatedKernelCounters(small, &bytes), hipErrorInvalidValue);
  EXPECT_GT(bytes, sizeof small);
  EXPECT_EQ(qccEmulatedKernelCounters(small, nullptr), hipErrorInvalidValue);
  EXPECT_EQ(qccEmulatedWriteKernelCounters(nullptr), hipErrorInvalidValue);
}

} // namespace
