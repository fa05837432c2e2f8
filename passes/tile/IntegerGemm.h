// What a kernel on matrix instructions does otherwise when its rows are quantized: it multiplies
// bytes.
//
// A stage is features that follow each other and share the weight's and the rows' scale: its
// products add up in i32 and join the sums in f32 once a stage. The groups of lanes along the depth
// share out its loads, or the halves of a single one, which are those of a depth lane's run, and if
// it is shorter than a stage, of neighbouring ones. Scales of the rows lie in LDS behind each stage
// of them, and if weights have zero points, so do the sums of the rows' integers: an integer of a
// weight less its zero point is that less the midpoint, and the difference of both times the sum of
// the rows is added in f32.
//
// Weights of 8 bits less their midpoint are bytes as they are. Of a word of 4-bit weights in the
// order `bytes`, two masks and a shift leave 16 (q - 8), exact in a byte; the 16 is taken off with
// the rows' scale.
#pragma once

#include "passes/tile/GemmLowering.h"

namespace qcc::tile {

class IntegerGemmLowering final : public GemmLowering {
public:
  using GemmLowering::GemmLowering;

private:
  mlir::LogicalResult verifyForm() override;
  int64_t preferredLoads(const qnt::PackedWeight &packed) override { return packed.runLoads(); }
  bool hasZeros();
  /// Of the rows' scales, and of their sums, in a stage.
  int64_t scalesAt() { return GemmLowering::stageBytes(); }
  int64_t sumsAt() { return scalesAt() + rows * 4; }
  int64_t stageBytes() override { return scalesAt() + rows * bytesBeside(); }
  int64_t bytesBeside() { return hasZeros() ? 8 : 4; }
  int64_t otherBytes() override { return description.scale ? schedule.getRows() * 4 : 0; }
  int64_t normsAt();
  void begin() override;
  Values loadRows(MatmulSegment &segment, const Staging &staging, const Position &stage) override;
  void stageRows(const Staging &staging, Value buffer, llvm::ArrayRef<Value> loaded) override;
  Values multiplyStage(const Walk &walk, llvm::ArrayRef<Tile> tiles, llvm::ArrayRef<Loaded> loaded,
                       Value buffer, Values sums) override;
  Value finished(Value sum, Value row) override;

  /// A stage's features in the pieces that are read and multiplied at once.
  llvm::SmallVector<Group> unitsOf(const Walk &walk);
  Value unpack(const Tile &tile, const Loaded &loaded, const Group &unit);
  int64_t tilesTogether(const Walk &walk, int64_t tiles);
  void multiplyTiles(const Walk &walk, llvm::ArrayRef<Tile> tiles, llvm::ArrayRef<Loaded> loaded,
                     Value buffer, llvm::MutableArrayRef<Value> sums);
  Values multiplyFragment(const Walk &walk, Value buffer, int64_t fragment, Values &pieces,
                          llvm::ArrayRef<Values> weights);
  void join(llvm::ArrayRef<Tile> tiles, llvm::ArrayRef<Loaded> loaded, Value buffer,
            int64_t fragment, const Values &products, llvm::MutableArrayRef<Value> sums);
  Value ofRows(Value buffer, int64_t at, int64_t fragment);
  void stageSums(const Staging &staging, Value buffer, llvm::ArrayRef<Value> pieces);
};

} // namespace qcc::tile
