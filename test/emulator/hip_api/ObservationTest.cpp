// What the environment switches on to watch launches.
#include "test/emulator/hip_api/HipCalls.h"

#include <cstdlib>

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

} // namespace
