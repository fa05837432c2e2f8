// Packed bytes against a plain reading of them, for every encoding, storage, layout and kind of
// padding.
#include "compiler/package/WeightPacker.h"
#include "test/package/WeightCase.h"

#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace qcc;
using namespace qcc::test;

static const Encoding integers[] = {Encoding::u8, Encoding::i8, Encoding::u4,
                                    Encoding::i4, Encoding::u2, Encoding::i2};
static const Encoding floats[] = {Encoding::f32, Encoding::f16, Encoding::bf16};

/// Wave64 and wave32 tiles, one and several columns a lane, in both orders, with runs of one and
/// several loads.
static const Tiles layouts[] = {{16, 4, 2, "pairs"},
                                {16, 4, 1, "linear"},
                                {8, 4, 4, "pairs"},
                                {64, 1, 1, "pairs"},
                                {1, 32, 3, "linear"},
                                {16, 4, 2, "pairs", 4},
                                {4, 8, 1, "linear", 2}};

static program::WeightOp firstWeight(mlir::ModuleOp module) {
  return *module.getOps<program::WeightOp>().begin();
}

/// All bytes of a weight.
static llvm::Expected<std::vector<uint8_t>> packAll(program::WeightOp weight, WeightFiles &files) {
  auto packer = package::WeightPacker::create(weight, files);
  if (!packer) {
    return packer.takeError();
  }
  std::vector<uint8_t> bytes(packer->bytes(), 0xCC);
  int64_t expectedOffset = 0;
  for (const package::Chunk &chunk : packer->chunks()) {
    EXPECT_EQ(chunk.offset, expectedOffset);
    expectedOffset += chunk.bytes;
    llvm::MutableArrayRef<uint8_t> out(bytes.data() + chunk.offset, chunk.bytes);
    if (llvm::Error error = packer->pack(chunk, out)) {
      return std::move(error);
    }
  }
  EXPECT_EQ(expectedOffset, packer->bytes());
  return bytes;
}

/// Rows and columns of a packed weight, padding included.
static std::pair<int64_t, int64_t> paddedShape(qnt::WeightType type) {
  if (!type.getLayout()) {
    return {type.getRows(), type.getColumns()};
  }
  qnt::PackedWeight packed(type);
  return {packed.panels() * packed.panelColumns(), packed.steps() * packed.stepDepth()};
}

/// Packs a random weight of `shape` and reads it back.
static void check(const WeightCase &shape) {
  SCOPED_TRACE(testing::Message() << shape.rows << " x " << shape.columns << " "
                                  << qnt::stringifyEncoding(shape.encoding).str() << " block "
                                  << shape.block << " " << qnt::stringifyEncoding(shape.scale).str()
                                  << " zero " << qnt::stringifyEncoding(shape.zero).str() << " "
                                  << qnt::stringifyStorage(shape.storage).str() << " tiles "
                                  << (shape.tiles ? shape.tiles->columns : 0)
                                  << (shape.tiles ? shape.tiles->order : ""));
  ScratchFolder folder;
  RandomWeight weight(shape, 7);
  std::vector<uint8_t> file;
  auto module = parse(weight.recipe(file, "w.data", "w", 0));
  ASSERT_TRUE(module);
  writeFile(folder.file("w.data"), file);
  WeightFiles files(folder.path());
  auto packed = packAll(firstWeight(*module), files);
  ASSERT_TRUE(bool(packed)) << llvm::toString(packed.takeError());
  qnt::WeightType type = firstWeight(*module).getWeightType();
  auto [rows, columns] = paddedShape(type);
  bool fractionalZero = shape.zero != Encoding::none && qnt::isFloat(shape.zero);
  for (int64_t n = 0; n < rows; ++n) {
    for (int64_t k = 0; k < columns; ++k) {
      double actual = unpacked(*packed, type, n, k);
      if (n < weight.rows() && k < shape.columns) {
        ASSERT_EQ(actual, weight.expected(n, k)) << "at " << n << ", " << k;
      } else {
        // A fractional zero point has an integer within half a step of it; scales are below 8.
        ASSERT_LE(std::abs(actual), fractionalZero ? 4.0 : 0.0) << "padding at " << n << ", " << k;
      }
    }
  }
}

TEST(PackWeights, IntegersInEveryLayoutAndStorage) {
  for (Encoding encoding : integers) {
    for (const Tiles &tiles : layouts) {
      for (Storage storage : {Storage::rows, Storage::columns, Storage::blocks}) {
        check({.rows = 70,
               .columns = 172,
               .encoding = encoding,
               .block = 32,
               .scale = Encoding::f16,
               .storage = storage,
               .tiles = tiles});
      }
    }
  }
}

TEST(PackWeights, BytesForIntegerDotProducts) {
  for (Encoding encoding : {Encoding::u8, Encoding::i8, Encoding::u4, Encoding::i4}) {
    for (const Tiles &tiles : {Tiles{16, 4, 2, "bytes"}, Tiles{4, 8, 1, "bytes", 4}}) {
      for (Encoding zero : {Encoding::none, encoding}) {
        for (int64_t columns : {172, 256}) { // of which one pads a row's last piece
          check({.rows = 70,
                 .columns = columns,
                 .encoding = encoding,
                 .block = 32,
                 .scale = Encoding::f16,
                 .zero = zero,
                 .storage = Storage::blocks,
                 .tiles = tiles});
        }
      }
    }
  }
}

TEST(PackWeights, FloatsInEveryLayoutAndStorage) {
  for (Encoding encoding : floats) {
    for (const Tiles &tiles : layouts) {
      for (Storage storage : {Storage::rows, Storage::columns}) {
        check(
            {.rows = 33, .columns = 67, .encoding = encoding, .storage = storage, .tiles = tiles});
      }
    }
  }
}

TEST(PackWeights, ZeroPointsOfEveryKind) {
  for (Encoding encoding : integers) {
    for (Encoding scale : floats) {
      for (Encoding zero : {encoding, scale}) {
        for (const Tiles &tiles : layouts) {
          check({.rows = 19,
                 .columns = 100,
                 .encoding = encoding,
                 .block = 16,
                 .scale = scale,
                 .zero = zero,
                 .storage = Storage::blocks,
                 .tiles = tiles});
        }
      }
    }
  }
}

TEST(PackWeights, OddShapes) {
  const Tiles pairs{16, 4, 2, "pairs"};
  struct {
    int64_t rows, columns, block;
  } shapes[] = {{172, 64, 16},  {64, 172, 172}, {172, 172, 32}, {1, 1, 16},
                {32, 128, 128}, {33, 256, 256}, {31, 129, 16},  {288, 288, 64}};
  for (auto shape : shapes) {
    for (Encoding encoding : {Encoding::u4, Encoding::i8, Encoding::u2}) {
      check({.rows = shape.rows,
             .columns = shape.columns,
             .encoding = encoding,
             .block = shape.block,
             .scale = Encoding::bf16,
             .zero = encoding,
             .tiles = pairs});
    }
  }
}

TEST(PackWeights, WithoutLayout) {
  for (Encoding encoding : integers) {
    for (Storage storage : {Storage::rows, Storage::columns, Storage::blocks}) {
      check({.rows = 21,
             .columns = 45,
             .encoding = encoding,
             .block = 16,
             .scale = Encoding::f32,
             .zero = encoding,
             .storage = storage});
      check({.rows = 21,
             .columns = 64,
             .encoding = encoding,
             .block = 16,
             .scale = Encoding::f16,
             .storage = storage});
    }
  }
  for (Encoding encoding : floats) {
    check({.rows = 21, .columns = 45, .encoding = encoding});
    check({.rows = 100, .columns = 1, .encoding = encoding, .vector = true});
    check({.rows = 100,
           .columns = 1,
           .encoding = encoding,
           .sliceOffset = 9,
           .sliceRows = 80,
           .vector = true});
  }
}

TEST(PackWeights, SlicedAndPairedRows) {
  for (Storage storage : {Storage::rows, Storage::columns, Storage::blocks}) {
    WeightCase shape{.rows = 100,
                     .columns = 80,
                     .encoding = Encoding::i4,
                     .block = 32,
                     .scale = Encoding::f16,
                     .zero = Encoding::i4,
                     .storage = storage,
                     .tiles = Tiles{8, 4, 2, "pairs"},
                     .sliceOffset = 13,
                     .sliceRows = 48,
                     .headSize = 12,
                     .rotary = 8};
    check(shape);
    shape.tiles.reset();
    check(shape);
    shape.sliceRows = shape.sliceOffset = 0;
    shape.headSize = 10;
    check(shape);
  }
}

TEST(PackWeights, SeveralChunks) {
  WeightCase shape{.rows = 700,
                   .columns = 4100,
                   .encoding = Encoding::u4,
                   .block = 32,
                   .scale = Encoding::f16,
                   .tiles = Tiles{16, 4, 4, "pairs"}};
  check(shape);
  check({.rows = 1100, .columns = 1030, .encoding = Encoding::f16, .storage = Storage::columns});
}

TEST(PackWeights, NibblesInPairsByHand) {
  ScratchFolder folder;
  // Row 0 holds 0, 1, ..., 15, 0, 1, ...; the other rows zeros.
  std::vector<uint8_t> file(32 * 16);
  for (int i = 0; i < 16; ++i) {
    file[i] = static_cast<uint8_t>(0x10 * (2 * i + 1 & 15) + (2 * i & 15));
  }
  file.resize(file.size() + 32 * 2, 0x3C);
  writeFile(folder.file("w"), file);
  auto module = parse(R"(program.weight @w at 0 {
    %0 = qnt.parameter "w" values <"w", 0, 512> storage rows scales <"w", 512, 64>
       : !qnt.weight<[32, 32], u4, block = 32, scale = f16>
    %1 = qnt.pack %0 : !qnt.weight<[32, 32], u4, block = 32, scale = f16> -> !qnt.weight<[32, 32],
      u4, block = 32, scale = f16, layout = #qnt.tiled<columns = 32, lanesK = 1, columnsPerLane = 1,
      order = "pairs">>
    program.yield %1 : !qnt.weight<[32, 32], u4, block = 32, scale = f16, layout =
      #qnt.tiled<columns = 32, lanesK = 1, columnsPerLane = 1, order = "pairs">>
  })");
  ASSERT_TRUE(module);
  WeightFiles files(folder.path());
  auto packed = packAll(firstWeight(*module), files);
  ASSERT_TRUE(bool(packed)) << llvm::toString(packed.takeError());
  // Elements 0, 2, 4, 6 in the low half, 1, 3, 5, 7 in the high half, low bits first.
  const uint8_t expected[] = {0x20, 0x64, 0x31, 0x75, 0xA8, 0xEC, 0xB9, 0xFD};
  EXPECT_TRUE(std::equal(std::begin(expected), std::end(expected), packed->begin()));
  EXPECT_EQ(packed->size(), 512u + 256u);
}

//===-- Errors --------------------------------------------------------------------------------===//

/// The error of packing `weight` after `spoil` changed it, or "" for none.
static std::string errorOf(const WeightCase &shape,
                           llvm::function_ref<void(RandomWeight &)> spoil) {
  ScratchFolder folder;
  RandomWeight weight(shape, 1);
  spoil(weight);
  std::vector<uint8_t> file;
  auto module = parse(weight.recipe(file, "w.data", "layers.3.up", 0));
  writeFile(folder.file("w.data"), file);
  WeightFiles files(folder.path());
  auto packed = packAll(firstWeight(*module), files);
  return packed ? "" : llvm::toString(packed.takeError());
}

TEST(PackWeights, NamesANonFiniteScale) {
  WeightCase shape{.rows = 40,
                   .columns = 64,
                   .encoding = Encoding::u4,
                   .block = 32,
                   .scale = Encoding::f16,
                   .tiles = Tiles{16, 4, 2, "pairs"}};
  std::string error =
      errorOf(shape, [](RandomWeight &weight) { weight.scales[33 * 2 + 1] = 0x7E00; });
  EXPECT_EQ(error,
            "weight 'layers.3.up' has a scale in row 33, block 1 that is not a finite number: "
            "quantize the model again");
  shape.scale = Encoding::f32;
  EXPECT_NE(errorOf(shape, [](RandomWeight &weight) { weight.scales[0] = 0xFF800000; }), "");
  shape.scale = Encoding::bf16;
  EXPECT_NE(errorOf(shape, [](RandomWeight &weight) { weight.scales[0] = 0x7F80; }), "");
  shape.tiles.reset();
  EXPECT_NE(errorOf(shape, [](RandomWeight &weight) { weight.scales[0] = 0x7F80; }), "");
}

TEST(PackWeights, NamesAZeroPointThatCannotBeKept) {
  WeightCase shape{.rows = 40,
                   .columns = 64,
                   .encoding = Encoding::u4,
                   .block = 32,
                   .scale = Encoding::bf16,
                   .zero = Encoding::f32};
  EXPECT_EQ(errorOf(shape, [](RandomWeight &) {}), "");
  auto setZero = [](float value) {
    return [value](RandomWeight &weight) { weight.zeros[0] = std::bit_cast<uint32_t>(value); };
  };
  EXPECT_EQ(errorOf(shape, setZero(8.01f)),
            "weight 'layers.3.up' has a zero point in row 0, block 0 that the scales' type bf16 "
            "cannot hold: store scales in the zero points' type");
  EXPECT_EQ(errorOf(shape, setZero(std::numeric_limits<float>::quiet_NaN())),
            "weight 'layers.3.up' has a zero point in row 0, block 0 that is not a finite number: "
            "quantize the model again");
}

/// Opens a weight of [2, 32] in two groups whose group index is `groups`.
static std::string groupError(const std::vector<uint8_t> &groups) {
  ScratchFolder folder;
  std::vector<uint8_t> file(32 + 4 * 4);
  file.insert(file.end(), groups.begin(), groups.end());
  writeFile(folder.file("w"), file);
  auto module = parse(R"(program.weight @w at 0 {
    %0 = qnt.parameter "w" values <"w", 0, 32> storage rows scales <"w", 32, 16>
       group_index <"w", 48, )" +
                      std::to_string(groups.size()) + R"(>
       : !qnt.weight<[2, 32], u4, block = 16, scale = f32>
    program.yield %0 : !qnt.weight<[2, 32], u4, block = 16, scale = f32>
  })");
  WeightFiles files(folder.path());
  auto packer = package::WeightPacker::create(firstWeight(*module), files);
  return packer ? "" : llvm::toString(packer.takeError());
}

TEST(PackWeights, TakesOnlyConsecutiveGroups) {
  std::vector<uint8_t> groups(32 * 4);
  for (int k = 16; k < 32; ++k) {
    groups[4 * k] = 1;
  }
  EXPECT_EQ(groupError(groups), "");
  groups[4 * 5] = 1;
  EXPECT_EQ(groupError(groups),
            "weight 'w' orders its input features by activation (feature 5 is in group 1), which "
            "cannot be packed: quantize it again without act-order");
  groups.pop_back();
  EXPECT_EQ(groupError(groups), "weight 'w' has a group index of 127 bytes instead of 128");
}

TEST(PackWeights, NamesAShortFile) {
  ScratchFolder folder;
  RandomWeight weight({.rows = 4, .columns = 64, .encoding = Encoding::f16}, 1);
  std::vector<uint8_t> file;
  auto module = parse(weight.recipe(file, "w.data", "w", 0));
  file.pop_back();
  writeFile(folder.file("w.data"), file);
  WeightFiles files(folder.path());
  auto packer = package::WeightPacker::create(firstWeight(*module), files);
  ASSERT_FALSE(bool(packer));
  EXPECT_NE(llvm::toString(packer.takeError()).find("w.data"), std::string::npos);
}
