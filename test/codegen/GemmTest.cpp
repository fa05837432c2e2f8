// Matmuls on matrix instructions, of many rows and of a few that weights stream past, with
// schedules that small models are not given: the layout's documentation, read by the test, against
// what the kernel computes.
#include "dialects/qnt/PackedWeight.h"
#include "mlir/AsmParser/AsmParser.h"
#include "test/codegen/MatmulRun.h"
#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace qcc;

namespace {

struct Case {
  const char *name;
  const char *chip;
  int64_t bits, block;
  bool zeros;
  int64_t tileRows, stage;
  /// Rows of the step, of those that the kernel is made for: the last workgroup has some of a tile,
  /// or no more than a fragment.
  int64_t rows;
  int64_t capacity = 256, depth = 1024;
  /// Waves that share K where weights stream past; 0: the kernel is one of many rows.
  int64_t splitK = 0;
  int64_t prefetch = 1;
  int64_t splits = 1; // workgroups that share K of many rows
  bool streams() const { return splitK != 0; }
};

const Case cases[] = {
    {"Cdna2", "gfx90a", 4, 128, false, 128, 64, 100},
    {"Cdna2EightBits", "gfx90a", 8, 64, true, 64, 64, 81},
    {"Cdna3", "gfx942", 4, 64, true, 128, 64, 140},
    {"Cdna3EightBits", "gfx942", 8, 128, false, 128, 64, 250},
    {"Cdna3DeepStages", "gfx942", 4, 32, false, 64, 128, 256},
    {"Cdna4", "gfx950", 4, 128, false, 128, 64, 129},
    {"Rdna3", "gfx1100", 4, 64, true, 128, 32, 100},
    {"Rdna3EightBits", "gfx1100", 8, 128, false, 64, 64, 70},
    {"Rdna4", "gfx1201", 4, 32, true, 128, 64, 131},
    {"Rdna4EightBits", "gfx1201", 8, 128, false, 128, 64, 256},
    // All of K at once, each wave alone; all waves together; stages of which the last is not full.
    {"Cdna2FewRows", "gfx90a", 4, 128, false, 4, 0, 4, 4, 1024, 1, 4},
    {"Cdna2FewRowsEightBits", "gfx90a", 8, 64, true, 16, 512, 13, 16, 1024, 4, 8},
    {"Cdna3FewRows", "gfx942", 4, 128, false, 8, 512, 8, 8, 1280, 2, 4},
    {"Cdna3FewRowsOddZeros", "gfx942", 4, 32, true, 5, 1024, 5, 5, 1024, 4, 1},
    {"Cdna3FewRowsTwoTiles", "gfx942", 8, 128, false, 8, 512, 11, 16, 1152, 4, 4},
    {"Cdna4FewRows", "gfx950", 4, 16, true, 16, 1024, 16, 16, 3072, 2, 8},
    {"Rdna3FewRows", "gfx1100", 4, 128, false, 8, 256, 8, 8, 1152, 2, 8},
    {"Rdna3FewRowsEightBits", "gfx1100", 8, 16, true, 16, 256, 15, 16, 1024, 4, 4},
    {"Rdna4FewRows", "gfx1201", 4, 64, true, 16, 512, 9, 16, 1024, 4, 4},
    {"Rdna4FewRowsEightBits", "gfx1201", 8, 128, false, 6, 128, 6, 6, 1024, 1, 2},
    {"Cdna2TwoSplits", "gfx90a", 8, 64, false, 64, 64, 70, .splits = 2},
    {"Cdna3UnevenSplits", "gfx942", 4, 64, true, 128, 64, 140, .splits = 3},
    {"Cdna3AStageEach", "gfx942", 4, 128, false, 32, 128, 33, .splits = 8},
    {"Cdna4UnevenSplits", "gfx950", 4, 128, false, 64, 64, 100, .splits = 5},
    {"Rdna3UnevenSplits", "gfx1100", 4, 64, true, 64, 32, 100, .splits = 6},
    {"Rdna3OneRow", "gfx1100", 8, 128, false, 16, 64, 1, .splits = 4},
    {"Rdna4UnevenSplits", "gfx1201", 4, 32, true, 64, 64, 131, .splits = 3},
};

constexpr int64_t columns = 200;

/// The weight's layout: runs of two loads, two columns a lane.
struct Layout {
  int64_t columnsOfStep, lanesK, columnsPerLane = 2, runLoads = 2;
};

class Gemm : public testing::TestWithParam<Case> {
protected:
  const Chip &chip() const { return *findChip(GetParam().chip); }
  Layout layout() const {
    int64_t wave = chip().waveSize, lanesK = GetParam().streams() ? wave / 16 : 8;
    return {wave / lanesK, lanesK};
  }
  const MatrixShape &matrix() const {
    return GetParam().streams() ? chip().has.matrixOfFewRows : chip().has.matrixOfHalves;
  }
  unsigned waves() const { return GetParam().streams() ? 4 : 256 / chip().waveSize; }

  std::string weightText() const {
    const Case &tried = GetParam();
    Layout l = layout();
    return llvm::formatv(
        "!qnt.weight<[{0}, {1}], u{2}, block = {3}, scale = f16{4}, layout = #qnt.tiled<columns = "
        "{5}, lanesK = {6}, columnsPerLane = {7}, order = \"pairs\", runLoads = {8}>>",
        columns, tried.depth, tried.bits, tried.block, tried.zeros ? ", zero = u4" : "",
        l.columnsOfStep, l.lanesK, l.columnsPerLane, l.runLoads);
  }

  // What the planner reserves where K is shared: sums of a tile of 128 columns for each of
  // `splits`.
  static constexpr unsigned columnTiles = (columns + 127) / 128;
  size_t workspace() const {
    const Case &tried = GetParam();
    return tried.splits == 1 ? 0 : tried.splits * tried.capacity * columnTiles * 128 * 4;
  }
  size_t counters() const {
    const Case &tried = GetParam();
    return tried.splits == 1 ? 0 : tried.capacity / tried.tileRows * columnTiles;
  }
  std::string memoryText() const {
    return workspace() == 0 ? ""
                            : llvm::formatv(" workspace = {0} : i64, counters = {1} : i64,",
                                            workspace(), counters())
                                  .str();
  }

  std::string kernelText() const {
    const Case &tried = GetParam();
    const MatrixShape &m = matrix();
    return llvm::formatv(
        R"(
!w = {0}
tile.kernel @k(%x: tensor<{1}x{2}xf16>, %w: !w, %b: !lm.batch) -> tensor<{1}x{3}xf16> attributes {{
    kind = "matmul", row_capacity = {1} : i64,{16}
    schedule = #tile.schedule<waves = {4}, rows = {5}, splitK = {13}, stage = {6}, prefetch = {14}, splits = {15}, columns = {7},
        matrix = <rows = {8}, columns = {9}, depth = {10}, depthLanes = {11}, rowRun = {12}>>} {{
  %m = qnt.matmul %x, %w : tensor<{1}x{2}xf16>, !w -> tensor<{1}x{3}xf16>
  tile.return %m : tensor<{1}x{3}xf16>
})",
        weightText(), tried.capacity, tried.depth, columns, waves(), tried.tileRows, tried.stage,
        tried.streams() ? 0 : 128 / waves(), m.rows, m.columns, m.depth, m.depthLanes, m.rowRun,
        std::max<int64_t>(tried.splitK, 1), tried.prefetch, tried.splits, memoryText());
  }

  /// Workgroups along x and y: those of many rows go by rows first.
  std::array<unsigned, 2> workgroups() const {
    const Case &tried = GetParam();
    unsigned rowTiles = (tried.capacity + tried.tileRows - 1) / tried.tileRows;
    if (!tried.streams()) {
      return {rowTiles, columnTiles * static_cast<unsigned>(tried.splits)};
    }
    Layout l = layout();
    int64_t ofGroup = l.columnsOfStep * l.columnsPerLane * waves() / tried.splitK;
    return {static_cast<unsigned>((columns + ofGroup - 1) / ofGroup), rowTiles};
  }

  /// The element of row `n` and column `k` of the weight, by the documentation of #qnt.tiled.
  float weight(const qnt::PackedWeight &packed, const std::vector<uint8_t> &bytes, int64_t n,
               int64_t k) const {
    const Case &tried = GetParam();
    Layout l = layout();
    int64_t perLoad = 128 / tried.bits, run = l.runLoads * perLoad,
            panelColumns = l.columnsOfStep * l.columnsPerLane;
    int64_t panel = n / panelColumns, slot = n % panelColumns / l.columnsOfStep,
            column = n % l.columnsOfStep;
    int64_t depthLane = k / run % l.lanesK, load = k % run / perLoad, element = k % perLoad;
    int64_t step = k / (run * l.lanesK) * l.runLoads + load, steps = packed.steps();
    int64_t lane = column * l.lanesK + depthLane;
    int64_t offset =
        (((panel * steps + step) * l.columnsPerLane + slot) * chip().waveSize + lane) * 16;
    int64_t perWord = 32 / tried.bits, pair = element % perWord;
    uint32_t word = 0;
    std::memcpy(&word, &bytes[offset + element / perWord * 4], 4);
    uint32_t q = word >> (pair / 2 * tried.bits + pair % 2 * 16) & ((1u << tried.bits) - 1);
    int64_t block = (panel * packed.blocks() + k / tried.block) * panelColumns + n % panelColumns;
    auto half = [&](int64_t at) {
      _Float16 value = 0;
      std::memcpy(&value, &bytes[at + 2 * block], 2);
      return float(value);
    };
    float zero = tried.zeros ? half(packed.zerosOffset()) : float(packed.implicitZero());
    return (float(q) - zero) * half(packed.scalesOffset());
  }

  /// Random elements, scales of some thousandths, and zero points.
  std::vector<uint8_t> randomWeight(const qnt::PackedWeight &packed) {
    std::vector<uint8_t> bytes(packed.bytes());
    for (int64_t at = 0; at < packed.scalesOffset(); ++at) {
      bytes[at] = random() & 0xFF;
    }
    for (int64_t at = packed.scalesOffset(); at + 2 <= packed.bytes(); at += 2) {
      bool isZero = GetParam().zeros && at >= packed.zerosOffset();
      _Float16 value = isZero ? _Float16(float(random() % 16))
                              : _Float16(0.001f + 0.0001f * float(random() % 50));
      std::memcpy(&bytes[at], &value, 2);
    }
    return bytes;
  }

  /// The results [capacity, columns] of the kernel; rows that it does not write stay NaN.
  std::vector<_Float16> run(const std::vector<_Float16> &x, const std::vector<uint8_t> &weights);

  std::mt19937 random{7};
};

std::vector<_Float16> Gemm::run(const std::vector<_Float16> &x,
                                const std::vector<uint8_t> &weights) {
  std::vector<_Float16> result(GetParam().capacity * columns,
                               std::numeric_limits<float>::quiet_NaN());
  std::vector<uint32_t> state(4 + 4 * GetParam().capacity);
  state[0] = GetParam().rows;
  test::runMatmul(kernelText(), chip(),
                  {workgroups(), waves() * chip().waveSize, workspace(), counters()},
                  {std::as_bytes(std::span(x)), std::as_bytes(std::span(weights)),
                   std::as_bytes(std::span(state))},
                  std::as_writable_bytes(std::span(result)));
  return result;
}

TEST_P(Gemm, ComputesWhatTheLayoutHolds) {
  int64_t capacity = GetParam().capacity, depth = GetParam().depth;
  mlir::MLIRContext context;
  context.loadDialect<qnt::QntDialect>();
  auto type = mlir::dyn_cast_or_null<qnt::WeightType>(mlir::parseType(weightText(), &context));
  ASSERT_TRUE(type);
  qnt::PackedWeight packed(type);
  std::vector<uint8_t> weights = randomWeight(packed);
  // Rows past the step's are NaN: none of them may get into the others.
  std::vector<_Float16> x(capacity * depth, std::numeric_limits<float>::quiet_NaN());
  for (int64_t i = 0; i < GetParam().rows * depth; ++i) {
    x[i] = _Float16(float(random() % 2001) / 1000 - 1);
  }
  std::vector<_Float16> result = run(x, weights);
  if (GetParam().splits > 1) {
    // Whichever workgroup comes last: the same sums.
    std::vector<_Float16> again = run(x, weights);
    EXPECT_EQ(std::memcmp(result.data(), again.data(), 2 * result.size()), 0);
  }
  double error = 0, norm = 0;
  for (int64_t n = 0; n < columns; ++n) {
    std::vector<float> row;
    for (int64_t k = 0; k < depth; ++k) {
      row.push_back(weight(packed, weights, n, k));
    }
    for (int64_t t = 0; t < GetParam().rows; ++t) {
      double expected = 0;
      for (int64_t k = 0; k < depth; ++k) {
        expected += double(x[t * depth + k]) * row[k];
      }
      double difference = double(result[t * columns + n]) - expected;
      error += difference * difference;
      norm += expected * expected;
    }
    for (int64_t t = GetParam().rows; t < capacity; ++t) {
      ASSERT_TRUE(std::isnan(float(result[t * columns + n]))) << "row " << t << " is written";
    }
  }
  // Weights and results are rounded to f16, each by 2^-12 of its size on average at most.
  EXPECT_LE(std::sqrt(error / norm), 5e-4);
}

INSTANTIATE_TEST_SUITE_P(Chips, Gemm, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
