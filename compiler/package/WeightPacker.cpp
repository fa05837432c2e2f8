#include "compiler/package/WeightPacker.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>
#include <cstring>

using namespace qcc;
using namespace qcc::package;
using llvm::divideCeil;

/// What a chunk holds at least, unless its weight is smaller: large enough to make hand-over
/// between threads cheap, small enough that a chunk a thread is no memory to speak of.
static constexpr int64_t chunkTarget = int64_t(1) << 20;

/// The same for sources stored by columns, where wide chunks read longer runs of each line.
static constexpr int64_t columnsChunkTarget = int64_t(4) << 20;

//===-- Preparation ---------------------------------------------------------------------------===//

llvm::Expected<WeightPacker> WeightPacker::create(program::WeightOp weight, WeightFiles &files) {
  llvm::Expected<WeightSource> source = WeightSource::open(weight, files);
  if (!source) {
    return source.takeError();
  }
  return WeightPacker(std::move(*source), weight.getWeightType(), files);
}

WeightPacker::WeightPacker(WeightSource resolved, qnt::WeightType type, WeightFiles &files)
    : source(std::move(resolved)), type(type), packed(type), files(&files),
      bits(qnt::bitsOf(type.getEncoding())),
      tiled(llvm::dyn_cast_if_present<qnt::TiledAttr>(type.getLayout())),
      panelColumns(tiled ? packed.panelColumns() : 1),
      panels(tiled ? packed.panels() : type.getRows()), columns(type.getColumns()),
      pieceBytes(tiled ? packed.runDepth() * bits / 8 : divideCeil(columns * bits, 8)),
      pieces(tiled ? packed.runs() : 1), steps(tiled ? packed.runLoads() : 1),
      partBytes(pieceBytes / steps), stepStride(panelColumns * partBytes),
      blocksPerRow(type.getBlocksPerRow()), packedBlocks(tiled ? packed.blocks() : blocksPerRow),
      reorder(reorderOf(bits, tiled ? tiled.getOrder() : llvm::StringRef("linear"))),
      flip(source.midpoint() ? topBitsOf(bits) : 0) {
  if (type.getZero() != qnt::Encoding::none && !qnt::isFloat(type.getZero())) {
    for (uint32_t zero = 0; zero < uint32_t(1) << bits; ++zero) {
      llvm::APFloat value(static_cast<float>(zero));
      bool lost;
      value.convert(semanticsOf(type.getScale()), llvm::APFloat::rmNearestTiesToEven, &lost);
      integerZeroBits.push_back(static_cast<uint32_t>(value.bitcastToAPInt().getZExtValue()));
    }
  }
  int64_t scaleUnit = packedBlocks * panelColumns * qnt::bitsOf(type.getScale()) / 8;
  addChunks(Chunk::Part::values, pieces * panelColumns * pieceBytes, 0, packed.scalesOffset());
  addChunks(Chunk::Part::scales, scaleUnit, packed.scalesOffset(), packed.zerosOffset());
  addChunks(Chunk::Part::zeros, scaleUnit, packed.zerosOffset(), packed.bytes());
}

void WeightPacker::addChunks(Chunk::Part part, int64_t unitBytes, int64_t begin, int64_t end) {
  if (begin == end) {
    return;
  }
  bool wide = part == Chunk::Part::values && source.storage() == qnt::Storage::columns;
  int64_t units = std::max<int64_t>(1, (wide ? columnsChunkTarget : chunkTarget) / unitBytes);
  for (int64_t first = 0; first < panels; first += units) {
    int64_t count = std::min(units, panels - first);
    chunkList.push_back({part, first, count, begin + first * unitBytes, count * unitBytes});
  }
  chunkList.back().bytes = end - chunkList.back().offset;
}

int64_t WeightPacker::rowOf(int64_t panel, int64_t column) const {
  int64_t row = panel * panelColumns + column;
  return row < type.getRows() ? row : -1;
}

llvm::Error WeightPacker::pack(const Chunk &chunk, llvm::MutableArrayRef<uint8_t> out) const {
  assert(static_cast<int64_t>(out.size()) == chunk.bytes);
  std::fill(out.begin(), out.end(), 0);
  llvm::Error error = llvm::Error::success();
  switch (chunk.part) {
  case Chunk::Part::values:
    packValues(chunk, out.data());
    break;
  case Chunk::Part::scales:
    error = packScales(chunk, out.data());
    break;
  case Chunk::Part::zeros:
    error = packZeros(chunk, out.data());
    break;
  }
  dropSource(chunk);
  return error;
}

void WeightPacker::dropSource(const Chunk &chunk) const {
  llvm::ArrayRef<uint8_t> bytes = source.values();
  int64_t line = source.valueStride();
  if (chunk.part != Chunk::Part::values) {
    bool scales = chunk.part == Chunk::Part::scales;
    bytes = scales ? source.scales() : source.zeros();
    line = scales ? blocksPerRow * qnt::bitsOf(type.getScale()) / 8 : source.zeroStride();
  } else if (source.storage() == qnt::Storage::columns) {
    return; // dropped while they were gathered
  }
  int64_t begin = source.sourceType().getRows(), end = 0;
  int64_t lastUnit = std::min((chunk.firstUnit + chunk.units) * panelColumns, type.getRows());
  for (int64_t row = chunk.firstUnit * panelColumns; row < lastUnit; ++row) {
    int64_t sourceRow = source.sourceRow(row);
    begin = std::min(begin, sourceRow);
    end = std::max(end, sourceRow + 1);
  }
  files->dropBehind(bytes.slice(begin * line, (end - begin) * line));
}

//===-- Values --------------------------------------------------------------------------------===//

void WeightPacker::packValues(const Chunk &chunk, uint8_t *out) const {
  bool gather = source.storage() == qnt::Storage::columns;
  int64_t stride = gather ? divideCeil(columns * bits, 8) : source.valueStride();
  // The midpoint in every element: all bytes are alike.
  uint32_t midpoints = qnt::isFloat(type.getEncoding()) ? 0 : topBitsOf(bits);
  std::array<uint8_t, sizeof(midpoints)> padding;
  reorder(reinterpret_cast<const uint8_t *>(&midpoints), padding.data(), padding.size(), 0);
  std::vector<uint8_t> lines;
  if (gather) {
    gatherLines(chunk, lines);
  }
  for (int64_t panel = chunk.firstUnit; panel < chunk.firstUnit + chunk.units; ++panel) {
    int64_t gathered = (panel - chunk.firstUnit) * panelColumns;
    for (int64_t column = 0; column < panelColumns; ++column) {
      int64_t row = rowOf(panel, column);
      uint8_t *target = out + column * partBytes;
      if (row >= 0) {
        int64_t sourceRow = source.sourceRow(row);
        const uint8_t *line = gather ? lines.data() + (gathered + column) * stride
                                     : source.values().data() + sourceRow * stride;
        packRow(sourceRow, line, target);
        continue;
      }
      for (int64_t step = 0; step < pieces * steps; ++step) {
        std::memset(target + step * stepStride, padding[0], partBytes);
      }
    }
    out += pieces * panelColumns * pieceBytes;
  }
}

void WeightPacker::packRow(int64_t sourceRow, const uint8_t *line, uint8_t *out) const {
  // Words are whole in the source except in the last piece, which may also be padded.
  int64_t whole = pieceBytes % 4 == 0 ? columns * bits / 8 / pieceBytes : 0;
  int64_t pieceStride = steps * stepStride;
  std::vector<uint8_t> ordered(steps == 1 ? 0 : pieceBytes);
  for (int64_t piece = 0; piece < whole; ++piece) {
    uint8_t *target = out + piece * pieceStride;
    reorder(line + piece * pieceBytes, steps == 1 ? target : ordered.data(), pieceBytes, flip);
    if (steps > 1) {
      placePiece(ordered.data(), target);
    }
  }
  if (whole < pieces) {
    packTail(sourceRow, line, out + whole * pieceStride);
  }
}

/// Deals a piece's loads out: `steps` consecutive ones belong to one lane, a step each.
void WeightPacker::placePiece(const uint8_t *piece, uint8_t *out) const {
  constexpr int64_t loadBytes = 16;
  for (int64_t lane = 0; lane < partBytes; lane += loadBytes) {
    for (int64_t step = 0; step < steps; ++step, piece += loadBytes) {
      std::memcpy(out + step * stepStride + lane, piece, loadBytes);
    }
  }
}

void WeightPacker::packTail(int64_t sourceRow, const uint8_t *line, uint8_t *out) const {
  int64_t firstElement = (pieces - 1) * pieceBytes * 8 / bits;
  int64_t present = columns - firstElement, elements = pieceBytes * 8 / bits;
  std::vector<uint8_t> linear(llvm::alignTo(pieceBytes, 4)), ordered(linear.size());
  std::memcpy(linear.data(), line + firstElement * bits / 8, divideCeil(present * bits, 8));
  reorderOf(bits, "linear")(linear.data(), ordered.data(), linear.size(), flip);
  for (int64_t i = present; i < elements; ++i) {
    // Rows without a layout end in zero bits; in a tile a block that starts past K has scale 0.
    int64_t block = type.isQuantized() ? (firstElement + i) / type.getBlock() : 0;
    uint32_t zero = tiled ? source.packedZero(sourceRow, std::min(block, blocksPerRow - 1)) : 0;
    storeElement(ordered.data(), i, bits, zero);
  }
  linear.swap(ordered);
  reorder(linear.data(), ordered.data(), linear.size(), 0);
  if (steps == 1) {
    std::memcpy(out, ordered.data(), pieceBytes);
  } else {
    placePiece(ordered.data(), out);
  }
}

/// Copies elements lines[k][rows[i]], k < depth, to element k of the target's line i.
template <typename Element>
static void transpose(const uint8_t *lines, int64_t lineStride, llvm::ArrayRef<int64_t> rows,
                      int64_t depth, uint8_t *target, int64_t stride) {
  for (size_t i = 0; i < rows.size(); ++i) {
    for (int64_t k = 0; k < depth; ++k) {
      std::memcpy(target + i * stride + k * sizeof(Element),
                  lines + k * lineStride + rows[i] * sizeof(Element), sizeof(Element));
    }
  }
}

/// The same for elements of `bits` below 8; the target starts out as zeros.
template <unsigned bits>
static void transposeBits(const uint8_t *lines, int64_t lineStride, llvm::ArrayRef<int64_t> rows,
                          int64_t depth, uint8_t *target, int64_t stride) {
  constexpr int64_t perByte = 8 / bits;
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint8_t *source = lines + rows[i] / perByte;
    auto shift = static_cast<unsigned>(rows[i] % perByte * bits);
    for (int64_t k = 0; k < depth; ++k) {
      unsigned element = source[k * lineStride] >> shift & ((1u << bits) - 1);
      target[i * stride + k / perByte] |= static_cast<uint8_t>(element << (k % perByte * bits));
    }
  }
}

/// The transposition of elements of `bits`.
static auto transposeOf(unsigned bits) {
  switch (bits) {
  case 32:
    return transpose<uint32_t>;
  case 16:
    return transpose<uint16_t>;
  case 8:
    return transpose<uint8_t>;
  case 4:
    return transposeBits<4>;
  default:
    return transposeBits<2>;
  }
}

void WeightPacker::gatherLines(const Chunk &chunk, std::vector<uint8_t> &lines) const {
  // Source lines at a time: few enough to stay cached and mapped, and whole bytes of any element.
  constexpr int64_t tileDepth = 64;
  int64_t stride = divideCeil(columns * bits, 8), lineStride = source.valueStride();
  int64_t end = std::min((chunk.firstUnit + chunk.units) * panelColumns, type.getRows());
  std::vector<int64_t> rows;
  for (int64_t row = chunk.firstUnit * panelColumns; row < end; ++row) {
    rows.push_back(source.sourceRow(row));
  }
  lines.assign(rows.size() * stride, 0);
  auto transposeTile = transposeOf(bits);
  for (int64_t k = 0; k < columns; k += tileDepth) {
    int64_t depth = std::min(tileDepth, columns - k);
    llvm::ArrayRef<uint8_t> tile = source.values().slice(k * lineStride, depth * lineStride);
    transposeTile(tile.data(), lineStride, rows, depth, lines.data() + k * bits / 8, stride);
    files->dropBehind(tile);
  }
}
