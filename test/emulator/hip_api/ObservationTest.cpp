// What the environment switches on to watch launches.
#include "test/emulator/hip_api/HipCalls.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace qcc::emulator::test;

namespace {

/// Set before the library first looks; a child may have been given another.
const bool environmentIsSet = setenv("QCC_EMULATED_LIMIT", "100000", /*overwrite=*/0) == 0;

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

/// A file of this test that is removed at its end.
class TemporaryFile {
public:
  explicit TemporaryFile(const std::string &name)
      : path(std::filesystem::temp_directory_path() /
             ("qcc-" + std::to_string(getpid()) + "-" + name)) {}
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }
  const std::filesystem::path path;
};

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
  const TemporaryFile file("counters.json");
  EXPECT_EQ(qccEmulatedWriteKernelCounters(file.path.c_str()), hipSuccess);
  EXPECT_EQ(nlohmann::json::parse(file.text(), nullptr, false), kernelCounters());
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

/// What the tests below run in a process of its own.
TEST(DISABLED_Child, RunsScale) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  runScale(kernels);
}

/// Runs the child with these variables; its exit status. `errors` gets its stderr.
int runChild(const std::string &variables, const TemporaryFile &errors) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  return std::system((variables + " " + self +
                      " --gtest_also_run_disabled_tests --gtest_filter=DISABLED_Child.* > /dev/null"
                      " 2> " +
                      errors.path.string())
                         .c_str());
}

TEST(Environment, CountersAreWrittenAtTheEnd) {
  const TemporaryFile errors("errors.txt"), file("at-exit.json");
  EXPECT_EQ(runChild("QCC_EMULATED_COUNTERS=" + file.path.string(), errors), 0);
  const nlohmann::json counters = nlohmann::json::parse(file.text(), nullptr, false);
  ASSERT_TRUE(counters.is_object()) << file.text();
  EXPECT_EQ(counters["kernels"][0]["kernel"], "scale");
  EXPECT_EQ(runChild("QCC_EMULATED_COUNTERS=-", errors), 0);
  EXPECT_NE(errors.text().find("kernel scale (gfx942)\n"), std::string::npos) << errors.text();
  EXPECT_NE(errors.text().find("loads        3 requests, 600 bytes"), std::string::npos)
      << errors.text();
}

TEST(Environment, TraceGoesToStderrOrAFile) {
  const TemporaryFile errors("errors.txt"), file("trace.txt");
  const std::string head =
      "# kernel scale, gfx942, workgroup 2,0,0, wave 0 of 1, 64 lanes\n0x000000  ";
  EXPECT_EQ(runChild("QCC_EMULATED_TRACE=cal:2", errors), 0);
  EXPECT_EQ(errors.text().find(head), 0u) << errors.text();
  EXPECT_EQ(
      runChild("QCC_EMULATED_TRACE=cal:2 QCC_EMULATED_TRACE_FILE=" + file.path.string(), errors),
      0);
  EXPECT_EQ(file.text().find(head), 0u);
  EXPECT_EQ(errors.text(), "");
}

TEST(Environment, WhatCannotBeIsRefused) {
  const TemporaryFile errors("errors.txt");
  for (const char *wrong : {"QCC_EMULATED_LIMIT=many", "QCC_EMULATED_TRACE=scale:first",
                            "QCC_EMULATED_TRACE=scale QCC_EMULATED_TRACE_FILE=/no/such/folder/t"}) {
    EXPECT_NE(runChild(wrong, errors), 0) << wrong;
    const std::string variable = std::string(wrong).substr(0, std::string(wrong).find('='));
    EXPECT_NE(errors.text().find("emulated HIP device: " + variable), std::string::npos)
        << errors.text();
  }
}

} // namespace
