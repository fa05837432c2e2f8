// What a kernel on matrix instructions does otherwise when its rows are quantized: it multiplies
// bytes.
//
// A stage is as deep as a lane's run of weights, all of which share the weight's and the rows'
// scale: its products add up in i32 and join the sums in f32 once a stage. The groups of lanes
// along the depth share out the loads of a run, not those of neighbouring depth lanes, which have
// scales of their own. Scales of the rows lie in LDS behind each stage of them.
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
  Walk walkOf(MatmulSegment &segment) override;
  int64_t scalesAt() { return GemmLowering::stageBytes(); }
  int64_t stageBytes() override { return scalesAt() + rows * 4; }
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
  Value rowScales(Value buffer, int64_t fragment);
};

} // namespace qcc::tile
