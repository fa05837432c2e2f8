// Sessions on the fake driver: what each step puts into the state memory, and what refuses to run.
#include "runtime/session/Session.h"
#include "runtime/session/Model.h"
#include "test/runtime/support/FakeDriver.h"

#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>

using namespace qcc;
using namespace qcc::runtime;
using qcc::test::Artifact;
using qcc::test::FakeDriver;
using qcc::test::RecordedStep;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Ids = std::vector<uint32_t>;

/// A model on a fake device, and a session of it.
class SessionTest : public testing::Test {
protected:
  /// Builds the artifact, loads it and opens `session`; returns what failed.
  Status open() {
    QCC_TRY_ASSIGN(model, Model::open(test::writeTemporary("session.hsaco", artifact.build())));
    QCC_TRY_ASSIGN(auto loaded, model->loadOn(device, {}));
    QCC_TRY_ASSIGN(session, Session::create(std::move(loaded)));
    return {};
  }

  void SetUp() override { ASSERT_TRUE(open().ok()); }

  uint32_t add() {
    auto slot = session->sequences().add();
    EXPECT_TRUE(slot.ok());
    return *slot;
  }

  uint32_t length(uint32_t slot) { return *session->sequences().length(slot); }

  /// The largest logit of a row and its value.
  std::pair<uint32_t, float> best(uint32_t row) {
    auto logits = session->logits(row);
    EXPECT_TRUE(logits.ok()) << logits.status().message;
    auto largest = std::max_element(logits->begin(), logits->end());
    return {static_cast<uint32_t>(largest - logits->begin()), *largest};
  }

  explicit SessionTest(const char *library = FAKE_HIP_6) : driver(library) {}

  Artifact artifact;
  FakeDriver driver;
  std::shared_ptr<Device> device = driver.open();
  std::shared_ptr<Model> model;
  std::unique_ptr<Session> session;
};

} // namespace

TEST_F(SessionTest, UploadsWeightsAndLoadsTheCodeOnce) {
  EXPECT_EQ(driver.controls().modules_loaded, 1);
  auto again = model->loadOn(device, {});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(driver.controls().modules_loaded, 1);
  EXPECT_EQ(std::memcmp((*again)->weights(), artifact.weights.data(), artifact.weights.size()), 0);
}

TEST_F(SessionTest, ReleasesAllDeviceMemory) {
  EXPECT_GT(driver.controls().allocated_bytes, 0u);
  session.reset();
  EXPECT_EQ(driver.controls().allocated_bytes, 0u);
}

TEST_F(SessionTest, PrefillRunsInChunksOfTheLargestEntryPoint) {
  uint32_t slot = add();
  ASSERT_TRUE(session->prefill(slot, Ids{1, 2, 3, 4, 5, 6}).ok());
  ASSERT_EQ(driver.steps.size(), 2u);
  EXPECT_EQ(driver.steps[0], (RecordedStep{4, {1, 2, 3, 4}, {0, 0, 0, 0}, {0, 1, 2, 3}, {}}));
  // Two rows fit the smaller entry point; the last row's logits are wanted.
  EXPECT_EQ(driver.steps[1], (RecordedStep{2, {5, 6}, {0, 0}, {4, 5}, {1}}));
  EXPECT_EQ(best(0), std::pair(7u, 15.0f));
  EXPECT_EQ(length(slot), 6u);
}

TEST_F(SessionTest, DecodesSeveralSequencesInOneStep) {
  uint32_t first = add();
  uint32_t second = add();
  ASSERT_TRUE(session->prefill(first, Ids{1, 2, 3}).ok());
  ASSERT_TRUE(session->prefill(second, Ids{9}).ok());
  driver.steps.clear();
  ASSERT_TRUE(session->decode(Ids{second, first}, Ids{10, 4}).ok());
  ASSERT_EQ(driver.steps.size(), 1u);
  EXPECT_EQ(driver.steps[0], (RecordedStep{2, {10, 4}, {second, first}, {1, 3}, {0, 1}}));
  EXPECT_EQ(best(0).first, 11u);
  EXPECT_EQ(best(1).first, 5u);
}

TEST_F(SessionTest, StepMixesSequencesAndPicksLogitRows) {
  uint32_t first = add();
  uint32_t second = add();
  std::vector<TokenRow> rows = {{first, 1, false}, {second, 5, true}, {first, 2, true}};
  ASSERT_TRUE(session->step(rows).ok());
  EXPECT_EQ(driver.steps[0],
            (RecordedStep{4, {1, 5, 2}, {first, second, first}, {0, 0, 1}, {1, 2}}));
  EXPECT_EQ(best(0).first, 6u);
  EXPECT_EQ(best(1).first, 3u);
  EXPECT_EQ(session->logits(2).status().code, StatusCode::NotFound);
}

TEST_F(SessionTest, TruncatesAndResets) {
  uint32_t slot = add();
  ASSERT_TRUE(session->prefill(slot, Ids{1, 2, 3, 4}).ok());
  ASSERT_TRUE(session->sequences().truncate(slot, 2).ok());
  driver.steps.clear();
  ASSERT_TRUE(session->prefill(slot, Ids{8}).ok());
  EXPECT_THAT(driver.steps[0].positions, ElementsAre(2));
  EXPECT_EQ(session->sequences().truncate(slot, 9).code, StatusCode::InvalidArgument);
  ASSERT_TRUE(session->sequences().truncate(slot, 0).ok());
  EXPECT_EQ(length(slot), 0u);
}

TEST_F(SessionTest, SlotsAreGivenAnew) {
  uint32_t first = add();
  add();
  Status full = session->sequences().add().status();
  EXPECT_EQ(full.code, StatusCode::ContextFull);
  EXPECT_THAT(full.message, HasSubstr("--max-batch"));
  ASSERT_TRUE(session->prefill(first, Ids{1}).ok());
  ASSERT_TRUE(session->sequences().remove(first).ok());
  EXPECT_EQ(session->prefill(first, Ids{1}).code, StatusCode::NotFound);
  EXPECT_EQ(add(), first);
  EXPECT_EQ(length(first), 0u);
}

TEST_F(SessionTest, RefusesAPromptLongerThanTheContext) {
  uint32_t slot = add();
  Status status = session->prefill(slot, Ids(17, 1));
  EXPECT_EQ(status.code, StatusCode::ContextFull);
  EXPECT_THAT(status.message, HasSubstr("prompt of 17 tokens is too long"));
  EXPECT_EQ(driver.controls().launches, 0);
  EXPECT_TRUE(session->prefill(slot, Ids(16, 1)).ok());
}

TEST_F(SessionTest, RefusesATokenInAFullContext) {
  uint32_t slot = add();
  ASSERT_TRUE(session->prefill(slot, Ids(16, 1)).ok());
  Status status = session->decode(Ids{slot}, Ids{2});
  EXPECT_EQ(status.code, StatusCode::ContextFull);
  EXPECT_THAT(status.message, HasSubstr("context is full"));
}

TEST_F(SessionTest, RefusesBadRows) {
  uint32_t slot = add();
  EXPECT_EQ(session->prefill(slot, {}).code, StatusCode::InvalidArgument);
  EXPECT_EQ(session->prefill(slot, Ids{32}).code, StatusCode::InvalidArgument);
  EXPECT_EQ(session->prefill(7, Ids{1}).code, StatusCode::NotFound);
  EXPECT_EQ(session->decode(Ids{slot, slot}, Ids{1, 2}).code, StatusCode::InvalidArgument);
  EXPECT_EQ(session->step(std::vector<TokenRow>(5, {slot, 1, true})).code,
            StatusCode::InvalidArgument);
  EXPECT_EQ(length(slot), 0u);
}

TEST_F(SessionTest, AFailedPrefillLeavesTheSequenceAsItWas) {
  uint32_t slot = add();
  ASSERT_TRUE(session->prefill(slot, Ids{1}).ok());
  driver.controls().failing_launch = driver.controls().launches + 2;
  Status status = session->prefill(slot, Ids{2, 3, 4, 5, 6});
  EXPECT_EQ(status.code, StatusCode::DeviceFailure);
  EXPECT_THAT(status.message, HasSubstr("launching step: hipModuleLaunchKernel reported "
                                        "hipErrorLaunchFailure (unspecified launch failure)"));
  EXPECT_EQ(length(slot), 1u);
  driver.controls().failing_launch = 0;
  EXPECT_TRUE(session->prefill(slot, Ids{2}).ok());
}

TEST_F(SessionTest, SaysWhatDidNotFitTheDevice) {
  session.reset();
  driver.controls().memory_bytes = 10000 + 4096 + 100;
  Status status = open();
  EXPECT_EQ(status.code, StatusCode::OutOfMemory);
  EXPECT_THAT(status.message, HasSubstr("the KV cache needs"));
  driver.controls().memory_bytes = 100;
  status = open();
  EXPECT_EQ(status.code, StatusCode::OutOfMemory);
  EXPECT_THAT(status.message, HasSubstr("the weights needs"));
  EXPECT_EQ(driver.controls().allocated_bytes, 0u);
}

TEST_F(SessionTest, RefusesAnotherChip) {
  artifact.program.chip = "gfx1100";
  EXPECT_EQ(open().code, StatusCode::WrongDevice);
}

TEST_F(SessionTest, RefusesFlippedWeights) {
  std::vector<uint8_t> bytes = artifact.build();
  for (const test::Part &part : test::partsOf(bytes)) {
    if (part.name == ".qcc.weights") {
      bytes[part.offset + 7777] ^= 32;
    }
  }
  auto damaged = Model::open(test::writeTemporary("damaged.hsaco", bytes));
  ASSERT_TRUE(damaged.ok());
  Status status = (*damaged)->loadOn(device, {}).status();
  EXPECT_EQ(status.code, StatusCode::Corrupt);
  EXPECT_THAT(status.message, HasSubstr(".qcc.weights does not match its checksum"));
}

TEST_F(SessionTest, StreamsWeightsInChunks) {
  session.reset();
  artifact.weights.assign(20 << 20, 3); // two and a half chunks
  auto large = Model::open(test::writeTemporary("large.hsaco", artifact.build()));
  ASSERT_TRUE(large.ok());
  driver.controls().uploads = 0;
  std::vector<uint64_t> reports;
  auto loaded = (*large)->loadOn(device, [&](uint64_t done, uint64_t total) {
    reports.push_back(done);
    EXPECT_EQ(total, artifact.weights.size());
  });
  ASSERT_TRUE(loaded.ok()) << loaded.status().message;
  EXPECT_EQ(driver.controls().uploads, 3);
  EXPECT_THAT(reports, ElementsAre(8 << 20, 16 << 20, 20 << 20));
  EXPECT_EQ(std::memcmp((*loaded)->weights(), artifact.weights.data(), artifact.weights.size()), 0);
}

namespace {

/// A session of a model whose tokens the device can pick.
class SampledSessionTest : public SessionTest {
protected:
  void SetUp() override {
    artifact.addSampling();
    SessionTest::SetUp();
    slot = add();
    ASSERT_TRUE(session->setSampler(slot, {}, {}).ok());
  }

  /// Feeds a token and returns the one that is picked after it.
  uint32_t next(uint32_t token) {
    EXPECT_TRUE(session->decode(Ids{slot}, Ids{token}, StepOutput::Tokens).ok());
    return *session->token(0);
  }

  uint32_t slot = 0;
};

} // namespace

TEST_F(SampledSessionTest, SendsNothingForATokenThatTheDevicePicked) {
  ASSERT_TRUE(session->prefill(slot, Ids{1, 2, 3}, StepOutput::Tokens).ok());
  ASSERT_EQ(*session->token(0), 4u);
  EXPECT_EQ(next(4), 5u); // a prompt leaves the state of its own rows
  driver.controls().uploads = 0;
  EXPECT_EQ(next(5), 6u);
  EXPECT_EQ(next(6), 7u);
  EXPECT_EQ(driver.controls().uploads, 0);
  EXPECT_EQ(driver.steps.back(), (RecordedStep{2, {6}, {slot}, {5}, {0}}));
  EXPECT_EQ(length(slot), 6u);
}

TEST_F(SampledSessionTest, SendsWhatTheDeviceDidNotPick) {
  next(3);
  driver.controls().uploads = 0;
  EXPECT_EQ(next(20), 21u);
  EXPECT_EQ(driver.controls().uploads, 1);
  ASSERT_TRUE(session->sequences().truncate(slot, 1).ok());
  EXPECT_EQ(next(21), 22u); // another position
  EXPECT_EQ(driver.controls().uploads, 2);
  EXPECT_EQ(driver.steps.back().positions, Ids{1});
  uint32_t other = add();
  ASSERT_TRUE(session->setSampler(other, {}, {}).ok());
  driver.controls().uploads = 0;
  ASSERT_TRUE(session->decode(Ids{slot, other}, Ids{22, 9}, StepOutput::Tokens).ok());
  EXPECT_EQ(*session->token(1), 10u);
  ASSERT_TRUE(session->decode(Ids{slot, other}, Ids{23, 10}, StepOutput::Tokens).ok());
  ASSERT_TRUE(session->decode(Ids{other, slot}, Ids{11, 24}, StepOutput::Tokens).ok());
  EXPECT_EQ(driver.controls().uploads, 2) << "another batch, and another order";
  EXPECT_EQ(*session->token(0), 12u);
}

TEST_F(SampledSessionTest, ReadsLogitsWhenTheyAreAskedFor) {
  next(3);
  EXPECT_EQ(best(0), std::pair(4u, 10.0f));
  EXPECT_EQ(session->logits(1).status().code, StatusCode::NotFound);
  ASSERT_TRUE(session->decode(Ids{slot}, Ids{4}).ok());
  EXPECT_EQ(best(0).first, 5u);
  EXPECT_EQ(session->token(0).status().code, StatusCode::NotFound) << "that step gave logits";
}

TEST_F(SampledSessionTest, SaysWhyThereIsNoToken) {
  driver.fault = (1u << 31) + 12;
  ASSERT_TRUE(session->decode(Ids{slot}, Ids{3}, StepOutput::Tokens).ok());
  EXPECT_THAT(session->token(0).status().message, HasSubstr("The logit of token 12 is not a"));
  driver.fault = ~0u;
  ASSERT_TRUE(session->decode(Ids{slot}, Ids{3}, StepOutput::Tokens).ok());
  EXPECT_EQ(session->token(0).status().code, StatusCode::InvalidArgument);
  EXPECT_THAT(session->token(0).status().message, HasSubstr("all logits are -infinity"));
  driver.fault.reset();
  EXPECT_EQ(next(7), 8u);
}

TEST_F(SampledSessionTest, ASequenceNeedsASampler) {
  uint32_t other = add();
  Status status = session->prefill(other, Ids{1}, StepOutput::Tokens);
  EXPECT_EQ(status.code, StatusCode::InvalidArgument);
  EXPECT_THAT(status.message, HasSubstr("has no sampler"));
  EXPECT_EQ(session->decode(Ids{other}, Ids{1}, StepOutput::Tokens).code,
            StatusCode::InvalidArgument);
  EXPECT_EQ(session->setSampler(9, {}, {}).code, StatusCode::NotFound);
  EXPECT_EQ(session->setSampler(other, {.topP = 2.0f}, {}).code, StatusCode::InvalidArgument);
  // A sampler goes with its sequence.
  ASSERT_TRUE(session->sequences().remove(slot).ok());
  ASSERT_EQ(add(), slot);
  EXPECT_EQ(session->prefill(slot, Ids{1}, StepOutput::Tokens).code, StatusCode::InvalidArgument);
}

TEST_F(SessionTest, ModelsOfVersionOneAreSampledOnTheHost) {
  Status status = session->setSampler(add(), {}, {});
  EXPECT_EQ(status.code, StatusCode::Unavailable);
  EXPECT_THAT(status.message, HasSubstr("compile it again"));
}

namespace {

/// A session on a driver with graphs.
class GraphSessionTest : public SessionTest {
protected:
  GraphSessionTest() : SessionTest(FAKE_HIP_WITH_GRAPHS) {}
};

} // namespace

TEST_F(GraphSessionTest, RecordsEachEntryPointOnce) {
  uint32_t slot = add();
  for (uint32_t step = 1; step <= 3; ++step) {
    ASSERT_TRUE(session->prefill(slot, Ids{1, 2, 3}).ok());
    ASSERT_TRUE(session->decode(Ids{slot}, Ids{4}).ok());
    EXPECT_EQ(driver.controls().launches, 2);
    EXPECT_EQ(driver.controls().graph_launches, static_cast<int>(2 * step));
    EXPECT_EQ(best(0), std::pair(5u, 9.0f + 4 * step));
  }
  EXPECT_EQ(driver.steps.size(), 6u);
  EXPECT_EQ(session->notice(), "");
}

TEST_F(GraphSessionTest, LaunchesOneByOneWhatCannotBeRecorded) {
  uint32_t slot = add();
  driver.controls().failing_launch = 1;
  ASSERT_TRUE(session->prefill(slot, Ids{1}).ok());
  EXPECT_EQ(best(0).first, 2u);
  EXPECT_EQ(driver.controls().graph_launches, 0);
  EXPECT_THAT(session->notice(), HasSubstr("one by one, not as a graph: The device failed while "
                                           "launching step: hipModuleLaunchKernel reported"));
}

TEST_F(GraphSessionTest, TellsAFailureThatIsNotOfRecording) {
  uint32_t slot = add();
  driver.controls().failing_launch = -1;
  Status status = session->prefill(slot, Ids{1});
  EXPECT_EQ(status.code, StatusCode::DeviceFailure);
  EXPECT_THAT(status.message, HasSubstr("launching step: hipModuleLaunchKernel reported"));
  EXPECT_EQ(length(slot), 0u);
}

TEST_F(GraphSessionTest, UsesNoGraphThatLacksCommands) {
  driver.controls().leaves_out_launches = true;
  uint32_t slot = add();
  ASSERT_TRUE(session->prefill(slot, Ids{1}).ok());
  EXPECT_EQ(best(0).first, 2u);
  EXPECT_EQ(driver.controls().graph_launches, 0);
  EXPECT_THAT(session->notice(), HasSubstr("recorded 0 of 1 commands."));
}
