// Matmuls of quantized rows by integer dot products, and on matrix instructions of bytes: the
// layout's documentation, read by the test, against what the kernel computes.
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
  int64_t tileRows; // that a workgroup computes
  int64_t rows;     // of the step, of those that the kernel is made for
  int64_t splitK = 1;
  int64_t stage = 0;
  bool norm = true;
  int64_t depth = 1024;
  int64_t lanesK = 8;
  int64_t runLoads = 0; // 0: as many as a lane meets one scale with
  bool onMatrix = false;
};

/// A kernel on matrix instructions.
Case matrixCase(const char *name, const char *chip, int64_t bits, int64_t block, bool zeros,
                int64_t tileRows, int64_t rows, int64_t stage, int64_t depth, int64_t lanesK,
                int64_t runLoads) {
  return {.name = name,
          .chip = chip,
          .bits = bits,
          .block = block,
          .zeros = zeros,
          .tileRows = tileRows,
          .rows = rows,
          .stage = stage,
          .norm = rows % 2 == 0,
          .depth = depth,
          .lanesK = lanesK,
          .runLoads = runLoads,
          .onMatrix = true};
}

constexpr int64_t rowBlock = 128, waves = 4;
constexpr double epsilon = 0.01;

const Case cases[] = {
    // One row, as decode has it: per channel, and blocks from those of a piece of rows to two of
    // the rows'.
    {"Block16", "gfx942", 4, 16, false, 1, 1},
    {"Block32", "gfx1100", 4, 32, false, 1, 1},
    {"Block64", "gfx90a", 4, 64, false, 1, 1},
    {"Block128", "gfx942", 4, 128, false, 1, 1, 2},
    {"Block256", "gfx1201", 4, 256, false, 1, 1},
    {"WholeRows", "gfx950", 4, 1024, false, 1, 1, 2},
    {"EightBitsBlock16", "gfx1100", 8, 16, false, 1, 1},
    {"EightBitsBlock128", "gfx942", 8, 128, false, 1, 1, 1, 0, false},
    {"EightBitsBlock256", "gfx90a", 8, 256, false, 1, 1},
    {"EightBitsWholeRows", "gfx1201", 8, 1024, false, 1, 1, 4},
    // Zero points.
    {"ZerosBlock16", "gfx1201", 4, 16, true, 1, 1},
    {"ZerosBlock128", "gfx942", 4, 128, true, 1, 1, 2},
    {"ZerosBlock256", "gfx1100", 4, 256, true, 1, 1},
    {"ZerosWholeRows", "gfx90a", 4, 1024, true, 1, 1},
    {"EightBitsZerosBlock32", "gfx950", 8, 32, true, 1, 1},
    {"EightBitsZerosWholeRows", "gfx1100", 8, 1024, true, 1, 1},
    // Several rows, some of them past the step's, in stages, and deeper than a turn of staging.
    {"EightRows", "gfx942", 4, 128, false, 8, 8},
    {"SevenRows", "gfx1100", 4, 32, true, 4, 7},
    {"FiveRows", "gfx1201", 8, 128, false, 4, 5, 2},
    {"ThreeRows", "gfx90a", 8, 64, true, 2, 3, 1, 0, false},
    {"Stages", "gfx942", 4, 64, false, 8, 6, 2, 512},
    {"StagesEightBits", "gfx1100", 8, 128, true, 4, 8, 1, 512},
    {"Deep", "gfx950", 4, 128, false, 1, 1, 4, 0, true, 8192},
    {"DeepEightBits", "gfx1201", 8, 256, true, 1, 2, 2, 0, true, 4096},
    // Stages that are a lane's run, and parts of one; the last workgroup has some of a tile, or no
    // more than a fragment.
    matrixCase("MatrixCdna2", "gfx90a", 4, 128, false, 64, 80, 128, 1024, 8, 4),
    matrixCase("MatrixCdna2LongRuns", "gfx90a", 8, 1024, true, 64, 71, 128, 2048, 8, 16),
    matrixCase("MatrixCdna4Zeros", "gfx950", 4, 64, true, 64, 96, 64, 1024, 8, 2),
    matrixCase("MatrixRdna3EightBitsZeros", "gfx1100", 8, 128, true, 32, 41, 128, 1024, 8, 8),
    matrixCase("MatrixRdna4Block32", "gfx1201", 8, 32, false, 64, 96, 32, 1024, 8, 2),
    // Stages over several depth lanes, as K of odd multiples of 512 has them.
    matrixCase("MatrixCdna2Lanes", "gfx90a", 8, 128, true, 64, 90, 128, 1536, 16, 2),
    matrixCase("MatrixCdna3Lanes", "gfx942", 4, 128, false, 64, 77, 128, 1536, 16, 1),
    matrixCase("MatrixCdna3LanesZeros", "gfx942", 4, 1536, true, 32, 96, 128, 1536, 16, 1),
    matrixCase("MatrixCdna4Lanes", "gfx950", 4, 256, false, 64, 65, 128, 1152, 4, 1),
    matrixCase("MatrixRdna3Lanes", "gfx1100", 4, 128, true, 32, 50, 128, 1536, 16, 1),
    matrixCase("MatrixRdna4Lanes", "gfx1201", 8, 64, true, 64, 33, 64, 768, 16, 1),
    // Of half a load for each group of lanes along the depth.
    matrixCase("MatrixCdna3Block32", "gfx942", 4, 32, true, 64, 78, 32, 1024, 8, 1),
    matrixCase("MatrixCdna4Block32", "gfx950", 4, 32, false, 32, 96, 32, 512, 4, 2),
    matrixCase("MatrixRdna3Block16", "gfx1100", 4, 16, true, 32, 40, 16, 512, 8, 1),
    matrixCase("MatrixRdna4Block32Halves", "gfx1201", 4, 32, false, 64, 95, 32, 768, 8, 1),
    // Over several runs, and past the end of K.
    matrixCase("MatrixCdna3Runs", "gfx942", 8, 128, true, 64, 64, 128, 1152, 4, 1),
    matrixCase("MatrixCdna3Padded", "gfx942", 4, 64, true, 64, 52, 64, 1152, 16, 2),
    matrixCase("MatrixRdna3Padded", "gfx1100", 8, 128, false, 32, 95, 128, 640, 16, 1),
    matrixCase("MatrixRdna4PaddedLongRuns", "gfx1201", 4, 640, true, 64, 96, 128, 640, 2, 8),
};

/// Quantized rows: integers, then scales, then sums of squares, as `!qnt.activation` lies in
/// memory.
struct Rows {
  std::vector<uint8_t> bytes;
  std::vector<double> values; // [row][feature], normalized where the kernel does that
};

class IntegerMatmul : public testing::TestWithParam<Case> {
protected:
  const Chip &chip() const { return *findChip(GetParam().chip); }
  int64_t capacity() const { return GetParam().onMatrix ? 96 : 8; }
  int64_t columns() const { return GetParam().onMatrix ? 136 : 40; }
  /// Two columns a lane.
  int64_t lanesK() const { return GetParam().lanesK; }
  int64_t columnsOfStep() const { return chip().waveSize / lanesK(); }
  int64_t runLoads() const {
    const Case &tried = GetParam();
    return tried.runLoads
               ? tried.runLoads
               : std::max<int64_t>(1, std::min(tried.block, rowBlock) * tried.bits / 128);
  }
  /// A wave's columns on matrix instructions.
  int64_t columnsOfWave() const { return chip().has.matrixOfBytes.columns; }

  std::string weightText() const {
    const Case &tried = GetParam();
    return llvm::formatv("!qnt.weight<[{0}, {1}], u{2}, block = {3}, scale = f16{4}, layout = "
                         "#qnt.tiled<columns = {5}, lanesK = {6}, columnsPerLane = 2, order = "
                         "\"bytes\", runLoads = {7}>>",
                         columns(), tried.depth, tried.bits, tried.block,
                         tried.zeros ? llvm::formatv(", zero = u{0}", tried.bits).str() : "",
                         columnsOfStep(), lanesK(), runLoads());
  }

  std::string rowsText(bool squares) const {
    return llvm::formatv("!qnt.activation<{0}x{1}xi8, block = {2}{3}>", capacity(),
                         GetParam().depth, rowBlock, squares ? ", squares" : "");
  }

  std::string matrixText() const {
    const MatrixShape &m = chip().has.matrixOfBytes;
    return llvm::formatv(", columns = {0}, matrix = <rows = {1}, columns = {2}, depth = {3}, "
                         "depthLanes = {4}, rowRun = {5}>",
                         columnsOfWave(), m.rows, m.columns, m.depth, m.depthLanes, m.rowRun);
  }

  std::string kernelText() const {
    const Case &tried = GetParam();
    std::string norm = llvm::formatv("%s = qnt.scale_by_norm %r epsilon {0:E} : {1} -> {2}",
                                     epsilon, rowsText(true), rowsText(false));
    return llvm::formatv(R"(
!w = {0}
!q = {1}
tile.kernel @k(%x: !q, %w: !w, %b: !lm.batch) -> tensor<{2}x{3}xf32> attributes {{
    kind = "matmul", row_capacity = {2} : i64,
    schedule = #tile.schedule<waves = {4}, rows = {5}, splitK = {6}, stage = {7}, prefetch = 4{11}>} {{
  %r = lm.select_rows %x, %b : !q
  {8}
  %m = qnt.matmul {9}, %w : {10}, !w -> tensor<{2}x{3}xf32>
  tile.return %m : tensor<{2}x{3}xf32>
})",
                         weightText(), rowsText(tried.norm), capacity(), columns(), waves,
                         tried.tileRows, tried.splitK, tried.stage, tried.norm ? norm : "",
                         tried.norm ? "%s" : "%r", rowsText(false),
                         tried.onMatrix ? matrixText() : "");
  }

  /// The integer of row `n` and column `k` of the weight, by the documentation of #qnt.tiled.
  int64_t integer(const qnt::PackedWeight &packed, const std::vector<uint8_t> &bytes, int64_t n,
                  int64_t k) const {
    const Case &tried = GetParam();
    int64_t perLoad = 128 / tried.bits, run = runLoads() * perLoad,
            panelColumns = columnsOfStep() * 2;
    int64_t step = k / (run * lanesK()) * runLoads() + k % run / perLoad;
    int64_t lane = n % columnsOfStep() * lanesK() + k / run % lanesK();
    int64_t slot = n % panelColumns / columnsOfStep();
    int64_t load = ((n / panelColumns * packed.steps() + step) * 2 + slot) * chip().waveSize + lane;
    int64_t element = k % perLoad;
    if (tried.bits == 8) {
      return int8_t(bytes[load * 16 + element]) + 128;
    }
    uint8_t byte = bytes[load * 16 + element / 8 * 4 + element % 4];
    return element % 8 < 4 ? byte & 15 : (byte >> 4 ^ 8);
  }

  double weight(const qnt::PackedWeight &packed, const std::vector<uint8_t> &bytes, int64_t n,
                int64_t k) const {
    const Case &tried = GetParam();
    int64_t panelColumns = columnsOfStep() * 2;
    int64_t index =
        (n / panelColumns * packed.blocks() + k / tried.block) * panelColumns + n % panelColumns;
    auto half = [&](int64_t at) {
      _Float16 value = 0;
      std::memcpy(&value, &bytes[at + 2 * index], 2);
      return double(value);
    };
    double zero = tried.zeros ? half(packed.zerosOffset()) : double(packed.implicitZero());
    return (double(integer(packed, bytes, n, k)) - zero) * half(packed.scalesOffset());
  }

  /// Random elements, scales of some thousandths, and zero points.
  std::vector<uint8_t> randomWeight(const qnt::PackedWeight &packed) {
    std::vector<uint8_t> bytes(packed.bytes());
    for (int64_t at = 0; at < packed.scalesOffset(); ++at) {
      bytes[at] = random() & 0xFF;
    }
    for (int64_t at = packed.scalesOffset(); at + 2 <= packed.bytes(); at += 2) {
      bool isZero = GetParam().zeros && at >= packed.zerosOffset();
      _Float16 value = isZero ? _Float16(float(random() % (1u << GetParam().bits)))
                              : _Float16(0.001f + 0.0001f * float(random() % 50));
      std::memcpy(&bytes[at], &value, 2);
    }
    return bytes;
  }

  Rows randomRows();
  /// The row of the input that row `t` of the step is.
  int64_t selected(int64_t t) const { return (t * 5 + 3) % capacity(); }
  /// Workgroups along x and y: those on matrix instructions go by rows first.
  std::array<unsigned, 2> workgroups() const;
  /// The results [capacity, columns] of the kernel; rows that it does not write stay NaN.
  std::vector<float> run(const std::vector<uint8_t> &x, const std::vector<uint8_t> &weights);

  std::mt19937 random{7};
};

Rows IntegerMatmul::randomRows() {
  int64_t depth = GetParam().depth, perRow = depth / rowBlock, blocks = capacity() * perRow;
  Rows rows{std::vector<uint8_t>(capacity() * depth), {}};
  for (uint8_t &byte : rows.bytes) {
    byte = uint8_t(int(random() % 255) - 127);
  }
  std::vector<float> scales(blocks), squares(blocks);
  for (int64_t i = 0; i < blocks; ++i) {
    scales[i] = 0.001f * float(1 + random() % 20);
    squares[i] = float(random() % 1000);
  }
  for (int64_t i = 0; i < capacity() * depth; ++i) {
    int64_t first = i / depth * perRow;
    double sum = 0;
    for (int64_t block = 0; block < perRow; ++block) {
      sum += squares[first + block];
    }
    double factor = GetParam().norm ? 1 / std::sqrt(sum / double(depth) + epsilon) : 1;
    rows.values.push_back(int8_t(rows.bytes[i]) * double(scales[first + i % depth / rowBlock]) *
                          factor);
  }
  auto append = [&](const std::vector<float> &part) {
    const auto *bytes = reinterpret_cast<const uint8_t *>(part.data());
    rows.bytes.insert(rows.bytes.end(), bytes, bytes + part.size() * sizeof(float));
  };
  append(scales);
  if (GetParam().norm) {
    append(squares);
  }
  return rows;
}

std::array<unsigned, 2> IntegerMatmul::workgroups() const {
  const Case &tried = GetParam();
  int64_t ofGroup =
      tried.onMatrix ? waves * columnsOfWave() : waves / tried.splitK * columnsOfStep() * 2;
  auto groups = static_cast<unsigned>((columns() + ofGroup - 1) / ofGroup),
       rowTiles = static_cast<unsigned>((capacity() + tried.tileRows - 1) / tried.tileRows);
  return tried.onMatrix ? std::array{rowTiles, groups} : std::array{groups, rowTiles};
}

std::vector<float> IntegerMatmul::run(const std::vector<uint8_t> &x,
                                      const std::vector<uint8_t> &weights) {
  const Case &tried = GetParam();
  std::vector<float> result(capacity() * columns(), std::numeric_limits<float>::quiet_NaN());
  // Rows whose logits are wanted, and their indices: the fourth array behind a header of four
  // words.
  std::vector<uint32_t> state(4 + 5 * capacity());
  state[1] = tried.rows;
  for (int64_t t = 0; t < tried.rows; ++t) {
    state[4 + 3 * capacity() + t] = selected(t);
  }
  test::runMatmul(kernelText(), chip(), {workgroups(), unsigned(waves) * chip().waveSize},
                  {std::as_bytes(std::span(x)), std::as_bytes(std::span(weights)),
                   std::as_bytes(std::span(state))},
                  std::as_writable_bytes(std::span(result)));
  return result;
}

TEST_P(IntegerMatmul, ComputesWhatTheLayoutHolds) {
  mlir::MLIRContext context;
  context.loadDialect<qnt::QntDialect>();
  auto type = mlir::dyn_cast_or_null<qnt::WeightType>(mlir::parseType(weightText(), &context));
  ASSERT_TRUE(type);
  qnt::PackedWeight packed(type);
  std::vector<uint8_t> weights = randomWeight(packed);
  Rows rows = randomRows();
  std::vector<float> result = run(rows.bytes, weights);
  int64_t depth = GetParam().depth;
  double error = 0, norm = 0;
  for (int64_t n = 0; n < columns(); ++n) {
    std::vector<double> row;
    for (int64_t k = 0; k < depth; ++k) {
      row.push_back(weight(packed, weights, n, k));
    }
    for (int64_t t = 0; t < GetParam().rows; ++t) {
      double expected = 0;
      for (int64_t k = 0; k < depth; ++k) {
        expected += rows.values[selected(t) * depth + k] * row[k];
      }
      double difference = double(result[t * columns() + n]) - expected;
      error += difference * difference;
      norm += expected * expected;
    }
    for (int64_t t = GetParam().rows; t < capacity(); ++t) {
      ASSERT_TRUE(std::isnan(result[t * columns() + n])) << "row " << t << " is written";
    }
  }
  // Integers are exact; some dozens of products with scales are rounded to f32.
  EXPECT_LE(std::sqrt(error / norm), 2e-6);
}

INSTANTIATE_TEST_SUITE_P(Chips, IntegerMatmul, testing::ValuesIn(cases),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
