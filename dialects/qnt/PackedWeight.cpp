#include "dialects/qnt/PackedWeight.h"

#include "llvm/Support/MathExtras.h"

using namespace qcc::qnt;
using llvm::alignTo;
using llvm::divideCeil;

/// Each part of a packed weight starts on a cache line pair.
static constexpr int64_t partAlignment = 256;

PackedWeight::PackedWeight(WeightType type) : type(type) {
  int64_t rows = type.getRows(), columns = type.getColumns(), bits = bitsOf(type.getEncoding());
  int64_t valueBytes = 0, scaleCount = 0;
  if (auto tiled = llvm::dyn_cast_if_present<TiledAttr>(type.getLayout())) {
    perLoad = 128 / bits;
    wave = tiled.getColumns() * tiled.getLanesK();
    panelCols = tiled.getColumns() * tiled.getColumnsPerLane();
    panelCount = divideCeil(rows, panelCols);
    depth = tiled.getLanesK() * perLoad;
    perRun = tiled.getRunLoads();
    stepCount = divideCeil(columns, depth * perRun) * perRun;
    // A block that spans all of K spans the padding too.
    bool perChannel = type.getBlock() >= columns;
    blockCount = !type.isQuantized() ? 0 : perChannel ? 1 : divideCeil(stepCount * depth, type.getBlock());
    valueBytes = panelCount * stepCount * tiled.getColumnsPerLane() * wave * 16;
    scaleCount = panelCount * blockCount * panelCols;
  } else {
    bool vector = type.getShape().size() == 1;
    valueBytes = vector ? divideCeil(rows * bits, 8) : rows * divideCeil(columns * bits, 8);
    scaleCount = rows * type.getBlocksPerRow();
  }
  int64_t scaleBytes = scaleCount * bitsOf(type.getScale()) / 8;
  scales = alignTo(valueBytes, partAlignment);
  zeros = scales + alignTo(scaleBytes, partAlignment);
  total = zeros + (type.getZero() == Encoding::none ? 0 : alignTo(scaleBytes, partAlignment));
}

int64_t PackedWeight::implicitZero() const {
  return isFloat(type.getEncoding()) ? 0 : int64_t(1) << (bitsOf(type.getEncoding()) - 1);
}
