// Matrix instructions against a plain product, with the register layouts of the manuals written out
// for each shape. Values are small integers, so that every summation order gives the same bits.
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

#include <bit>
#include <functional>

namespace qcc::emulator::test {
namespace {

struct Spot {
  uint32_t lane, item;
};
struct MatrixCase {
  const char *chip;
  const char *text; // D = v20.., A = v4.., B = v8.. or as the text says, C = 0
  uint32_t m, n, k;
  uint32_t bits; // of an element of A and B
  uint32_t registersA, registersB, results;
  bool integer;
  std::function<uint32_t(int)> encode;
  std::function<Spot(uint32_t row, uint32_t k)> a, b; // b: (column, k)
  std::function<Spot(uint32_t i, uint32_t j)> d;
};

uint32_t half(int v) {
  return std::bit_cast<uint16_t>(static_cast<_Float16>(v));
}
uint32_t bf16(int v) {
  return std::bit_cast<uint32_t>(static_cast<float>(v)) >> 16;
}
uint32_t single(int v) {
  return std::bit_cast<uint32_t>(static_cast<float>(v));
}
uint32_t byte(int v) {
  return static_cast<uint8_t>(v);
}
int valueA(uint32_t i, uint32_t k) {
  return static_cast<int>((i * 3 + k * 5) % 7) - 3;
}
int valueB(uint32_t k, uint32_t j) {
  return static_cast<int>((k * 2 + j * 11) % 5) - 2;
}

void put(std::vector<std::vector<uint32_t>> &registers, uint32_t first, Spot spot, uint32_t bits,
         uint32_t value) {
  const uint32_t at = spot.item * bits;
  registers[first + at / 32][spot.lane] |= value << at % 32;
}

void check(const MatrixCase &test) {
  const uint32_t lanes = isWave32(test.chip) ? 32 : 64;
  std::vector<std::vector<uint32_t>> in(16, std::vector<uint32_t>(lanes));
  for (uint32_t k = 0; k < test.k; ++k) {
    for (uint32_t i = 0; i < test.m; ++i) {
      put(in, 0, test.a(i, k), test.bits, test.encode(valueA(i, k)));
      if (test.chip == std::string("gfx1100")) {
        const Spot s = test.a(i, k); // both halves of the wave hold the matrix
        put(in, 0, {s.lane + 16, s.item}, test.bits, test.encode(valueA(i, k)));
      }
    }
    for (uint32_t j = 0; j < test.n; ++j) {
      put(in, 8, test.b(j, k), test.bits, test.encode(valueB(k, j)));
      if (test.chip == std::string("gfx1100")) {
        const Spot s = test.b(j, k);
        put(in, 8, {s.lane + 16, s.item}, test.bits, test.encode(valueB(k, j)));
      }
    }
  }
  const auto out = runVector(test.chip, {test.text, in, test.results});
  for (uint32_t i = 0; i < test.m; ++i) {
    for (uint32_t j = 0; j < test.n; ++j) {
      int sum = 0;
      for (uint32_t k = 0; k < test.k; ++k) {
        sum += valueA(i, k) * valueB(k, j);
      }
      const Spot s = test.d(i, j);
      ASSERT_EQ(out[s.item][s.lane], test.integer ? static_cast<uint32_t>(sum) : single(sum))
          << test.chip << " " << test.text << " row " << i << " column " << j;
    }
  }
}

TEST(Matrix, Products) {
  const auto tall = [](uint32_t i, uint32_t j) { // D of 32x32
    return Spot{j + 32 * (i / 4 % 2), i % 4 + 4 * (i / 8)};
  };
  const auto square = [](uint32_t i, uint32_t j) { return Spot{j + 16 * (i / 4), i % 4}; };
  const auto rows = [](uint32_t size, uint32_t perLane) {
    return [=](uint32_t row, uint32_t k) { return Spot{row + size * (k / perLane), k % perLane}; };
  };
  const auto wmma11 = [](uint32_t i, uint32_t j) { return Spot{j + 16 * (i % 2), i / 2}; };
  const auto wmma12 = [](uint32_t i, uint32_t j) { return Spot{j + 16 * (i / 8), i % 8}; };
  const auto alone = [](uint32_t row, uint32_t k) { return Spot{row, k}; };
  const MatrixCase cases[] = {
      {"gfx90a", "v_mfma_f32_32x32x8f16 v[20:35], v[4:5], v[12:13], 0", 32, 32, 8, 16, 2, 2, 16,
       false, half, rows(32, 4), rows(32, 4), tall},
      {"gfx942", "v_mfma_f32_16x16x16_f16 v[20:23], v[4:5], v[12:13], 0", 16, 16, 16, 16, 2, 2, 4,
       false, half, rows(16, 4), rows(16, 4), square},
      {"gfx942", "v_mfma_f32_32x32x8_bf16 v[20:35], v[4:5], v[12:13], 0", 32, 32, 8, 16, 2, 2, 16,
       false, bf16, rows(32, 4), rows(32, 4), tall},
      {"gfx942", "v_mfma_f32_32x32x2_f32 v[20:35], v4, v12, 0", 32, 32, 2, 32, 1, 1, 16, false,
       single, rows(32, 1), rows(32, 1), tall},
      {"gfx942", "v_mfma_i32_16x16x32_i8 v[20:23], v[4:5], v[12:13], 0", 16, 16, 32, 8, 2, 2, 4,
       true, byte, rows(16, 8), rows(16, 8), square},
      {"gfx942", "v_mfma_i32_32x32x16_i8 v[20:35], v[4:5], v[12:13], 0", 32, 32, 16, 8, 2, 2, 16,
       true, byte, rows(32, 8), rows(32, 8), tall},
      {"gfx950", "v_mfma_f32_16x16x32_bf16 v[20:23], v[4:7], v[12:15], 0", 16, 16, 32, 16, 4, 4, 4,
       false, bf16, rows(16, 8), rows(16, 8), square},
      {"gfx1100", "v_wmma_f32_16x16x16_f16 v[20:27], v[4:11], v[12:19], 0", 16, 16, 16, 16, 8, 8, 8,
       false, half, alone, alone, wmma11},
      {"gfx1100", "v_wmma_i32_16x16x16_iu8 v[20:27], v[4:7], v[12:15], 0 neg_lo:[1,1,0]", 16, 16,
       16, 8, 4, 4, 8, true, byte, alone, alone, wmma11},
      {"gfx1201", "v_wmma_f32_16x16x16_bf16 v[20:27], v[4:7], v[12:15], 0", 16, 16, 16, 16, 4, 4, 8,
       false, bf16, rows(16, 8), rows(16, 8), wmma12},
      {"gfx1201", "v_wmma_i32_16x16x16_iu8 v[20:27], v[4:5], v[12:13], 0 neg_lo:[1,1,0]", 16, 16,
       16, 8, 2, 2, 8, true, byte, rows(16, 8), rows(16, 8), wmma12},
  };
  for (const MatrixCase &test : cases) {
    check(test);
  }
}

TEST(Matrix, AccumulatesInPlace) {
  const uint32_t one = half(1) | half(1) << 16;
  for (const char *text : {"v_mfma_f32_4x4x4_16b_f16 v[20:23], v[4:5], v[6:7], v[8:11]"}) {
    const auto out = runVector(
        "gfx942",
        {text,
         {{one}, {one}, {one}, {one}, {single(10)}, {single(20)}, {single(30)}, {single(40)}},
         4});
    for (int r = 0; r < 4; ++r) {
      EXPECT_EQ(out[r][17], single(10 * (r + 1) + 4));
    }
  }
  const auto acc = runVector(
      "gfx942",
      {"v_accvgpr_write_b32 a0, v4\nv_accvgpr_write_b32 a1, v5\nv_accvgpr_read_b32 v20, a1\n"
       "v_accvgpr_mov_b32 a2, a0\nv_accvgpr_read_b32 v21, a2",
       {{11}, {12}},
       2});
  EXPECT_EQ(acc[0][0], 12u);
  EXPECT_EQ(acc[1][0], 11u);
}

} // namespace
} // namespace qcc::emulator::test
