// Scales and zero points of packed weights.
#include "compiler/package/WeightPacker.h"

using namespace qcc;
using namespace qcc::package;
using llvm::Twine;

/// Whether these bits of a floating-point encoding are neither NaN nor infinite.
static bool isFinite(uint32_t raw, qnt::Encoding encoding) {
  uint32_t exponent = encoding == qnt::Encoding::f16    ? 0x7C00
                      : encoding == qnt::Encoding::bf16 ? 0x7F80
                                                        : 0x7F800000;
  return (raw & exponent) != exponent;
}

llvm::Error WeightPacker::notFinite(llvm::StringRef what, int64_t sourceRow, int64_t block) const {
  return llvm::createStringError("weight '" + name() + "' has a " + what + " in row " +
                                 Twine(sourceRow) + ", block " + Twine(block) +
                                 " that is not a finite number: quantize the model again");
}

llvm::Error WeightPacker::packScales(const Chunk &chunk, uint8_t *out) const {
  qnt::Encoding encoding = type.getScale();
  unsigned width = qnt::bitsOf(encoding);
  for (int64_t panel = chunk.firstUnit; panel < chunk.firstUnit + chunk.units; ++panel) {
    for (int64_t column = 0; column < panelColumns && rowOf(panel, column) >= 0; ++column) {
      int64_t sourceRow = source.sourceRow(rowOf(panel, column));
      for (int64_t block = 0; block < blocksPerRow; ++block) {
        uint32_t raw = loadElement(source.scales().data(), sourceRow * blocksPerRow + block, width);
        if (!isFinite(raw, encoding)) {
          return notFinite("scale", sourceRow, block);
        }
        storeElement(out, block * panelColumns + column, width, raw);
      }
    }
    out += packedBlocks * panelColumns * width / 8;
  }
  return llvm::Error::success();
}

llvm::Expected<uint32_t> WeightPacker::zeroBits(int64_t sourceRow, int64_t block) const {
  if (!integerZeroBits.empty()) {
    return integerZeroBits[source.integerZero(sourceRow, block)];
  }
  bool exact = true, lost = false;
  llvm::APFloat zero = source.zeroPoint(sourceRow, block, exact);
  if (!zero.isFinite()) {
    return notFinite("zero point", sourceRow, block);
  }
  zero.convert(semanticsOf(type.getScale()), llvm::APFloat::rmNearestTiesToEven, &lost);
  if (!exact || lost) {
    return llvm::createStringError(
        "weight '" + name() + "' has a zero point in row " + Twine(sourceRow) + ", block " +
        Twine(block) + " that the scales' type " + qnt::stringifyEncoding(type.getScale()) +
        " cannot hold: store scales in the zero points' type");
  }
  return static_cast<uint32_t>(zero.bitcastToAPInt().getZExtValue());
}

llvm::Error WeightPacker::packZeros(const Chunk &chunk, uint8_t *out) const {
  unsigned width = qnt::bitsOf(type.getScale());
  for (int64_t panel = chunk.firstUnit; panel < chunk.firstUnit + chunk.units; ++panel) {
    for (int64_t column = 0; column < panelColumns && rowOf(panel, column) >= 0; ++column) {
      int64_t sourceRow = source.sourceRow(rowOf(panel, column));
      for (int64_t block = 0; block < blocksPerRow; ++block) {
        llvm::Expected<uint32_t> raw = zeroBits(sourceRow, block);
        if (!raw) {
          return raw.takeError();
        }
        storeElement(out, block * panelColumns + column, width, *raw);
      }
    }
    out += packedBlocks * panelColumns * width / 8;
  }
  return llvm::Error::success();
}
