// The public C API and its C++ wrapper, from an artifact to text, on the fake driver.
#include "runtime/qcc_runtime.hpp"
#include "test/runtime/support/AlphabetTokenizer.h"
#include "test/runtime/support/FakeDriver.h"

#include <gmock/gmock.h>

using namespace qcc::api;
using qcc::test::Artifact;
using qcc::test::FakeDriver;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Ids = std::vector<uint32_t>;

class ApiTest : public testing::Test {
protected:
  void SetUp() override {
    artifact.tokenizer = qcc::test::alphabetTokenizer();
    qcc_generate_params_initialize(&params);
  }

  /// Opens the artifact.
  Model openModel() { return Model(qcc::test::writeTemporary("api.hsaco", artifact.build())); }

  Device openDevice() {
    qcc_device_params device;
    qcc_device_params_initialize(&device);
    device.name = "hip:0";
    device.hip_library = FAKE_HIP_6;
    return Device(device);
  }

  /// Generates after `prompt` in a new session.
  Generation generate(const Ids &prompt) {
    Model model = openModel();
    Session session(openDevice(), model);
    return session.generate(session.addSequence(), prompt, params);
  }

  Artifact artifact;
  FakeDriver driver{FAKE_HIP_6};
  qcc_generate_params params;
};

/// The code of the error that `body` throws, QCC_OK when it throws none.
template <typename Body> qcc_status_code codeOf(Body body) {
  try {
    body();
  } catch (const Error &error) {
    EXPECT_FALSE(std::string_view(error.what()).empty());
    return error.code();
  }
  return QCC_OK;
}

} // namespace

TEST_F(ApiTest, DescribesTheModel) {
  Model model = openModel();
  qcc_model_info info = model.info();
  EXPECT_STREQ(info.name, "tiny");
  EXPECT_STREQ(info.chip, "gfx942");
  EXPECT_EQ(info.vocabulary_size, 32u);
  EXPECT_EQ(info.max_sequences, 2u);
  EXPECT_EQ(info.max_context, 16u);
  EXPECT_EQ(info.row_capacity, 4u);
  EXPECT_EQ(info.weight_bytes, 10000u);
  EXPECT_THAT(Ids(info.end_of_sequence, info.end_of_sequence + info.end_of_sequence_count),
              ElementsAre(31));
  EXPECT_TRUE(info.has_tokenizer);
  EXPECT_TRUE(info.has_chat_template);
}

TEST_F(ApiTest, ErrorsClearTheOutParameter) {
  auto *model = reinterpret_cast<qcc_model *>(this);
  qcc_status status = qcc_model_open("/nonexistent", &model);
  EXPECT_EQ(status.code, QCC_NOT_FOUND);
  EXPECT_THAT(status.message, HasSubstr("/nonexistent"));
  EXPECT_EQ(model, nullptr);
  qcc_status_release(&status);
  EXPECT_EQ(status.code, QCC_OK);
  EXPECT_EQ(status.message, nullptr);
}

TEST_F(ApiTest, EncodesAndDecodes) {
  Model model = openModel();
  EXPECT_THAT(model.encode("abc"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(model.encode("ba", false), ElementsAre(3, 2));
  EXPECT_EQ(model.decode(Ids{1, 9, 10, 28, 31}), "hi ");
}

TEST_F(ApiTest, WritesConversations) {
  Model model = openModel();
  std::vector<qcc_chat_message> messages = {{"user", "hi"}, {"assistant", "you"}, {"user", "bye"}};
  EXPECT_EQ(model.applyChatTemplate(messages), "uhiayouubyea");
}

TEST_F(ApiTest, WithoutATokenizerOnlyTextIsRefused) {
  artifact.tokenizer.clear();
  Model model = openModel();
  EXPECT_FALSE(model.info().has_tokenizer);
  EXPECT_EQ(codeOf([&] { model.encode("a"); }), QCC_UNAVAILABLE);
  params.max_tokens = 3;
  Generation generation = generate({5});
  EXPECT_THAT(generation.tokens, ElementsAre(6, 7, 8));
  EXPECT_EQ(generation.text, "");
}

TEST_F(ApiTest, GeneratesUntilMaxTokens) {
  params.max_tokens = 4;
  Generation generation = generate({1, 2, 3});
  EXPECT_EQ(generation.finishReason, QCC_FINISH_MAX_TOKENS);
  EXPECT_THAT(generation.tokens, ElementsAre(4, 5, 6, 7));
  EXPECT_EQ(generation.text, "cdef");
  EXPECT_EQ(generation.decodeSteps, 3u);
}

TEST_F(ApiTest, GeneratesUntilTheEndOfSequence) {
  Generation generation = generate({27, 28});
  EXPECT_EQ(generation.finishReason, QCC_FINISH_END_OF_SEQUENCE);
  EXPECT_THAT(generation.tokens, ElementsAre(29, 30, 31));
  EXPECT_EQ(generation.text, ".\n");
}

TEST_F(ApiTest, IgnoresTheEndOfSequence) {
  params.ignore_end_of_sequence = true;
  params.max_tokens = 5;
  EXPECT_THAT(generate({28}).tokens, ElementsAre(29, 30, 31, 0, 1));
}

TEST_F(ApiTest, StopsAtAStopString) {
  const char *stops[] = {"zzz", "gh"};
  params.stop_strings = stops;
  params.stop_string_count = 2;
  Generation generation = generate({1, 2});
  EXPECT_EQ(generation.finishReason, QCC_FINISH_STOP_STRING);
  EXPECT_EQ(generation.text, "bcdef");
}

TEST_F(ApiTest, GivesOutTextHeldForAStopString) {
  const char *stops[] = {"fz"};
  params.stop_strings = stops;
  params.stop_string_count = 1;
  params.max_tokens = 5;
  std::string streamed;
  params.user_data = &streamed;
  params.callback = [](void *userData, const qcc_generated *generated) {
    *static_cast<std::string *>(userData) += generated->text;
    return true;
  };
  EXPECT_EQ(generate({1, 2}).text, "bcdef");
  EXPECT_EQ(streamed, "bcdef");
}

TEST_F(ApiTest, EndsWhenTheContextIsFull) {
  Generation generation = generate(Ids(14, 2));
  EXPECT_EQ(generation.finishReason, QCC_FINISH_CONTEXT_FULL);
  EXPECT_THAT(generation.tokens, ElementsAre(3, 4, 5));
}

TEST_F(ApiTest, EndsWhenTheCallbackSaysSo) {
  params.callback = [](void *, const qcc_generated *generated) { return generated->index < 1; };
  Generation generation = generate({2});
  EXPECT_EQ(generation.finishReason, QCC_FINISH_CALLBACK);
  EXPECT_THAT(generation.tokens, ElementsAre(3, 4));
}

TEST_F(ApiTest, FeedsForcedTokensAndReportsThePicked) {
  Ids forced = {10, 31, 20};
  params.forced_tokens = forced.data();
  params.forced_token_count = forced.size();
  Generation generation = generate({2});
  EXPECT_THAT(generation.tokens, ElementsAre(3, 11, 0));
  EXPECT_THAT(driver.steps.back().tokens, ElementsAre(31));
}

TEST_F(ApiTest, TheSameSeedGivesTheSameTokens) {
  params.sampler.temperature = 50;
  params.sampler.seed = 7;
  params.ignore_end_of_sequence = true;
  Ids first = generate({2}).tokens;
  EXPECT_EQ(generate({2}).tokens, first);
  params.sampler.seed = 8;
  EXPECT_NE(generate({2}).tokens, first);
}

TEST_F(ApiTest, RefusesSamplingOutOfRange) {
  params.sampler.top_p = 2;
  EXPECT_EQ(codeOf([&] { generate({2}); }), QCC_INVALID_ARGUMENT);
}

TEST_F(ApiTest, SessionsOutliveWhatTheyWereMadeOf) {
  std::unique_ptr<Session> session;
  {
    Model model = openModel();
    session = std::make_unique<Session>(openDevice(), model);
  }
  uint32_t sequence = session->addSequence();
  session->prefill(sequence, Ids{1, 2});
  EXPECT_EQ(session->logits(0)[3], 11.0f);
  EXPECT_EQ(session->sequenceLength(sequence), 2u);
  session->resetSequence(sequence);
  EXPECT_EQ(session->sequenceLength(sequence), 0u);
}

TEST_F(ApiTest, WithoutLogitsACallbackIsToldNone) {
  params.max_tokens = 2;
  params.without_logits = true;
  int told = 0;
  params.user_data = &told;
  params.callback = [](void *userData, const qcc_generated *generated) {
    EXPECT_EQ(generated->logits, nullptr);
    ++*static_cast<int *>(userData);
    return true;
  };
  EXPECT_THAT(generate({2}).tokens, ElementsAre(3, 4));
  EXPECT_EQ(told, 2);
}

TEST_F(ApiTest, PicksTokensOnTheDevice) {
  artifact.addSampling();
  Session session(openDevice(), openModel());
  uint32_t sequence = session.addSequence();
  EXPECT_EQ(codeOf([&] { session.prefillAndSample(sequence, Ids{1}); }), QCC_INVALID_ARGUMENT);
  session.setSampler(sequence, params.sampler, Ids{1});
  EXPECT_EQ(session.prefillAndSample(sequence, Ids{1, 2}), 3u);
  EXPECT_THAT(session.decodeAndSample(Ids{sequence}, Ids{3}), ElementsAre(4));
  EXPECT_EQ(session.sequenceLength(sequence), 3u);
  EXPECT_EQ(session.logits(0)[4], 12.0f);
  EXPECT_THAT(generate({5}).tokens.front(), 6u);
}

TEST_F(ApiTest, SaysThatADriverHasNoGraphs) {
  Session session(openDevice(), openModel());
  EXPECT_EQ(session.notice(), "");
  session.prefill(session.addSequence(), Ids{1});
  EXPECT_THAT(session.notice(), HasSubstr("launched one by one, not as a graph: The HIP library"));
  EXPECT_THAT(session.notice(), HasSubstr("has no function hipStreamBeginCapture."));
}

TEST_F(ApiTest, DecodesStreams) {
  Decoder decoder(openModel(), true);
  EXPECT_EQ(decoder.push(9), "h");
  EXPECT_EQ(decoder.push(31), "");
  EXPECT_EQ(decoder.finish(), "");
}

TEST_F(ApiTest, SamplesFromLogits) {
  Sampler sampler(params.sampler);
  EXPECT_EQ(sampler.sample(std::vector<float>{0, 3, 1}), 1u);
  EXPECT_EQ(codeOf([&] { sampler.sample({}); }), QCC_INVALID_ARGUMENT);
}
