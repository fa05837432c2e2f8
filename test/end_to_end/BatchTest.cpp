// Sixteen sequences of the demo model decoded together, on the emulated device: as each alone in a
// model compiled for one, and the same bits every time. Its checks are on and fatal: a race between
// workgroups fails a run. The chip is that of QCC_TEST_CHIP, since a process has one emulated chip.
#include "runtime/qcc_runtime.hpp"
#include "test/end_to_end/support/Chain.h"
#include "test/end_to_end/support/Models.h"

#include <gtest/gtest.h>

using namespace qcc::test;
using Tokens = std::vector<uint32_t>;
using Row = std::vector<float>;

namespace {

constexpr uint32_t batch = 16, steps = 3;

class Batch : public testing::Test {
protected:
  static void SetUpTestSuite() {
    setenv("QCC_EMULATED_CHECKS", "all,fatal", /*overwrite=*/1);
    qcc_device_params params;
    qcc_device_params_initialize(&params);
    params.name = "emulated";
    device = std::make_unique<qcc::api::Device>(params);
  }
  static void TearDownTestSuite() { device.reset(); }

  /// The demo model for `sequences` sequences.
  static qcc::api::Model compile(uint32_t sequences) {
    const char *chip = std::getenv("QCC_TEST_CHIP");
    ScratchFolder folder;
    std::string artifact = folder.file("model.hsaco");
    EXPECT_TRUE(compileModel(demoModel(), chip ? chip : "gfx942", artifact,
                             {"--max-context", "32", "--prefill-rows", "32", "--max-batch",
                              std::to_string(sequences)}));
    return qcc::api::Model(artifact);
  }

  /// A prompt of one to five tokens.
  static Tokens promptOf(uint32_t sequence) {
    Tokens prompt;
    for (uint32_t i = 0; i <= sequence % 5; ++i) {
      prompt.push_back(1 + (sequence * 131 + i * 37) % 4000);
    }
    return prompt;
  }
  static uint32_t tokenOf(uint32_t sequence, uint32_t step) {
    return 1 + (300 + 17 * sequence + 91 * step) % 4000;
  }

  static Row logits(qcc::api::Session &session, const qcc::api::Model &model, uint32_t row) {
    const float *first = session.logits(row);
    return Row(first, first + model.info().vocabulary_size);
  }

  /// The logits of sequences [first, first + count), step by step: [step][sequence].
  static std::vector<Row> decode(const qcc::api::Model &model, uint32_t first, uint32_t count) {
    qcc::api::Session session(*device, model);
    std::vector<uint32_t> sequences;
    for (uint32_t i = first; i < first + count; ++i) {
      sequences.push_back(session.addSequence());
      session.prefill(sequences.back(), promptOf(i));
    }
    std::vector<Row> rows;
    for (uint32_t step = 0; step < steps; ++step) {
      Tokens tokens;
      for (uint32_t i = first; i < first + count; ++i) {
        tokens.push_back(tokenOf(i, step));
      }
      session.decode(sequences, tokens);
      for (uint32_t i = 0; i < count; ++i) {
        rows.push_back(logits(session, model, i));
      }
    }
    return rows;
  }

  static inline std::unique_ptr<qcc::api::Device> device;
};

TEST_F(Batch, SixteenTogetherAsAlone) {
  std::vector<Row> together = decode(compile(batch), 0, batch);
  qcc::api::Model single = compile(1);
  for (uint32_t sequence = 0; sequence < batch; ++sequence) {
    std::vector<Row> alone = decode(single, sequence, 1);
    for (uint32_t step = 0; step < steps; ++step) {
      // Another kernel adds in another order, and rounds to fp16 in every layer.
      EXPECT_LE(distance(together[step * batch + sequence], alone[step]), 2e-3)
          << "sequence " << sequence << ", step " << step;
    }
  }
}

TEST_F(Batch, TheSameBitsEveryTime) {
  qcc::api::Model model = compile(batch);
  EXPECT_EQ(decode(model, 0, batch), decode(model, 0, batch));
}

} // namespace
