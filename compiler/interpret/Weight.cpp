#include "compiler/interpret/Weight.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/Parallel.h"

#include <bit>
#include <cmath>
#include <numeric>

using namespace llvm;
using namespace qcc;
using namespace qcc::interpret;
using qnt::Encoding;
using qnt::Storage;

//===-- Elements of bytes --------------------------------------------------------------------===//

/// IEEE 754 binary16: sign 1, exponent 5 (bias 15), fraction 10.
static double halfToDouble(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double magnitude;
  if (exponent == 31) {
    magnitude = fraction ? NAN : INFINITY;
  } else if (exponent == 0) {
    magnitude = fraction * 0x1p-24;
  } else {
    magnitude = (1024 + fraction) * static_cast<double>(1 << exponent) * 0x1p-25;
  }
  return bits >> 15 ? -magnitude : magnitude;
}

static bool isFloatEncoding(Encoding encoding) {
  return encoding == Encoding::f32 || encoding == Encoding::f16 || encoding == Encoding::bf16;
}

/// Element `index` of consecutive floating-point elements.
static double readFloat(ArrayRef<uint8_t> bytes, Encoding encoding, int64_t index) {
  if (encoding == Encoding::f32) {
    return std::bit_cast<float>(support::endian::read32le(&bytes[index * 4]));
  }
  uint16_t bits = support::endian::read16le(&bytes[index * 2]);
  // bfloat16 is the upper half of a binary32.
  return encoding == Encoding::f16 ? halfToDouble(bits)
                                   : double{std::bit_cast<float>(uint32_t{bits} << 16)};
}

/// Element `index` of integers packed low bits first from `start`.
static int readInteger(ArrayRef<uint8_t> bytes, Encoding encoding, int64_t start, int64_t index) {
  int bits = static_cast<int>(qnt::bitsOf(encoding));
  int64_t bit = index * bits;
  int value = bytes[start + bit / 8] >> bit % 8 & ((1 << bits) - 1);
  bool negative = !qnt::isUnsigned(encoding) && value >> (bits - 1);
  return negative ? value - (1 << bits) : value;
}

/// Element `index` of the row of elements that starts at byte `start`.
static double readElement(ArrayRef<uint8_t> bytes, Encoding encoding, int64_t start,
                          int64_t index) {
  return isFloatEncoding(encoding) ? readFloat(bytes.drop_front(start), encoding, index)
                                   : readInteger(bytes, encoding, start, index);
}

/// Bytes of a row of `count` elements, padded to a whole byte.
static int64_t rowBytes(Encoding encoding, int64_t count) {
  return (count * qnt::bitsOf(encoding) + 7) / 8;
}

//===-- Sources ------------------------------------------------------------------------------===//

/// The bytes of an optional source, which must have `expected` of them.
static Expected<ArrayRef<uint8_t>> sourceBytes(qnt::ParameterOp parameter, StringRef part,
                                               std::optional<qnt::SourceAttr> source,
                                               int64_t expected, WeightFiles &files) {
  if (!source) {
    return ArrayRef<uint8_t>();
  }
  if (source->getBytes() != expected) {
    return createStringError("weight '" + parameter.getName() + "': its " + part + " in '" +
                             source->getFile() + "' have " + Twine(source->getBytes()) +
                             " bytes, but its type says " + Twine(expected));
  }
  return files.bytes(*source);
}

static int64_t zeroBytes(qnt::WeightType type) {
  int64_t blocks = type.getBlocksPerRow();
  // Floating-point zero points are [N, blocks]; integers are packed row by row.
  return type.getRows() * rowBytes(type.getZero(), blocks);
}

Weight::Weight(qnt::ParameterOp parameter)
    : type(parameter.getResult().getType()), storage(parameter.getStorage()),
      sourceRows(type.getRows()) {
  std::iota(sourceRows.begin(), sourceRows.end(), 0);
}

Expected<std::shared_ptr<Weight>> Weight::create(qnt::ParameterOp parameter, WeightFiles &files) {
  std::shared_ptr<Weight> weight(new Weight(parameter));
  qnt::WeightType type = weight->type;
  // The op's verifier has checked the sizes of values and scales.
  auto values = files.bytes(parameter.getValues());
  if (!values) {
    return values.takeError();
  }
  weight->values = *values;
  int64_t scaleBytes = type.getRows() * type.getBlocksPerRow() * (qnt::bitsOf(type.getScale()) / 8);
  auto scales = sourceBytes(parameter, "scales", parameter.getScales(), scaleBytes, files);
  if (!scales) {
    return scales.takeError();
  }
  weight->scales = *scales;
  auto zeros = sourceBytes(parameter, "zero points", parameter.getZeros(), zeroBytes(type), files);
  if (!zeros) {
    return zeros.takeError();
  }
  weight->zeros = *zeros;
  auto groups = sourceBytes(parameter, "group index", parameter.getGroupIndex(),
                            type.getColumns() * 4, files);
  if (!groups) {
    return groups.takeError();
  }
  if (Error error = weight->readGroupIndex(*groups)) {
    return createStringError("weight '" + parameter.getName() + "': " + toString(std::move(error)));
  }
  return weight;
}

Error Weight::readGroupIndex(ArrayRef<uint8_t> bytes) {
  for (size_t k = 0; k < bytes.size() / 4; ++k) {
    auto group = static_cast<int32_t>(support::endian::read32le(&bytes[k * 4]));
    if (group < 0 || group >= type.getBlocksPerRow()) {
      return createStringError("input feature " + Twine(k) + " is in block " + Twine(group) +
                               ", but a row has " + Twine(type.getBlocksPerRow()) + " blocks");
    }
    groupIndex.push_back(group);
  }
  return Error::success();
}

//===-- Rows and elements --------------------------------------------------------------------===//

std::shared_ptr<Weight> Weight::withRows(ArrayRef<int64_t> rowsOfThis) const {
  std::shared_ptr<Weight> result(new Weight(*this));
  result->decoded.clear();
  result->sourceRows.clear();
  for (int64_t row : rowsOfThis) {
    result->sourceRows.push_back(sourceRows[row]);
  }
  return result;
}

int64_t Weight::blockOf(int64_t column) const {
  return groupIndex.empty() ? column / type.getBlock() : groupIndex[column];
}

/// The stored element, before zero point and scale.
double Weight::quantized(int64_t row, int64_t column) const {
  Encoding encoding = type.getEncoding();
  if (type.getShape().size() == 1) {
    return readElement(values, encoding, 0, row);
  }
  switch (storage) {
  case Storage::rows:
    return readElement(values, encoding, row * rowBytes(encoding, type.getColumns()), column);
  case Storage::columns:
    return readElement(values, encoding, column * rowBytes(encoding, type.getRows()), row);
  case Storage::blocks: {
    // Blocks of a row are consecutive in K whatever `group_index` says of their scales.
    int64_t block = type.getBlock();
    int64_t start =
        (row * type.getBlocksPerRow() + column / block) * (block * qnt::bitsOf(encoding) / 8);
    return readElement(values, encoding, start, column % block);
  }
  }
  llvm_unreachable("every storage is read");
}

double Weight::zero(int64_t row, int64_t block) const {
  if (type.getZero() == Encoding::none) {
    Encoding encoding = type.getEncoding();
    return qnt::isUnsigned(encoding) ? 1 << (qnt::bitsOf(encoding) - 1) : 0;
  }
  int64_t start = row * rowBytes(type.getZero(), type.getBlocksPerRow());
  return readElement(zeros, type.getZero(), start, block);
}

double Weight::scale(int64_t row, int64_t block) const {
  return readFloat(scales, type.getScale(), row * type.getBlocksPerRow() + block);
}

float Weight::at(int64_t row, int64_t column) const {
  int64_t source = sourceRows[row];
  double q = quantized(source, column);
  if (!type.isQuantized()) {
    return static_cast<float>(q);
  }
  int64_t block = blockOf(column);
  return static_cast<float>((q - zero(source, block)) * scale(source, block));
}

/// As at() for every column, with the row's scales and zero points read once.
void Weight::decodeRow(int64_t row, MutableArrayRef<float> elements) const {
  int64_t source = sourceRows[row];
  std::vector<double> rowScales, rowZeros;
  for (int64_t block = 0; block < type.getBlocksPerRow(); ++block) {
    rowScales.push_back(scale(source, block));
    rowZeros.push_back(zero(source, block));
  }
  for (int64_t k = 0; k < columns(); ++k) {
    double q = quantized(source, k);
    int64_t block = type.isQuantized() ? blockOf(k) : 0;
    double value = type.isQuantized() ? (q - rowZeros[block]) * rowScales[block] : q;
    elements[k] = static_cast<float>(value);
  }
}

uint64_t Weight::bytesToDecode() const {
  return decoded.empty() ? rows() * columns() * sizeof(float) : 0;
}

void Weight::keepDecoded() {
  std::vector<float> elements(rows() * columns());
  MutableArrayRef<float> all(elements);
  parallelFor(0, rows(),
              [&](size_t row) { decodeRow(row, all.slice(row * columns(), columns())); });
  decoded = std::move(elements);
}

ArrayRef<float> Weight::row(int64_t row, MutableArrayRef<float> scratch) const {
  if (!decoded.empty()) {
    return ArrayRef<float>(decoded).slice(row * columns(), columns());
  }
  decodeRow(row, scratch);
  return scratch;
}
