#include "compiler/package/WeightSource.h"

#include "llvm/Support/Endian.h"

#include <algorithm>

using namespace qcc;
using namespace qcc::package;
using llvm::divideCeil;
using llvm::Twine;

//===-- Elements ------------------------------------------------------------------------------===//

uint32_t qcc::package::loadElement(const uint8_t *bytes, int64_t index, unsigned bits) {
  switch (bits) {
  case 32:
    return llvm::support::endian::read32le(bytes + 4 * index);
  case 16:
    return llvm::support::endian::read16le(bytes + 2 * index);
  case 8:
    return bytes[index];
  default:
    int64_t bit = index * bits;
    return bytes[bit / 8] >> (bit % 8) & ((1u << bits) - 1);
  }
}

void qcc::package::storeElement(uint8_t *bytes, int64_t index, unsigned bits, uint32_t value) {
  switch (bits) {
  case 32:
    return llvm::support::endian::write32le(bytes + 4 * index, value);
  case 16:
    return llvm::support::endian::write16le(bytes + 2 * index, static_cast<uint16_t>(value));
  case 8:
    bytes[index] = static_cast<uint8_t>(value);
    return;
  default:
    int64_t bit = index * bits;
    unsigned mask = ((1u << bits) - 1) << (bit % 8);
    bytes[bit / 8] = static_cast<uint8_t>((bytes[bit / 8] & ~mask) | (value << (bit % 8) & mask));
  }
}

const llvm::fltSemantics &qcc::package::semanticsOf(qnt::Encoding encoding) {
  switch (encoding) {
  case qnt::Encoding::f16:
    return llvm::APFloat::IEEEhalf();
  case qnt::Encoding::bf16:
    return llvm::APFloat::BFloat();
  default:
    return llvm::APFloat::IEEEsingle();
  }
}

//===-- Resolving a recipe --------------------------------------------------------------------===//

llvm::Expected<WeightSource> WeightSource::open(program::WeightOp weight, WeightFiles &files) {
  WeightSource source;
  source.weightName = weight.getSymName().str();
  llvm::Expected<qnt::ParameterOp> parameter = source.resolve(weight);
  if (!parameter) {
    return parameter.takeError();
  }
  source.type = parameter->getResult().getType();
  source.arrangement = parameter->getStorage();
  if (llvm::Error error = source.checkEncoding()) {
    return std::move(error);
  }
  if (llvm::Error error = source.map(*parameter, files)) {
    return std::move(error);
  }
  return source;
}

llvm::Expected<qnt::ParameterOp> WeightSource::resolve(program::WeightOp weight) {
  auto yield = mlir::cast<program::YieldOp>(weight.getBody().front().getTerminator());
  mlir::Value value = yield.getValue();
  while (mlir::Operation *op = value.getDefiningOp()) {
    if (auto parameter = mlir::dyn_cast<qnt::ParameterOp>(op)) {
      return parameter;
    }
    if (auto pack = mlir::dyn_cast<qnt::PackOp>(op)) {
      value = pack.getSource();
    } else if (mlir::isa<qnt::SliceRowsOp, qnt::PairRowsOp>(op)) {
      rowOps.push_back(op);
      value = op->getOperand(0);
    } else {
      return llvm::createStringError("the recipe of weight '" + weightName + "' holds '" +
                                     op->getName().getStringRef() +
                                     "', which packaging does not know");
    }
  }
  return llvm::createStringError("the recipe of weight '" + weightName + "' has no parameter");
}

llvm::Error WeightSource::checkEncoding() const {
  unsigned bits = qnt::bitsOf(type.getEncoding());
  if (storage() == qnt::Storage::blocks && type.getBlock() * bits % 8 != 0) {
    return llvm::createStringError("weight '" + weightName + "' has blocks of " +
                                   Twine(type.getBlock()) + " elements of " + Twine(bits) +
                                   " bits, which do not fill whole bytes");
  }
  if (type.getShape().size() == 1 && bits < 8) {
    return llvm::createStringError("weight '" + weightName + "' is a vector of " + Twine(bits) +
                                   "-bit elements; packaging takes vectors of whole bytes");
  }
  qnt::Encoding zero = type.getZero();
  if (zero != qnt::Encoding::none && !qnt::isFloat(zero) && zero != type.getEncoding()) {
    return llvm::createStringError("weight '" + weightName + "' has " +
                                   qnt::stringifyEncoding(zero) + " zero points for " +
                                   qnt::stringifyEncoding(type.getEncoding()) +
                                   " elements; integer zero points are stored like the elements");
  }
  return llvm::Error::success();
}

int64_t WeightSource::sourceRow(int64_t row) const {
  for (mlir::Operation *op : rowOps) {
    if (auto slice = mlir::dyn_cast<qnt::SliceRowsOp>(op)) {
      row += slice.getOffset();
    } else {
      row = mlir::cast<qnt::PairRowsOp>(op).getSourceRow(row);
    }
  }
  return row;
}

/// Bytes from one line of values to the next in the source.
static int64_t lineBytes(qnt::WeightType type, qnt::Storage storage) {
  int64_t bits = qnt::bitsOf(type.getEncoding());
  switch (storage) {
  case qnt::Storage::rows:
    return divideCeil(type.getColumns() * bits, 8);
  case qnt::Storage::columns:
    return divideCeil(type.getRows() * bits, 8);
  case qnt::Storage::blocks:
    return type.getBlocksPerRow() * (type.getBlock() * bits / 8);
  }
  llvm_unreachable("every storage has lines");
}

llvm::Error WeightSource::map(qnt::ParameterOp parameter, WeightFiles &files) {
  stride = lineBytes(type, storage());
  zeroRowBytes = divideCeil(type.getBlocksPerRow() * qnt::bitsOf(type.getZero()), 8);
  auto mapPart = [&](std::optional<qnt::SourceAttr> part,
                     llvm::ArrayRef<uint8_t> &bytes) -> llvm::Error {
    if (!part) {
      return llvm::Error::success();
    }
    return files.bytes(*part).moveInto(bytes);
  };
  llvm::ArrayRef<uint8_t> indices;
  if (llvm::Error error = mapPart(parameter.getValues(), valueBytes)) {
    return error;
  }
  if (llvm::Error error = mapPart(parameter.getScales(), scaleBytes)) {
    return error;
  }
  if (llvm::Error error = mapPart(parameter.getZeros(), zeroBytes)) {
    return error;
  }
  if (llvm::Error error = mapPart(parameter.getGroupIndex(), indices)) {
    return error;
  }
  int64_t zeroTotal = type.getRows() * zeroRowBytes;
  if (static_cast<int64_t>(zeroBytes.size()) != zeroTotal) {
    return llvm::createStringError("weight '" + weightName + "' takes " + Twine(zeroTotal) +
                                   " bytes of zero points by its type, but the source has " +
                                   Twine(zeroBytes.size()));
  }
  return parameter.getGroupIndex() ? checkGroups(indices) : llvm::Error::success();
}

llvm::Error WeightSource::checkGroups(llvm::ArrayRef<uint8_t> indices) const {
  if (static_cast<int64_t>(indices.size()) != 4 * type.getColumns()) {
    return llvm::createStringError("weight '" + weightName + "' has a group index of " +
                                   Twine(indices.size()) + " bytes instead of " +
                                   Twine(4 * type.getColumns()));
  }
  for (int64_t k = 0; k < type.getColumns(); ++k) {
    uint32_t group = loadElement(indices.data(), k, 32);
    if (group != k / type.getBlock()) {
      return llvm::createStringError(
          "weight '" + weightName + "' orders its input features by activation (feature " +
          Twine(k) + " is in group " + Twine(group) +
          "), which cannot be packed: quantize it again without act-order");
    }
  }
  return llvm::Error::success();
}

//===-- Zero points ---------------------------------------------------------------------------===//

int64_t WeightSource::midpoint() const {
  qnt::Encoding encoding = type.getEncoding();
  bool isSigned = !qnt::isFloat(encoding) && !qnt::isUnsigned(encoding);
  return isSigned ? int64_t(1) << (qnt::bitsOf(encoding) - 1) : 0;
}

uint32_t WeightSource::integerZero(int64_t row, int64_t block) const {
  unsigned bits = qnt::bitsOf(type.getZero());
  uint32_t raw = loadElement(zeroBytes.data() + row * zeroRowBytes, block, bits);
  // Adding the midpoint to a two's complement number flips its top bit.
  return qnt::isUnsigned(type.getZero()) ? raw : raw ^ (1u << (bits - 1));
}

llvm::APFloat WeightSource::zeroPoint(int64_t row, int64_t block, bool &exact) const {
  qnt::Encoding zero = type.getZero();
  if (!qnt::isFloat(zero)) {
    return llvm::APFloat(static_cast<float>(integerZero(row, block)));
  }
  unsigned bits = qnt::bitsOf(zero);
  uint32_t raw = loadElement(zeroBytes.data() + row * zeroRowBytes, block, bits);
  llvm::APFloat value(semanticsOf(zero), llvm::APInt(bits, raw));
  bool lost = false;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  auto status =
      value.add(llvm::APFloat(static_cast<double>(midpoint())), llvm::APFloat::rmNearestTiesToEven);
  exact = exact && !(status & llvm::APFloat::opInexact);
  return value;
}

uint32_t WeightSource::packedZero(int64_t row, int64_t block) const {
  qnt::Encoding encoding = type.getEncoding();
  if (qnt::isFloat(encoding)) {
    return 0;
  }
  uint32_t largest = (uint32_t(1) << qnt::bitsOf(encoding)) - 1;
  if (type.getZero() == qnt::Encoding::none) {
    return largest / 2 + 1;
  }
  if (!qnt::isFloat(type.getZero())) {
    return integerZero(row, block);
  }
  bool exact = true;
  double zero = zeroPoint(row, block, exact).convertToDouble();
  // Written so that a NaN, which packing the zero points refuses, gives 0.
  return zero > 0 ? static_cast<uint32_t>(std::min<double>(zero + 0.5, largest)) : 0;
}
