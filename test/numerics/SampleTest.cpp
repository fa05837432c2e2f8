// Sampling kernels on the emulated device, every chip: they pick the tokens that text::Sampler
// picks.
#include "compiler/codegen/CodeObject.h"
#include "dialects/lm/Lm.h"
#include "emulator/hip_api/Emulated.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include "passes/plan/ScheduleTable.h"
#include "passes/tile/Passes.h"
#include "passes/translate/Passes.h"
#include "runtime/session/SamplerRecord.h"
#include "runtime/text/Sampler.h"
#include "test/emulator/hip_api/HipCalls.h"
#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

using namespace qcc;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

void check(hipError_t error) {
  EXPECT_EQ(error, hipSuccess) << qccEmulatedLastError();
}

/// Device memory with these bytes.
class Memory {
public:
  explicit Memory(std::span<const uint8_t> content) : bytes(content.size()) {
    check(hipMalloc(&address, bytes));
    write(content);
  }
  Memory(const Memory &) = delete;
  ~Memory() { check(hipFree(address)); }

  void write(std::span<const uint8_t> content) {
    check(hipMemcpyHtoD(address, content.data(), content.size()));
  }
  std::vector<uint32_t> words() const {
    std::vector<uint32_t> content(bytes / sizeof(uint32_t));
    check(hipMemcpyDtoH(content.data(), address, bytes));
    return content;
  }
  void *address = nullptr;

private:
  size_t bytes;
};

template <typename T> std::span<const uint8_t> bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const uint8_t *>(values.data()), values.size() * sizeof(T)};
}

/// The kernel that samples `rows` rows of a vocabulary, compiled for a chip and loaded.
class SampleKernel {
public:
  SampleKernel(const Chip &chip, uint32_t vocabulary, uint32_t rows)
      : vocabulary(vocabulary), rows(rows),
        workItems(plan::chooseSampleWaves(vocabulary, chip.waveSize) * chip.waveSize) {
    EXPECT_EQ(qccEmulatedSetChip(chip.name.data()), 0);
    auto object = compile(chip);
    if (!object) {
      ADD_FAILURE() << llvm::toString(object.takeError());
      return;
    }
    check(hipModuleLoadData(&module, object->bytes.data()));
    check(hipModuleGetFunction(&function, module, "k"));
  }
  SampleKernel(const SampleKernel &) = delete;
  ~SampleKernel() { check(hipModuleUnload(module)); }

  void launch(Memory &logits, Memory &state, Memory &sampler) const {
    void *arguments[] = {&logits.address, &state.address, &sampler.address};
    check(hipModuleLaunchKernel(function, rows, 1, 1, workItems, 1, 1, 0, nullptr, arguments,
                                nullptr));
  }

  const uint32_t vocabulary, rows;

private:
  llvm::Expected<codegen::CodeObject> compile(const Chip &chip) const {
    std::string text = llvm::formatv(R"(
!logits = tensor<{0}x{1}xf32>
!sampler = !lm.sampler<{1}, slots = {0}>
tile.kernel @k(%logits: !logits, %batch: !lm.batch, %sampler: !sampler) -> (!lm.batch, !sampler)
    attributes {{kind = "sample", row_capacity = {0} : i64,
      schedule = #tile.schedule<waves = {2}, rows = 1, splitK = 1, stage = 0>} {{
  %next, %new = lm.sample %logits, %batch, %sampler : !logits, !sampler
  tile.return %next, %new : !lm.batch, !sampler
})",
                                     rows, vocabulary, workItems / chip.waveSize);
    mlir::DialectRegistry registry;
    registry.insert<lm::LmDialect, tile::TileDialect, mlir::arith::ArithDialect,
                    mlir::math::MathDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
    codegen::registerTranslations(registry);
    mlir::MLIRContext context(registry);
    auto parsed = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    mlir::PassManager manager(&context);
    tile::buildTileStage(manager, chip.waveSize, /*persistentRows=*/0);
    translate::buildTranslateStage(manager, chip);
    if (!parsed || mlir::failed(manager.run(*parsed))) {
      return llvm::createStringError("the kernel was not lowered");
    }
    return codegen::emitCodeObject(*parsed, chip);
  }

  unsigned workItems;
  hipModule_t module = nullptr;
  hipFunction_t function = nullptr;
};

/// A decode step of `rows` sequences: row i is of slot i, at position 100 i.
std::vector<uint32_t> stateOf(uint32_t rows) {
  std::vector<uint32_t> words(4 + 5 * rows);
  words[0] = words[1] = rows;
  for (uint32_t row = 0; row < rows; ++row) {
    words[4 + rows + row] = row;           // slots
    words[4 + 2 * rows + row] = 100 * row; // positions
    words[4 + 3 * rows + row] = row;       // logit_index
  }
  return words;
}

/// The records of samplers with these options, a slot each.
std::vector<uint8_t> recordsOf(uint32_t vocabulary, std::span<const text::SamplingOptions> options,
                               std::span<const uint32_t> history) {
  uint64_t bytes = 64 + (vocabulary + 511) / 512 * 64;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateSamplerLayout(builder, bytes, 0, 64));
  auto *layout = flatbuffers::GetRoot<fb::SamplerLayout>(builder.GetBufferPointer());
  std::vector<uint8_t> records(bytes * options.size());
  for (size_t slot = 0; slot < options.size(); ++slot) {
    auto parameters = text::SamplerParameters::of(options[slot]);
    EXPECT_TRUE(parameters.ok());
    runtime::writeSamplerRecord(*layout, vocabulary, *parameters, history,
                                std::span(records).subspan(slot * bytes, bytes));
  }
  return records;
}

using Logits = std::vector<float>;

/// Logits as a language model's: normal, with a few large ones. The same on every machine.
Logits modelLogits(uint32_t vocabulary, uint32_t seed) {
  std::mt19937 random(seed);
  Logits logits(vocabulary);
  for (float &logit : logits) {
    float sum = 0;
    for (int i = 0; i < 12; ++i) {
      sum += random() * 0x1p-32f;
    }
    logit = 3 * (sum - 6) + (random() % 97 == 0 ? 8.0f : 0.0f);
  }
  return logits;
}

/// A few values, so that most tokens are tied.
Logits tiedLogits(uint32_t vocabulary, uint32_t seed) {
  std::mt19937 random(seed);
  Logits logits(vocabulary);
  for (float &logit : logits) {
    logit = std::array{-1.0f, 0.0f, -0.0f, 0.5f, 0.5f, -infinity}[random() % 6];
  }
  return logits;
}

Logits aloneLogits(uint32_t vocabulary, uint32_t seed) {
  Logits logits(vocabulary, -infinity);
  logits[seed % vocabulary] = -2.5f;
  return logits;
}

/// What callers ask for: each filter alone, and all at once.
const std::vector<text::SamplingOptions> samplings = {
    {},
    {.temperature = 1.0f, .seed = 1},
    {.temperature = 0.7f, .topK = 40, .seed = 2},
    {.temperature = 1.0f, .topP = 0.9f, .seed = 3},
    {.temperature = 1.5f, .minP = 0.05f, .seed = uint64_t(1) << 60},
    {.temperature = 1.0f, .topK = 1, .seed = 5},
    {.repetitionPenalty = 1.3f},
    {.repetitionPenalty = 1.2f,
     .temperature = 0.8f,
     .topK = 100,
     .topP = 0.95f,
     .minP = 0.01f,
     .seed = 7},
};

std::vector<const Chip *> chipRows() {
  std::vector<const Chip *> rows;
  for (const Chip &chip : allChips()) {
    rows.push_back(&chip);
  }
  return rows;
}

class Sample : public ::testing::TestWithParam<const Chip *> {
protected:
  const Chip &chip() const { return *GetParam(); }
};

/// Runs `steps` steps of one sequence for each of `samplings`, all with the same logits, and
/// expects the host's tokens.
void expectHostsTokens(const SampleKernel &kernel, const std::function<Logits(uint32_t)> &logitsOf,
                       int steps) {
  ASSERT_EQ(kernel.rows, samplings.size());
  const std::vector<uint32_t> prompt = {0, kernel.vocabulary / 2, kernel.vocabulary - 1};
  Memory state(bytesOf(stateOf(kernel.rows)));
  Memory sampler(recordsOf(kernel.vocabulary, samplings, prompt));
  std::vector<text::Sampler> hosts;
  std::vector<std::vector<uint32_t>> histories(kernel.rows, prompt);
  for (const text::SamplingOptions &options : samplings) {
    hosts.push_back(*text::Sampler::create(options));
  }
  for (int step = 0; step < steps; ++step) {
    Logits logits = logitsOf(step), all;
    for (uint32_t row = 0; row < kernel.rows; ++row) {
      all.insert(all.end(), logits.begin(), logits.end());
    }
    Memory deviceLogits(bytesOf(all));
    kernel.launch(deviceLogits, state, sampler);
    std::vector<uint32_t> words = state.words();
    for (uint32_t row = 0; row < kernel.rows; ++row) {
      uint32_t expected = *hosts[row].sample(logits, histories[row]);
      EXPECT_EQ(words[4 + 4 * kernel.rows + row], expected) << "step " << step << " row " << row;
      EXPECT_EQ(words[4 + row], expected) << "the next step's token of row " << row;
      EXPECT_EQ(words[4 + 2 * kernel.rows + row], 100 * row + step + 1) << "its position";
      histories[row].push_back(expected);
    }
  }
}

} // namespace

TEST_P(Sample, PicksTheHostsTokens) {
  for (uint32_t vocabulary : {1u, 7u, 1000u, 32000u, 128256u}) {
    SCOPED_TRACE(vocabulary);
    SampleKernel kernel(chip(), vocabulary, samplings.size());
    int steps = vocabulary > 1000 ? 1 : 4;
    expectHostsTokens(kernel, [&](uint32_t step) { return modelLogits(vocabulary, step); }, steps);
  }
}

TEST_P(Sample, CutsTiesAsTheHost) {
  for (uint32_t vocabulary : {7u, 1000u}) {
    SCOPED_TRACE(vocabulary);
    SampleKernel kernel(chip(), vocabulary, samplings.size());
    expectHostsTokens(kernel, [&](uint32_t step) { return tiedLogits(vocabulary, step); }, 6);
    expectHostsTokens(kernel, [&](uint32_t) { return Logits(vocabulary, 1.0f); }, 3);
    expectHostsTokens(kernel, [&](uint32_t step) { return aloneLogits(vocabulary, step); }, 3);
  }
}

TEST_P(Sample, SaysWhyNoTokenCanBePicked) {
  constexpr uint32_t vocabulary = 100, rows = 4;
  SampleKernel kernel(chip(), vocabulary, rows);
  Logits logits(rows * vocabulary, 1.0f);
  std::fill_n(logits.begin(), vocabulary, -infinity);
  logits[vocabulary + 70] = logits[vocabulary + 31] = -std::nanf("");
  logits[2 * vocabulary + 99] = infinity;
  logits[3 * vocabulary + 5] = 2.0f;
  std::vector<text::SamplingOptions> options(rows, {.temperature = 1.0f, .topK = 1});
  std::vector<uint8_t> records = recordsOf(vocabulary, options, {});
  Memory deviceLogits(bytesOf(logits)), state(bytesOf(stateOf(rows))), sampler(records);
  kernel.launch(deviceLogits, state, sampler);
  std::vector<uint32_t> words = state.words();
  auto array = [&](uint32_t index) {
    return std::vector<uint32_t>(words.begin() + 4 + index * rows,
                                 words.begin() + 4 + (index + 1) * rows);
  };
  EXPECT_EQ(array(4), (std::vector<uint32_t>{~0u, (1u << 31) + 31, (1u << 31) + 99, 5}));
  // Only the row that has a token goes on.
  EXPECT_EQ(array(0), (std::vector<uint32_t>{0, 0, 0, 5}));
  EXPECT_EQ(array(2), (std::vector<uint32_t>{0, 100, 200, 301}));
}

// Pearson's test: with 7 degrees of freedom the sum stays below 24.3 in 999 of 1,000 runs. The seed
// is fixed, so that this run always does the same.
TEST_P(Sample, FollowsTheProbabilities) {
  constexpr uint32_t vocabulary = 8, rows = 64, steps = 25;
  SampleKernel kernel(chip(), vocabulary, rows);
  Logits row(vocabulary), logits;
  double sum = 0;
  for (uint32_t id = 0; id < vocabulary; ++id) {
    row[id] = 0.4f * id;
    sum += std::exp(row[id]);
  }
  std::vector<text::SamplingOptions> options;
  for (uint32_t i = 0; i < rows; ++i) {
    logits.insert(logits.end(), row.begin(), row.end());
    options.push_back({.temperature = 1.0f, .seed = i});
  }
  Memory deviceLogits(bytesOf(logits)), state(bytesOf(stateOf(rows)));
  Memory sampler(recordsOf(vocabulary, options, {}));
  std::vector<double> counts(vocabulary);
  for (uint32_t step = 0; step < steps; ++step) {
    kernel.launch(deviceLogits, state, sampler);
    std::vector<uint32_t> words = state.words();
    for (uint32_t i = 0; i < rows; ++i) {
      ++counts[words[4 + 4 * rows + i]];
    }
  }
  double chiSquare = 0;
  for (uint32_t id = 0; id < vocabulary; ++id) {
    double expected = rows * steps * std::exp(row[id]) / sum;
    chiSquare += (counts[id] - expected) * (counts[id] - expected) / expected;
  }
  EXPECT_LT(chiSquare, 24.3);
}

INSTANTIATE_TEST_SUITE_P(Chips, Sample, testing::ValuesIn(chipRows()),
                         [](const auto &info) { return info.param->name.str(); });
