// Measurements, on a fake HIP library whose clock the test moves: what is launched on what memory,
// which time counts, and the sentences where nothing can be measured.
#include "compiler/tune/DeviceTimer.h"
#include "test/runtime/support/FakeDriver.h"

#include <gmock/gmock.h>

using namespace qcc;
using namespace qcc::tune;
using testing::AllOf;
using testing::HasSubstr;

namespace {

/// A form of a kernel that takes weights, rows, the state memory and weights of a norm, and has a
/// result and counters.
CompiledKernel formOf(const char *name, int64_t weightBytes) {
  CompiledKernel form;
  form.kernel.name = name;
  form.kernel.argumentBytes = {weightBytes, 1024, 16 + 20 * 4, 512, 2048, 64};
  form.kernel.inputs = 4;
  form.kernel.weightInputs = {0, 3};
  form.kernel.stateArgument = 2;
  form.kernel.grid = {7, 1, 1};
  form.kernel.workgroup = 256;
  form.code.bytes = {0};
  return form;
}

struct Launch {
  std::string name;
  std::vector<uint8_t *> arguments;
};

class DeviceTimerTest : public testing::Test {
protected:
  DeviceTimerTest() : driver(FAKE_HIP_6), chip(*findChip("gfx942")) {
    driver.controls().kernel = runKernel;
    driver.controls().user_data = this;
    chip.lastCacheBytes = 1 << 20;
  }

  static void runKernel(void *self, const char *name, const unsigned *, void **arguments) {
    auto &test = *static_cast<DeviceTimerTest *>(self);
    Launch &launch = test.launches.emplace_back(Launch{name, {}});
    for (int index = 0; index < 6; ++index) {
      launch.arguments.push_back(*static_cast<uint8_t **>(arguments[index]));
    }
    test.driver.controls().microseconds += test.microsecondsOf(launch);
  }

  llvm::Expected<std::vector<double>> time(llvm::ArrayRef<CompiledKernel> forms,
                                           int64_t batch = 1) {
    auto timer = DeviceTimer::open(chip, FAKE_HIP_6);
    return timer ? (*timer)->time(forms, batch) : timer.takeError();
  }
  std::string refusal(const char *library = FAKE_HIP_6) {
    auto timer = DeviceTimer::open(chip, library);
    llvm::Error error =
        timer ? (*timer)->time({formOf("kernel", 4096)}, 1).takeError() : timer.takeError();
    EXPECT_TRUE(error.isA<DeviceError>());
    return toString(std::move(error));
  }

  test::FakeDriver driver;
  Chip chip;
  std::vector<Launch> launches;
  std::function<double(const Launch &)> microsecondsOf = [](const Launch &) { return 100; };
};

TEST_F(DeviceTimerTest, TheMedianOfAFormCounts) {
  // One or two samples of each are disturbed.
  microsecondsOf = [&](const Launch &launch) {
    bool isDisturbed = launches.size() >= 200 && launches.size() < 300;
    return (launch.name == "slow" ? 300.0 : 200.0) + (isDisturbed ? 5000 : 0);
  };
  auto times = time({formOf("slow", 1 << 20), formOf("fast", 1 << 20)});
  ASSERT_TRUE(bool(times)) << toString(times.takeError());
  ASSERT_EQ(times->size(), 2u);
  EXPECT_NEAR((*times)[0], 300, 0.01);
  EXPECT_NEAR((*times)[1], 200, 0.01);
}

TEST_F(DeviceTimerTest, FormsTakeTurns) {
  ASSERT_TRUE(bool(time({formOf("one", 1 << 20), formOf("two", 1 << 20)})));
  int changes = 0;
  for (size_t index = 1; index < launches.size(); ++index) {
    changes += launches[index].name != launches[index - 1].name;
  }
  // A trial of each, a sample of each that does not count, and those that do.
  EXPECT_EQ(changes, 2 * (1 + 1 + DeviceTimer::sampleCount) - 1);
}

/// One workspace serves all forms, and is as large as any of them needs.
TEST_F(DeviceTimerTest, FormsShareArguments) {
  CompiledKernel large = formOf("large", 1 << 20);
  large.kernel.argumentBytes[5] = 1 << 22;
  std::map<std::string, std::set<uint8_t *>> workspaces;
  microsecondsOf = [&](const Launch &launch) {
    workspaces[launch.name].insert(launch.arguments[5]);
    if (launch.name == "large") {
      std::memset(launch.arguments[5], 0, 1 << 22);
    }
    return 1000;
  };
  ASSERT_TRUE(bool(time({formOf("small", 1 << 20), large})));
  EXPECT_EQ(workspaces["small"].size(), 1u);
  EXPECT_EQ(workspaces["small"], workspaces["large"]);
}

TEST_F(DeviceTimerTest, WeightsAreCold) {
  constexpr int64_t bytes = 300000;
  ASSERT_TRUE(bool(time({formOf("kernel", bytes)})));
  std::map<uint8_t *, size_t> lastUse;
  for (auto [index, launch] : llvm::enumerate(launches)) {
    auto [weights, norm] = std::pair(launch.arguments[0], launch.arguments[3]);
    EXPECT_GE(norm, weights + bytes);
    auto [place, isNew] = lastUse.try_emplace(weights, index);
    if (!isNew) {
      ASSERT_GE(int64_t(index - place->second - 1) * bytes, 2 * int64_t(chip.lastCacheBytes));
      place->second = index;
    }
  }
  uint8_t *before = nullptr;
  for (auto [weights, unused] : lastUse) {
    EXPECT_GE(weights, before);
    before = weights + bytes;
  }
}

TEST_F(DeviceTimerTest, MemoryHoldsWhatAKernelExpects) {
  bool wasLookedAt = false;
  microsecondsOf = [&](const Launch &launch) {
    if (std::exchange(wasLookedAt, true)) {
      return 1000;
    }
    for (size_t input : {0, 1, 3}) {
      std::vector<uint8_t> read(launch.arguments[input], launch.arguments[input] + 512);
      EXPECT_GT(std::set<uint8_t>(read.begin(), read.end()).size(), 64u);
      EXPECT_TRUE(llvm::all_of(read, [](uint8_t byte) { return !(byte & 0x40); }))
          << "not all floats would be finite";
    }
    std::vector<uint32_t> state(24);
    std::memcpy(state.data(), launch.arguments[2], 96);
    EXPECT_THAT(state, testing::ElementsAre(3, 3, 0, 0, /*tokens*/ 0, 1, 2, 0, /*slots*/ 0, 1, 2, 0,
                                            /*positions*/ 0, 0, 0, 0, /*logit rows*/ 0, 1, 2, 0,
                                            /*sampled*/ 0, 0, 0, 0));
    std::vector<uint8_t> counters(launch.arguments[5], launch.arguments[5] + 64);
    EXPECT_THAT(counters, testing::Each(0));
    return 1000;
  };
  ASSERT_TRUE(bool(time({formOf("kernel", 1 << 20)}, 3)));
  EXPECT_TRUE(wasLookedAt);
}

TEST_F(DeviceTimerTest, AnotherChipIsRefused) {
  chip = *findChip("gfx1100");
  EXPECT_EQ(refusal(), "There is no gfx1100 here, only gfx942; compile the model for that chip, or "
                       "use --autotune=model.");
}

TEST_F(DeviceTimerTest, AMissingLibraryIsRefused) {
  EXPECT_THAT(refusal("/nonexistent/libamdhip64.so"),
              AllOf(HasSubstr("No HIP library could be loaded (/nonexistent/libamdhip64.so"),
                    testing::EndsWith(", or use --autotune=model.")));
}

TEST_F(DeviceTimerTest, ALibraryWithoutEventsIsRefused) {
  test::FakeDriver old(FAKE_HIP_5);
  EXPECT_THAT(refusal(FAKE_HIP_5), HasSubstr("has no function hipEventCreate"));
}

TEST_F(DeviceTimerTest, TooLittleMemoryIsRefused) {
  driver.controls().memory_bytes = 1 << 20;
  EXPECT_THAT(refusal(), HasSubstr("more weights than caches hold needs 2.0 MiB"));
}

TEST_F(DeviceTimerTest, AFailureOfTheDeviceIsSaid) {
  driver.controls().failing_launch = -1;
  EXPECT_THAT(refusal(), HasSubstr("failed while measuring kernel: hipModuleLaunchKernel"));
}

} // namespace
