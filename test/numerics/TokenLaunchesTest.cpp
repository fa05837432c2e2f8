// What a token costs in calls of the driver, as the emulated device counts them.
#include "bench/generate_model/Decoder.h"
#include "emulator/hip_api/Emulated.h"
#include "runtime/qcc_runtime.hpp"
#include "test/end_to_end/support/Chain.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

using namespace qcc::test;
using Tokens = std::vector<uint32_t>;

namespace {

/// The counters of the emulated device that this process has loaded.
qcc_emulated_counters counters() {
  void *library = dlopen(QCC_EMULATED_LIBRARY, RTLD_NOW | RTLD_NOLOAD);
  EXPECT_NE(library, nullptr) << "the runtime has not loaded " QCC_EMULATED_LIBRARY;
  qcc_emulated_counters result = {};
  if (library) {
    auto *ask =
        reinterpret_cast<decltype(&qccEmulatedCounters)>(dlsym(library, "qccEmulatedCounters"));
    EXPECT_EQ(ask(&result), 0);
    dlclose(library);
  }
  return result;
}

/// What `work` adds to the counters.
template <typename Work> qcc_emulated_counters countedIn(Work work) {
  qcc_emulated_counters before = counters();
  work();
  qcc_emulated_counters after = counters();
  return {after.kernel_launches - before.kernel_launches,
          after.graph_launches - before.graph_launches,
          after.device_to_host_copies - before.device_to_host_copies,
          after.host_to_device_copies - before.host_to_device_copies};
}

class TokenLaunches : public testing::Test {
protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<ScratchFolder>();
    ASSERT_TRUE(qcc::bench::writeModel({.hidden = 128, .window = 16}, folder->path).ok());
    std::string artifact = folder->file("model.hsaco");
    ASSERT_TRUE(compileModel(folder->file("model.onnx"), "gfx942", artifact,
                             {"--max-batch", "2", "--max-context", "48", "--prefill-rows", "8"}));
    model = std::make_unique<qcc::api::Model>(artifact);
    qcc_device_params params;
    qcc_device_params_initialize(&params);
    params.name = "emulated";
    device = std::make_unique<qcc::api::Device>(params);
  }

  static void TearDownTestSuite() {
    device.reset();
    model.reset();
    folder.reset();
  }

  void SetUp() override {
    ASSERT_TRUE(device) << "the suite could not be set up";
    session = std::make_unique<qcc::api::Session>(*device, *model);
    sequence = session->addSequence();
  }

  static inline std::unique_ptr<ScratchFolder> folder;
  static inline std::unique_ptr<qcc::api::Model> model;
  static inline std::unique_ptr<qcc::api::Device> device;
  std::unique_ptr<qcc::api::Session> session;
  uint32_t sequence = 0;
};

} // namespace

TEST_F(TokenLaunches, AStepWithLogitsIsOneGraphAndOneReadback) {
  session->prefill(sequence, Tokens{1, 2, 3, 4, 5});
  for (uint32_t token : {7, 8, 9}) {
    qcc_emulated_counters counted = countedIn([&] { session->decode({{sequence}}, {{token}}); });
    EXPECT_EQ(counted.graph_launches, 1u);
    EXPECT_EQ(counted.device_to_host_copies, 1u);
    EXPECT_EQ(counted.host_to_device_copies, 1u); // the token and its position
  }
}

TEST_F(TokenLaunches, APickedTokenIsOneGraphAndOneReadback) {
  qcc_sampler_params params;
  qcc_sampler_params_initialize(&params);
  params.temperature = 0.8f;
  params.top_k = 50;
  params.top_p = 0.95f;
  session->setSampler(sequence, params);
  uint32_t token = session->prefillAndSample(sequence, Tokens{1, 2, 3, 4, 5});
  token = session->decodeAndSample({{sequence}}, {{token}})[0]; // the prompt's state is another's
  for (int step = 0; step < 3; ++step) {
    qcc_emulated_counters counted =
        countedIn([&] { token = session->decodeAndSample({{sequence}}, {{token}})[0]; });
    EXPECT_EQ(counted.graph_launches, 1u);
    EXPECT_EQ(counted.device_to_host_copies, 1u);
    EXPECT_EQ(counted.host_to_device_copies, 0u);
  }
  qcc_emulated_counters counted = countedIn([&] { session->logits(0); });
  EXPECT_EQ(counted.device_to_host_copies, 1u) << "logits are there when they are asked for";
}

TEST_F(TokenLaunches, AGenerationReadsBackItsTokens) {
  qcc_generate_params params;
  qcc_generate_params_initialize(&params);
  params.max_tokens = 10;
  params.ignore_end_of_sequence = true;
  qcc_emulated_counters counted =
      countedIn([&] { session->generate(sequence, Tokens{1, 2, 3, 4, 5}, params); });
  EXPECT_EQ(counted.graph_launches, 10u); // the prompt's step, and nine tokens
  EXPECT_EQ(counted.device_to_host_copies, 10u);
  EXPECT_EQ(counted.host_to_device_copies, 3u); // the sampler, the prompt, the first token
  EXPECT_EQ(session->notice(), "");
}
