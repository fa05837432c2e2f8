// Carries out a weight's recipe: turns the source's bytes into the packed bytes that kernels read,
// in independent chunks, so that memory stays small and every core can work.
#pragma once

#include "compiler/package/Reorder.h"
#include "compiler/package/WeightSource.h"
#include "dialects/qnt/PackedWeight.h"

namespace qcc::package {

/// A range of a packed weight's bytes that is made on its own.
struct Chunk {
  enum class Part { values, scales, zeros };
  Part part;
  /// The panels that it holds, or the rows of a weight without layout.
  int64_t firstUnit, units;
  /// Where its bytes start in the packed weight, and how many they are, padding up to the next part
  /// included.
  int64_t offset, bytes;
};

class WeightPacker {
public:
  /// Prepares to pack `weight`, mapping its source through `files`, which must outlive the packer.
  /// Fails as WeightSource::open does.
  static llvm::Expected<WeightPacker> create(program::WeightOp weight, WeightFiles &files);

  llvm::StringRef name() const { return source.name(); }
  qnt::WeightType weightType() const { return type; }
  /// All packed bytes: the sum of the chunks' bytes.
  int64_t bytes() const { return packed.bytes(); }
  /// In the order of their offsets, without gaps.
  llvm::ArrayRef<Chunk> chunks() const { return chunkList; }

  /// Fills `out`, of `chunk.bytes`, and lets go of the source pages it read. Any thread may pack
  /// any chunk. Fails with one sentence naming weight, row and block when a scale or zero point is
  /// a NaN or infinite, or when a zero point plus its midpoint is no number of the scales' type.
  ///
  /// Padding dequantizes to zero: padded rows and blocks have scale 0, and padded elements of a
  /// real block hold the integer nearest to its zero point.
  llvm::Error pack(const Chunk &chunk, llvm::MutableArrayRef<uint8_t> out) const;

private:
  WeightPacker(WeightSource source, qnt::WeightType type, WeightFiles &files);

  void addChunks(Chunk::Part part, int64_t unitBytes, int64_t begin, int64_t end);
  /// The weight's row that is output `column` of `panel`, or -1 where the panel is padded. Without
  /// a layout a panel is a row.
  int64_t rowOf(int64_t panel, int64_t column) const;

  void packValues(const Chunk &chunk, uint8_t *out) const;
  void packRow(int64_t sourceRow, const uint8_t *line, uint8_t *out) const;
  void packTail(int64_t sourceRow, const uint8_t *line, uint8_t *out) const;
  void placePiece(const uint8_t *piece, uint8_t *out) const;
  /// The rows of `chunk`, gathered from storage `columns` into `lines` of whole bytes.
  void gatherLines(const Chunk &chunk, std::vector<uint8_t> &lines) const;

  llvm::Error packScales(const Chunk &chunk, uint8_t *out) const;
  llvm::Error packZeros(const Chunk &chunk, uint8_t *out) const;
  llvm::Expected<uint32_t> zeroBits(int64_t sourceRow, int64_t block) const;
  llvm::Error notFinite(llvm::StringRef what, int64_t sourceRow, int64_t block) const;

  void dropSource(const Chunk &chunk) const;

  WeightSource source;
  qnt::WeightType type;
  qnt::PackedWeight packed;
  WeightFiles *files;
  std::vector<Chunk> chunkList;

  // How rows are cut into pieces: the contiguous bytes of one row that make up a run of a panel. A
  // piece is `steps` parts of `partBytes`, which lie `stepStride` apart.
  unsigned bits;
  qnt::TiledAttr tiled;
  int64_t panelColumns, panels, columns;
  int64_t pieceBytes, pieces;
  int64_t steps, partBytes, stepStride;
  int64_t blocksPerRow, packedBlocks;
  Reorder reorder;
  uint32_t flip;
  /// Scale-type bits of each packed integer zero point; empty when zero points are floating point.
  std::vector<uint32_t> integerZeroBits;
};

} // namespace qcc::package
