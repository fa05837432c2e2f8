// Several sequences in one session on the emulated device: together as alone, after truncation and
// reset as from the start, and the same bits every time. The chip is that of QCC_TEST_CHIP, since a
// process has one emulated chip.
#include "bench/generate_model/Decoder.h"
#include "runtime/qcc_runtime.hpp"
#include "test/end_to_end/support/Chain.h"

#include <gtest/gtest.h>

using namespace qcc::test;
using Tokens = std::vector<uint32_t>;
using Row = std::vector<float>;

namespace {

constexpr uint32_t maxBatch = 4, maxContext = 48;

/// Prompts of different lengths: one token, less than a prefill step of 8, a whole one, and more
/// than two.
const std::vector<Tokens> prompts = {
    {5},
    {9, 8, 7},
    {1, 2, 3, 4, 5, 6, 7, 8},
    {11, 22, 33, 44, 55, 66, 77, 88, 99, 111, 122, 133, 144, 155, 166, 177, 188, 199, 210}};

class Sequences : public testing::Test {
protected:
  static void SetUpTestSuite() {
    const char *chip = std::getenv("QCC_TEST_CHIP");
    folder = std::make_unique<ScratchFolder>();
    ASSERT_TRUE(qcc::bench::writeModel({.hidden = 128, .window = 16}, folder->path).ok());
    std::string artifact = folder->file("model.hsaco");
    ASSERT_TRUE(compileModel(folder->file("model.onnx"), chip ? chip : "gfx942", artifact,
                             {"--max-batch", std::to_string(maxBatch), "--max-context",
                              std::to_string(maxContext), "--prefill-rows", "8"}));
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
  }

  Row logits(uint32_t row = 0) {
    const float *first = session->logits(row);
    return Row(first, first + model->info().vocabulary_size);
  }

  /// The logits after `tokens`, fed to `sequence` one at a time.
  std::vector<Row> decode(uint32_t sequence, const Tokens &tokens) {
    std::vector<Row> rows;
    for (uint32_t token : tokens) {
      session->decode({{sequence}}, {{token}});
      rows.push_back(logits());
    }
    return rows;
  }

  /// The prompts' sequences, prefilled.
  std::vector<uint32_t> addPrompts() {
    std::vector<uint32_t> sequences;
    for (const Tokens &prompt : prompts) {
      sequences.push_back(session->addSequence());
      session->prefill(sequences.back(), prompt);
    }
    return sequences;
  }

  /// The logits of five steps that feed every sequence a token of its own.
  std::vector<Row> decodeTogether(const std::vector<uint32_t> &sequences) {
    std::vector<Row> rows;
    for (uint32_t step = 0; step < 5; ++step) {
      Tokens tokens;
      for (uint32_t i = 0; i < sequences.size(); ++i) {
        tokens.push_back(tokenOf(i, step));
      }
      session->decode(sequences, tokens);
      for (uint32_t i = 0; i < sequences.size(); ++i) {
        rows.push_back(logits(i));
      }
    }
    return rows;
  }

  static uint32_t tokenOf(uint32_t sequence, uint32_t step) { return 300 + 17 * sequence + step; }

  static inline std::unique_ptr<ScratchFolder> folder;
  static inline std::unique_ptr<qcc::api::Model> model;
  static inline std::unique_ptr<qcc::api::Device> device;
  std::unique_ptr<qcc::api::Session> session;
};

} // namespace

TEST_F(Sequences, TogetherAsAlone) {
  std::vector<Row> together = decodeTogether(addPrompts());
  for (uint32_t i = 0; i < prompts.size(); ++i) {
    session = std::make_unique<qcc::api::Session>(*device, *model);
    uint32_t sequence = session->addSequence();
    session->prefill(sequence, prompts[i]);
    for (uint32_t step = 0; step < 5; ++step) {
      Row row = decode(sequence, {tokenOf(i, step)}).front();
      // A step of several rows may use another kernel, which adds in another order: a few
      // roundings of fp16.
      EXPECT_LE(distance(together[step * prompts.size() + i], row), 1e-3) << i << ", " << step;
    }
  }
}

TEST_F(Sequences, SameBitsEveryTime) {
  std::vector<Row> first = decodeTogether(addPrompts());
  session = std::make_unique<qcc::api::Session>(*device, *model);
  EXPECT_EQ(first, decodeTogether(addPrompts()));
}

TEST_F(Sequences, StepsOfMixedSequencesAsPrefills) {
  std::vector<uint32_t> sequences = addPrompts();
  std::vector<Row> expected = decodeTogether(sequences);
  for (uint32_t sequence : sequences) {
    session->resetSequence(sequence);
  }
  // Tokens of all sequences in turn, 8 a step, as a scheduler that mixes prompts would feed them.
  std::vector<qcc_row> rows;
  for (size_t position = 0; position < prompts.back().size(); ++position) {
    for (size_t i = 0; i < prompts.size(); ++i) {
      if (position < prompts[i].size()) {
        rows.push_back({sequences[i], prompts[i][position], true});
      }
    }
  }
  for (size_t begin = 0; begin < rows.size(); begin += 8) {
    session->step(std::span(rows).subspan(begin, std::min<size_t>(8, rows.size() - begin)));
  }
  std::vector<Row> actual = decodeTogether(sequences);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LE(distance(actual[i], expected[i]), 1e-3) << i; // as above
  }
}

TEST_F(Sequences, TruncatedAsNeverGrown) {
  uint32_t sequence = session->addSequence();
  session->prefill(sequence, prompts[3]);
  std::vector<Row> expected = decode(sequence, {400, 401, 402});
  session->truncateSequence(sequence, prompts[3].size());
  decode(sequence, {7, 7, 7, 7, 7});
  session->truncateSequence(sequence, prompts[3].size());
  EXPECT_EQ(session->sequenceLength(sequence), prompts[3].size());
  EXPECT_EQ(decode(sequence, {400, 401, 402}), expected);
}

TEST_F(Sequences, ResetAsNew) {
  std::vector<uint32_t> sequences = addPrompts();
  std::vector<Row> expected = decode(sequences[1], {400, 401});
  session->resetSequence(sequences[1]);
  EXPECT_EQ(session->sequenceLength(sequences[1]), 0u);
  session->prefill(sequences[1], prompts[1]);
  EXPECT_EQ(decode(sequences[1], {400, 401}), expected);
}

TEST_F(Sequences, RemovedSlotServesAnother) {
  std::vector<uint32_t> sequences = addPrompts();
  std::vector<Row> expected = decode(sequences[2], {400, 401});
  session->removeSequence(sequences[0]);
  uint32_t another = session->addSequence();
  session->prefill(another, prompts[2]);
  EXPECT_EQ(decode(another, {400, 401}), expected);
}

TEST_F(Sequences, FullSequenceIsRefusedAndTheOthersGoOn) {
  std::vector<uint32_t> sequences = addPrompts();
  EXPECT_THROW(session->addSequence(), qcc::api::Error);
  Tokens rest(maxContext - prompts[0].size(), 3);
  session->prefill(sequences[0], rest);
  try {
    session->decode({{sequences[0]}}, {{3}});
    FAIL() << "a token beyond the context was taken";
  } catch (const qcc::api::Error &error) {
    EXPECT_EQ(error.code(), QCC_CONTEXT_FULL) << error.what();
  }
  EXPECT_EQ(session->sequenceLength(sequences[0]), maxContext);
  EXPECT_NO_THROW(decode(sequences[1], {400}));
}

/// Samplers of as many kinds as there are prompts.
static std::vector<qcc_sampler_params> samplers() {
  std::vector<qcc_sampler_params> all(prompts.size());
  for (qcc_sampler_params &params : all) {
    qcc_sampler_params_initialize(&params);
  }
  all[1].temperature = 1.0f;
  all[1].seed = 11;
  all[2].temperature = 0.8f;
  all[2].top_k = 20;
  all[2].top_p = 0.9f;
  all[3].temperature = 1.3f;
  all[3].min_p = 0.02f;
  all[3].repetition_penalty = 1.2f;
  return all;
}

TEST_F(Sequences, TheDevicePicksTheTokensThatTheHostWould) {
  qcc_generate_params params;
  qcc_generate_params_initialize(&params);
  params.max_tokens = 12;
  params.ignore_end_of_sequence = true;
  for (const qcc_sampler_params &sampler : samplers()) {
    params.sampler = sampler;
    params.callback = nullptr;
    Tokens picked = session->generate(session->addSequence(), prompts[2], params).tokens;
    // A callback that is told the logits has the host pick.
    params.callback = [](void *, const qcc_generated *generated) {
      return generated->logits != nullptr;
    };
    session = std::make_unique<qcc::api::Session>(*device, *model);
    EXPECT_EQ(session->generate(session->addSequence(), prompts[2], params).tokens, picked);
  }
}

TEST_F(Sequences, EachIsSampledByItsOwnSampler) {
  std::vector<uint32_t> sequences;
  std::vector<qcc::api::Sampler> hosts;
  std::vector<Tokens> histories(prompts.begin(), prompts.end());
  Tokens tokens;
  for (uint32_t i = 0; i < prompts.size(); ++i) {
    sequences.push_back(session->addSequence());
    hosts.emplace_back(samplers()[i]);
    session->setSampler(sequences[i], samplers()[i], prompts[i]);
    tokens.push_back(session->prefillAndSample(sequences[i], prompts[i]));
    EXPECT_EQ(tokens[i], hosts[i].sample(logits(), histories[i]));
  }
  for (int step = 0; step < 5; ++step) {
    for (uint32_t i = 0; i < prompts.size(); ++i) {
      histories[i].push_back(tokens[i]);
    }
    tokens = session->decodeAndSample(sequences, tokens);
    for (uint32_t i = 0; i < prompts.size(); ++i) {
      EXPECT_EQ(tokens[i], hosts[i].sample(logits(i), histories[i])) << step << ", " << i;
    }
  }
}
