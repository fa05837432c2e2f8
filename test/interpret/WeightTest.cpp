// Decoding of weights: every encoding, storage, kind of scale and zero point, on bytes written by
// hand.
#include "test/interpret/TinyModel.h"

using namespace qcc::interpret;

namespace {
class WeightTest : public testing::Test {
protected:
  /// The values of a weight given by the text after its name.
  llvm::Expected<Rows> decode(const std::string &parameter, const std::string &type,
                              const std::string &shape) {
    std::string tensorType = "tensor<" + shape + "xf32>";
    std::string body = "%w = qnt.parameter \"w\" " + parameter + " : " + type + "\n" +
                       "%r = qnt.dequantize %w : " + type + " -> " + tensorType + "\n";
    return model.evaluate(body, tensorType, rowsOf(shape));
  }

  static int32_t rowsOf(const std::string &shape) {
    return shape.find('x') == std::string::npos ? 1 : std::stoi(shape);
  }

  TinyModel model;
};
} // namespace

TEST_F(WeightTest, FloatsInRows) {
  expectRows(decode("values " + model.f32({1, 2, 3, 4, 5, 6}) + " storage rows",
                    "!qnt.weight<[2, 3], f32>", "2x3"),
             {{1, 2, 3}, {4, 5, 6}});
}

TEST_F(WeightTest, HalvesInColumns) {
  // 1, 2, -0.5 / infinity, the smallest subnormal, 65504; K rows of N elements
  expectRows(decode("values " + model.words({0x3C00, 0x4000, 0xB800, 0x7C00, 0x0001, 0x7BFF}) +
                        " storage columns",
                    "!qnt.weight<[3, 2], f16>", "3x2"),
             {{1, INFINITY}, {2, 0x1p-24f}, {-0.5, 65504}});
}

TEST_F(WeightTest, Bfloat16Vector) {
  expectRows(decode("values " + model.words({0x3F80, 0xC040}) + " storage rows",
                    "!qnt.weight<[2], bf16>", "2"),
             {{1, -3}});
}

TEST_F(WeightTest, Unsigned4HasMidpointZero) {
  // Blocks of 2; K = 3, so that the last block of a row has one element of padding.
  expectRows(decode("values " + model.bytes({0x98, 0xFA, 0x07, 0xF0}) + " storage blocks scales " +
                        model.f32({1, 10, 2, 3}),
                    "!qnt.weight<[2, 3], u4, block = 2, scale = f32>", "2x3"),
             {{0, 1, 20}, {-2, -16, -24}});
}

TEST_F(WeightTest, Signed4InRows) {
  // K = 3: a row takes two bytes, the last half byte is padding.
  expectRows(decode("values " + model.bytes({0xF1, 0xF7, 0x80, 0x02}) + " storage rows scales " +
                        model.f32({0.5, 2}),
                    "!qnt.weight<[2, 3], i4, block = 3, scale = f32>", "2x3"),
             {{0.5, -0.5, 3.5}, {0, -16, 4}});
}

TEST_F(WeightTest, Unsigned4InColumns) {
  // K rows of N = 3 elements, each padded to two bytes.
  expectRows(decode("values " + model.bytes({0x98, 0x0A, 0x76, 0x05}) + " storage columns scales " +
                        model.f32({1, 2, 3}),
                    "!qnt.weight<[3, 2], u4, block = 2, scale = f32>", "3x2"),
             {{0, -2}, {2, -2}, {6, -9}});
}

TEST_F(WeightTest, Unsigned8WithZeros) {
  expectRows(decode("values " + model.bytes({0, 255, 128, 7}) + " storage blocks scales " +
                        model.f32({1, 2}) + " zeros " + model.bytes({127, 8}),
                    "!qnt.weight<[2, 2], u8, block = 2, scale = f32, zero = u8>", "2x2"),
             {{-127, 128}, {240, -2}});
}

TEST_F(WeightTest, Signed8HasZeroZero) {
  expectRows(decode("values " + model.bytes({0x80, 0x7F}) + " storage rows scales " +
                        model.words({0x3800}), // 0.5
                    "!qnt.weight<[1, 2], i8, block = 2, scale = f16>", "1x2"),
             {{-64, 63.5}});
}

TEST_F(WeightTest, Unsigned2) {
  expectRows(decode("values " + model.bytes({0b11100100, 0b00011011}) + " storage blocks scales " +
                        model.words({0x3F80, 0x4000}), // 1 and 2 in bf16
                    "!qnt.weight<[2, 4], u2, block = 4, scale = bf16>", "2x4"),
             {{-2, -1, 0, 1}, {2, 0, -2, -4}});
}

TEST_F(WeightTest, Signed2) {
  expectRows(
      decode("values " + model.bytes({0b11100100}) + " storage rows scales " + model.f32({1}),
             "!qnt.weight<[1, 4], i2, block = 4, scale = f32>", "1x4"),
      {{0, 1, -2, -1}});
}

TEST_F(WeightTest, ZeroPointsPackedByRows) {
  // 3 blocks of 2 a row: zero points of a row take 3 half bytes, padded to 2 bytes.
  expectRows(decode("values " + model.bytes({0x10, 0x32, 0x54, 0x10, 0x32, 0x54}) +
                        " storage blocks scales " + model.f32({1, 1, 1, 1, 1, 1}) + " zeros " +
                        model.bytes({0x21, 0xF3, 0x54, 0xF6}),
                    "!qnt.weight<[2, 6], u4, block = 2, scale = f32, zero = u4>", "2x6"),
             {{-1, 0, 0, 1, 1, 2}, {-4, -3, -3, -2, -2, -1}});
}

TEST_F(WeightTest, FloatZeroPoints) {
  expectRows(decode("values " + model.bytes({0x98}) + " storage rows scales " + model.f32({2}) +
                        " zeros " + model.words({0x4880}), // 9
                    "!qnt.weight<[1, 2], u4, block = 2, scale = f32, zero = f16>", "1x2"),
             {{-2, 0}});
}

TEST_F(WeightTest, GroupIndexNamesTheBlockOfEachColumn) {
  expectRows(decode("values " + model.bytes({0x99, 0x99}) + " storage blocks scales " +
                        model.f32({1, 10}) + " zeros " + model.bytes({0x78}) + " group_index " +
                        model.i32({1, 0, 0, 1}),
                    "!qnt.weight<[1, 4], u4, block = 2, scale = f32, zero = u4>", "1x4"),
             {{20, 1, 1, 20}});
}

TEST_F(WeightTest, SliceOfPairedRows) {
  // Heads of 5 rows, 4 of them rotary: 0 2 1 3 4, then 5 7 6 8 9.
  std::string body = model.matrix("w", {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}}) +
                     "%p = qnt.pair_rows %w head_size 5 rotary 4 : !qnt.weight<[10, 1], f32>\n"
                     "%s = qnt.slice_rows %p at 1 : !qnt.weight<[10, 1], f32> -> "
                     "!qnt.weight<[7, 1], f32>\n"
                     "%r = qnt.dequantize %s : !qnt.weight<[7, 1], f32> -> tensor<7x1xf32>\n";
  expectRows(model.evaluate(body, "tensor<7x1xf32>", 7), {{2}, {1}, {3}, {4}, {5}, {7}, {6}});
}

TEST_F(WeightTest, RefusesWhatItsTypeDoesNotSay) {
  expectFailure(decode("values " + model.bytes({0, 0}) + " storage rows scales " +
                           model.f32({1, 1}) + " zeros " + model.bytes({0}),
                       "!qnt.weight<[2, 2], u4, block = 2, scale = f32, zero = u4>", "2x2"),
                "its zero points in 'w.data' have 1 bytes, but its type says 2");
  expectFailure(decode("values " + model.bytes({0}) + " storage rows scales " + model.f32({1}) +
                           " group_index " + model.i32({0, 1}),
                       "!qnt.weight<[1, 2], u4, block = 2, scale = f32>", "1x2"),
                "input feature 1 is in block 1, but a row has 1 blocks");
  expectFailure(
      decode("values <\"missing.data\", 0, 4> storage rows", "!qnt.weight<[1], f32>", "1"),
      "missing.data");
}
