#include "compiler/weights/CheckScales.h"

#include "llvm/Support/Endian.h"

using namespace qcc;

/// Index of the first of `data`'s little-endian elements with all bits of `exponent` set (NaN or
/// infinity), or -1. Whole chunks are tested without a branch inside, which compilers vectorise.
template <typename Bits>
static int64_t firstNotFinite(llvm::ArrayRef<uint8_t> data, Bits exponent) {
  constexpr size_t chunk = 4096;
  auto notFinite = [&](size_t i) {
    Bits bits =
        llvm::support::endian::read<Bits, llvm::endianness::little>(&data[i * sizeof(Bits)]);
    return (bits & exponent) == exponent;
  };
  size_t count = data.size() / sizeof(Bits);
  for (size_t begin = 0; begin < count; begin += chunk) {
    size_t end = std::min(begin + chunk, count);
    bool found = false;
    for (size_t i = begin; i < end; ++i) {
      found |= notFinite(i);
    }
    for (size_t i = begin; found && i < end; ++i) {
      if (notFinite(i)) {
        return static_cast<int64_t>(i);
      }
    }
  }
  return -1;
}

/// Index of the first element of `data`, floats of `encoding`, that is not finite, or -1.
static int64_t firstNotFinite(llvm::ArrayRef<uint8_t> data, qnt::Encoding encoding) {
  switch (encoding) {
  case qnt::Encoding::f32:
    return firstNotFinite<uint32_t>(data, 0x7f800000);
  case qnt::Encoding::f16:
    return firstNotFinite<uint16_t>(data, 0x7c00);
  case qnt::Encoding::bf16:
    return firstNotFinite<uint16_t>(data, 0x7f80);
  default:
    return -1;
  }
}

/// Checks the floats of `encoding` at `source`, the `kind` of values of weight `name`.
static llvm::Error checkSource(WeightFiles &files, llvm::StringRef name, const char *kind,
                               qnt::SourceAttr source, qnt::Encoding encoding) {
  llvm::Expected<llvm::ArrayRef<uint8_t>> data = files.bytes(source);
  if (!data) {
    return data.takeError();
  }
  int64_t index = firstNotFinite(*data, encoding);
  files.dropBehind(*data);
  if (index < 0) {
    return llvm::Error::success();
  }
  return llvm::createStringError("weight '" + name + "': " + kind + " " + llvm::Twine(index) +
                                 " is not a finite number: quantize the model again");
}

llvm::Error qcc::checkScales(mlir::ModuleOp module, WeightFiles &files) {
  llvm::SmallVector<qnt::ParameterOp> parameters;
  module.walk([&](qnt::ParameterOp op) { parameters.push_back(op); });
  for (qnt::ParameterOp op : parameters) {
    qnt::WeightType type = op.getResult().getType();
    if (!type.isQuantized()) {
      continue;
    }
    if (llvm::Error error =
            checkSource(files, op.getName(), "scale", *op.getScales(), type.getScale())) {
      return error;
    }
    if (!qnt::isFloat(type.getZero())) {
      continue;
    }
    if (llvm::Error error =
            checkSource(files, op.getName(), "zero point", *op.getZeros(), type.getZero())) {
      return error;
    }
  }
  return llvm::Error::success();
}
