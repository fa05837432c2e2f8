#include "test/package/WeightCase.h"

#include "dialects/qnt/PackedWeight.h"

#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <bit>
#include <fstream>
#include <random>
#include <sstream>
#include <unistd.h>

using namespace qcc;
using namespace qcc::test;

//===-- Files and modules ---------------------------------------------------------------------===//

ScratchFolder::ScratchFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "qcc-package-XXXXXX";
  folder = mkdtemp(pattern.data());
}

ScratchFolder::~ScratchFolder() {
  std::filesystem::remove_all(folder);
}

void qcc::test::writeFile(const std::string &path, const std::vector<uint8_t> &bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), static_cast<long>(bytes.size()));
}

std::vector<uint8_t> qcc::test::readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

mlir::MLIRContext &qcc::test::context() {
  static mlir::MLIRContext instance = [] {
    mlir::DialectRegistry registry;
    registry.insert<program::ProgramDialect, qnt::QntDialect, tile::TileDialect>();
    return mlir::MLIRContext(registry);
  }();
  return instance;
}

mlir::OwningOpRef<mlir::ModuleOp> qcc::test::parse(const std::string &text) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context());
  EXPECT_TRUE(module) << text;
  return module;
}

//===-- Numbers -------------------------------------------------------------------------------===//

double qcc::test::numberOf(uint32_t bits, Encoding encoding) {
  switch (encoding) {
  case Encoding::f32:
    return std::bit_cast<float>(bits);
  case Encoding::bf16:
    return std::bit_cast<float>(bits << 16);
  case Encoding::f16:
    return static_cast<double>(std::bit_cast<_Float16>(static_cast<uint16_t>(bits)));
  default: {
    int64_t width = qnt::bitsOf(encoding), value = bits;
    bool negative = !qnt::isUnsigned(encoding) && value >> (width - 1);
    return static_cast<double>(negative ? value - (int64_t(1) << width) : value);
  }
  }
}

/// The bits of `value` in a floating-point encoding that holds it exactly.
static uint32_t bitsOfFloat(float value, Encoding encoding) {
  switch (encoding) {
  case Encoding::f32:
    return std::bit_cast<uint32_t>(value);
  case Encoding::bf16:
    return std::bit_cast<uint32_t>(value) >> 16;
  default:
    return std::bit_cast<uint16_t>(static_cast<_Float16>(value));
  }
}

/// Bits of a random number between 0.5 and 7.5.
static uint32_t randomFloat(std::mt19937 &random, Encoding encoding) {
  return bitsOfFloat(static_cast<float>(1 + random() % 15) * 0.5f, encoding);
}

/// Bits of a random zero point, in the range of `elements`, by halves where it is floating point
/// and a bf16 holds it.
static uint32_t randomZero(std::mt19937 &random, Encoding zero, Encoding elements) {
  if (!qnt::isFloat(zero)) {
    return static_cast<uint32_t>(random() % (1u << qnt::bitsOf(zero)));
  }
  unsigned bits = qnt::bitsOf(elements);
  float step = bits == 8 ? 1.0f : 0.5f;
  float midpoint = qnt::isUnsigned(elements) ? 0 : static_cast<float>(1 << (bits - 1));
  auto steps = static_cast<unsigned>(static_cast<float>((1 << bits) - 1) / step);
  return bitsOfFloat(static_cast<float>(random() % (steps + 1)) * step - midpoint, zero);
}

static uint32_t randomBits(std::mt19937 &random, Encoding encoding) {
  if (qnt::isFloat(encoding)) {
    return randomFloat(random, encoding);
  }
  return static_cast<uint32_t>(random() & ((uint64_t(1) << qnt::bitsOf(encoding)) - 1));
}

/// Sets element `index` of elements of `bits`, low bits first, bit by bit.
static void setBits(uint8_t *bytes, int64_t index, unsigned bits, uint32_t value) {
  for (unsigned i = 0; i < bits; ++i) {
    int64_t bit = index * bits + i;
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] | (value >> i & 1) << (bit % 8));
  }
}

static uint32_t getBits(const uint8_t *bytes, int64_t index, unsigned bits) {
  uint32_t value = 0;
  for (unsigned i = 0; i < bits; ++i) {
    int64_t bit = index * bits + i;
    value |= static_cast<uint32_t>(bytes[bit / 8] >> (bit % 8) & 1) << i;
  }
  return value;
}

//===-- Sources -------------------------------------------------------------------------------===//

RandomWeight::RandomWeight(const WeightCase &shape, unsigned seed) : shape(shape) {
  std::mt19937 random(seed);
  for (int64_t i = 0; i < shape.rows * shape.columns; ++i) {
    elements.push_back(randomBits(random, shape.encoding));
  }
  for (int64_t i = 0; i < shape.rows * blocks(); ++i) {
    scales.push_back(randomFloat(random, shape.scale));
    zeros.push_back(shape.zero == Encoding::none ? 0
                                                 : randomZero(random, shape.zero, shape.encoding));
  }
}

std::vector<uint8_t> RandomWeight::valueBytes() const {
  unsigned bits = qnt::bitsOf(shape.encoding);
  int64_t lines = shape.rows, length = shape.columns;
  if (shape.storage == Storage::columns) {
    std::swap(lines, length);
  } else if (shape.storage == Storage::blocks) {
    length = blocks() * shape.block;
  }
  int64_t stride = (length * bits + 7) / 8;
  // Bits that are no element are ones, so that reading them is noticed.
  std::vector<uint8_t> bytes(lines * stride, 0xFF);
  for (int64_t n = 0; n < shape.rows; ++n) {
    for (int64_t k = 0; k < shape.columns; ++k) {
      auto [line, index] = shape.storage == Storage::columns ? std::pair(k, n) : std::pair(n, k);
      for (unsigned i = 0; i < bits; ++i) {
        int64_t bit = index * bits + i;
        bytes[line * stride + bit / 8] &= static_cast<uint8_t>(~(1 << bit % 8));
      }
      setBits(&bytes[line * stride], index, bits, elements[n * shape.columns + k]);
    }
  }
  return bytes;
}

/// Rows of `blocks` numbers, low bits first, each row whole bytes.
static std::vector<uint8_t> rowsOf(const std::vector<uint32_t> &numbers, int64_t blocks,
                                   Encoding encoding) {
  unsigned bits = qnt::bitsOf(encoding);
  int64_t stride = (blocks * bits + 7) / 8;
  std::vector<uint8_t> bytes(static_cast<int64_t>(numbers.size()) / blocks * stride);
  for (size_t i = 0; i < numbers.size(); ++i) {
    auto index = static_cast<int64_t>(i);
    setBits(&bytes[index / blocks * stride], index % blocks, bits, numbers[i]);
  }
  return bytes;
}

std::string RandomWeight::recipe(std::vector<uint8_t> &file, const std::string &fileName,
                                 const std::string &symbol, int64_t offset) const {
  auto append = [&](const std::vector<uint8_t> &bytes) {
    file.push_back(0xA5); // sources need not be aligned
    std::ostringstream source;
    source << "<\"" << fileName << "\", " << file.size() << ", " << bytes.size() << ">";
    file.insert(file.end(), bytes.begin(), bytes.end());
    return source.str();
  };
  auto typeOf = [&](int64_t rows, const std::string &layout) {
    std::ostringstream type;
    type << "!qnt.weight<[" << rows << (shape.vector ? "" : ", " + std::to_string(shape.columns))
         << "], " << qnt::stringifyEncoding(shape.encoding).str();
    if (shape.block) {
      type << ", block = " << shape.block
           << ", scale = " << qnt::stringifyEncoding(shape.scale).str();
    }
    if (shape.zero != Encoding::none) {
      type << ", zero = " << qnt::stringifyEncoding(shape.zero).str();
    }
    return type.str() + layout + ">";
  };
  std::string type = typeOf(shape.rows, ""), value = "%0";
  std::ostringstream text;
  text << "program.weight @" << symbol << " at " << offset << " {\n  %0 = qnt.parameter \""
       << symbol << "\" values " << append(valueBytes()) << " storage "
       << qnt::stringifyStorage(shape.storage).str();
  if (shape.block) {
    text << " scales " << append(rowsOf(scales, blocks(), shape.scale));
  }
  if (shape.zero != Encoding::none) {
    text << " zeros " << append(rowsOf(zeros, blocks(), shape.zero));
  }
  text << " : " << type << "\n";
  if (shape.sliceRows) {
    std::string sliced = typeOf(shape.sliceRows, "");
    text << "  %1 = qnt.slice_rows %0 at " << shape.sliceOffset << " : " << type << " -> " << sliced
         << "\n";
    type = sliced;
    value = "%1";
  }
  if (shape.headSize) {
    text << "  %2 = qnt.pair_rows " << value << " head_size " << shape.headSize << " rotary "
         << shape.rotary << " : " << type << "\n";
    value = "%2";
  }
  if (shape.tiles) {
    std::ostringstream layout;
    layout << ", layout = #qnt.tiled<columns = " << shape.tiles->columns
           << ", lanesK = " << shape.tiles->lanesK
           << ", columnsPerLane = " << shape.tiles->columnsPerLane << ", order = \""
           << shape.tiles->order << "\", runLoads = " << shape.tiles->runLoads << ">";
    std::string packed = typeOf(rows(), layout.str());
    text << "  %3 = qnt.pack " << value << " : " << type << " -> " << packed << "\n";
    type = packed;
    value = "%3";
  }
  text << "  program.yield " << value << " : " << type << "\n}\n";
  return text.str();
}

double RandomWeight::expected(int64_t n, int64_t k) const {
  if (shape.headSize && n % shape.headSize < shape.rotary) {
    int64_t within = n % shape.headSize;
    n = n - within + within / 2 + (within % 2 ? shape.rotary / 2 : 0);
  }
  n += shape.sliceOffset;
  double value = numberOf(elements[n * shape.columns + k], shape.encoding);
  if (!shape.block) {
    return value;
  }
  int64_t block = n * blocks() + k / shape.block;
  double zero = shape.zero != Encoding::none ? numberOf(zeros[block], shape.zero)
                : qnt::isUnsigned(shape.encoding)
                    ? static_cast<double>(1 << (qnt::bitsOf(shape.encoding) - 1))
                    : 0;
  return (value - zero) * numberOf(scales[block], shape.scale);
}

//===-- Packed bytes --------------------------------------------------------------------------===//

/// Where element `i` of a 32-bit word or longer run lies in order `pairs`, as an element index.
static int64_t pairsPosition(int64_t i, unsigned bits) {
  int64_t perWord = 32 / bits, within = i % perWord;
  return perWord < 2 ? i : i - within + within / 2 + (within % 2) * (perWord / 2);
}

/// The same in order `bytes`, of 4 bits: elements 0 to 3 and 4 to 7 of a word alternate.
static int64_t nibblesPosition(int64_t i) {
  int64_t within = i % 8;
  return i - within + within % 4 * 2 + within / 4;
}

/// Where element `i` of a lane's load lies, as an element index, and whether it lies there without
/// its midpoint.
static std::pair<int64_t, bool> placeInLoad(llvm::StringRef order, int64_t i, unsigned bits) {
  if (order == "bytes") {
    return bits == 8 ? std::pair(i, true) : std::pair(nibblesPosition(i), i % 8 >= 4);
  }
  return {order == "pairs" ? pairsPosition(i, bits) : i, false};
}

/// Integers are packed as unsigned ones.
static Encoding packedEncoding(Encoding encoding) {
  switch (encoding) {
  case Encoding::i8:
    return Encoding::u8;
  case Encoding::i4:
    return Encoding::u4;
  case Encoding::i2:
    return Encoding::u2;
  default:
    return encoding;
  }
}

double qcc::test::unpacked(const std::vector<uint8_t> &packed, qnt::WeightType type, int64_t n,
                           int64_t k) {
  qnt::PackedWeight weight(type);
  unsigned bits = qnt::bitsOf(type.getEncoding());
  int64_t K = type.getColumns(), valueAt = n * ((K * bits + 7) / 8), element = k;
  int64_t block = type.isQuantized() ? k / type.getBlock() : 0;
  int64_t scaleIndex = n * type.getBlocksPerRow() + block;
  bool isSigned = false;
  if (auto tiled = llvm::dyn_cast_if_present<qnt::TiledAttr>(type.getLayout())) {
    int64_t e = 128 / bits, panelRows = tiled.getColumns() * tiled.getColumnsPerLane();
    int64_t perRun = tiled.getRunLoads(), r = perRun * e, runDepth = tiled.getLanesK() * r;
    int64_t steps = (K + runDepth - 1) / runDepth * perRun;
    int64_t panel = n / panelRows, c = n % panelRows / tiled.getColumns();
    int64_t column = n % tiled.getColumns(), step = k / runDepth * perRun + k % r / e;
    int64_t lane = column * tiled.getLanesK() + k % runDepth / r;
    int64_t wave = tiled.getColumns() * tiled.getLanesK();
    valueAt = (((panel * steps + step) * tiled.getColumnsPerLane() + c) * wave + lane) * 16;
    std::tie(element, isSigned) = placeInLoad(tiled.getOrder(), k % e, bits);
    bool perChannel = type.getBlock() >= K;
    block = perChannel ? 0 : block;
    int64_t blocks = !type.isQuantized() ? 0
                     : perChannel
                         ? 1
                         : (steps / perRun * runDepth + type.getBlock() - 1) / type.getBlock();
    scaleIndex =
        ((panel * blocks + block) * tiled.getColumnsPerLane() + c) * tiled.getColumns() + column;
  }
  uint32_t stored = getBits(&packed[valueAt], element, bits);
  stored ^= isSigned ? 1u << (bits - 1) : 0;
  double value = numberOf(stored, packedEncoding(type.getEncoding()));
  if (!type.isQuantized()) {
    return value;
  }
  Encoding scale = type.getScale();
  auto scaleAt = [&](int64_t offset) {
    return numberOf(getBits(&packed[offset], scaleIndex, qnt::bitsOf(scale)), scale);
  };
  double zero = type.getZero() == Encoding::none ? static_cast<double>(weight.implicitZero())
                                                 : scaleAt(weight.zerosOffset());
  return (value - zero) * scaleAt(weight.scalesOffset());
}
