// Lowers one matmul kernel of many rows to the code of a work-item, on matrix instructions.
//
// A workgroup computes `rows` rows of some columns of one segment, a wave all of these rows of its
// own `columns`. K goes by in stages of `stage` features. The rows of a stage lie in LDS, twice:
// while one is multiplied, the next one is on its way. Weights go from memory to registers,
// unpacked by the wave that needs them: each unpacked fragment is multiplied with all rows of the
// workgroup.
//
// A matrix instruction adds up over features in whatever order, if rows and weights agree on it. A
// lane's 16-byte load of weights, laid out for decode, holds consecutive features of one column, so
// it is a part of B as it is: lane l takes column l mod columns, and loads that follow each other
// go to the groups of lanes along the depth. A's fragments are read from LDS in the same order.
//
// A cache line of weights holds the same load of neighbouring depth lanes, `runElements` features
// apart. So the stages of a run go over all depth lanes before they go on to further loads: a line
// is used up while it is in the cache. `perDepthLane` loads of each depth lane belong to a stage,
// those that fill a line of the rows. Where a stage has less than a load for each group of lanes
// along the depth, they share out one: each loads a part of it.
//
// Where tiles do not fill the chip, `splits` workgroups share the K of each: SplitSums.h.
// Quantized rows are multiplied as bytes: IntegerGemm.h says what they do otherwise.
#pragma once

#include "dialects/tile/SplitSums.h"
#include "passes/tile/MatmulEpilogue.h"

namespace qcc::tile {

class GemmLowering : public MatmulEpilogue {
public:
  GemmLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize);
  mlir::LogicalResult run();

protected:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;

  /// How the packed weights of a segment, all alike, are walked through.
  struct Walk {
    int64_t perLoad;      // features of a lane's weight load, or of a part of one
    int64_t perDepthLane; // loads of a depth lane in a stage
    int64_t depthLanes;   // of a run in a stage
    int64_t runs;         // in a stage, when runs are short
    int64_t stages;       // of all of K
    int64_t chunks() const {
      return runs * depthLanes * perDepthLane;
    } // loads of a column in a stage
  };
  /// A place along K, the sum of a stage's, which all lanes share, and of a chunk's within the
  /// stage.
  struct Position {
    Value run, load, depthLane; // `load`: in parts of one
  };
  /// A tile of weights: `columns` of the matrix instruction, of one matmul.
  struct Tile {
    MatmulRoot *root;
    Value column;  // of this lane, within the segment, clamped to the last one
    Value weights; // bytes from the start of a stage's weights to this lane's first chunk
    Value scales;  // the same for scales
  };
  /// What a lane has loaded of one tile for one stage.
  struct Loaded {
    Values words;         // [chunk]
    Values scales, zeros; // [scaled part of a chunk], chunk by chunk

    void appendTo(Values &state) const;
    /// Takes as many values as this holds off the front of `state`.
    mlir::ValueRange takeFrom(mlir::ValueRange state);
  };
  /// Stages of a workgroup.
  struct StageSpan {
    Value first, count;
  };
  /// Some elements of a chunk, with `count` fragments of the rows from `fragment` on.
  struct Group {
    int64_t chunk, begin, fragment, count;
  };
  /// Where a work-item's pieces of a stage's rows come from, and where they go in LDS.
  struct Staging {
    Values sources;     // bytes into the rows
    Value target;       // of the first, bytes into a buffer
    int64_t targetStep; // bytes to the next
    Value feature;      // of the stage
    int64_t pieces;     // of a row in a stage
    Value inside;       // whether the work-item has a piece; null: all have
  };

  // What depends on how rows are staged and multiplied.
  virtual mlir::LogicalResult verifyForm();
  /// Loads that a stage takes of a depth lane, if it has as many, before it takes another's.
  virtual int64_t preferredLoads(const qnt::PackedWeight &packed);
  /// LDS of a stage, and of the kernel beside stages.
  virtual int64_t stageBytes() { return rows * schedule.getStage() * bytesOf(element); }
  virtual int64_t otherBytes() { return 0; }
  /// What comes before the loop over K.
  virtual void begin() {}
  virtual Values loadRows(MatmulSegment &segment, const Staging &staging, const Position &stage);
  virtual void stageRows(const Staging &staging, Value buffer, llvm::ArrayRef<Value> rows);
  virtual Values multiplyStage(const Walk &walk, llvm::ArrayRef<Tile> tiles,
                               llvm::ArrayRef<Loaded> loaded, Value buffer, Values sums);
  /// A sum over all of K, of row `row` of the workgroup.
  virtual Value finished(Value sum, Value row) { return sum; }

  // For those.
  int64_t unitElements();
  Value inputRow(Value row);
  Value loadPiece(Value buffer, Value offset);
  Value rowFragment(const Walk &walk, Value buffer, const Group &group, int64_t fragment);
  Value featureOf(MatmulRoot &root, const Position &position);

private:
  // GemmLowering.cpp
  int64_t loadParts(const qnt::PackedWeight &packed);
  Walk walkOf(MatmulSegment &segment);
  mlir::LogicalResult verify();
  mlir::LogicalResult emitRows(Value group, int64_t workgroups);
  mlir::LogicalResult emitSegments(Value group, int64_t workgroups);
  mlir::LogicalResult emitSegment(MatmulSegment &segment, Value workgroup, int64_t tilesBefore);
  int64_t workgroupsOf(MatmulSegment &segment);
  Position stagePosition(MatmulSegment &segment, const Walk &walk, Value stage);
  Position chunkPosition(const Walk &walk, Value chunk);
  llvm::SmallVector<Tile> tilesOf(MatmulSegment &segment, const Walk &walk, Value workgroup);
  mlir::LogicalResult storeResults(MatmulSegment &segment, Value workgroup,
                                   llvm::ArrayRef<Tile> tiles, const Values &sums);
  mlir::LogicalResult storeTiles(MatmulSegment &segment, Value workgroup,
                                 llvm::ArrayRef<Tile> tiles, const Values &sums);

  // GemmLoads.cpp
  Staging stagingOf(MatmulSegment &segment, const Walk &walk);
  Value swizzled(Value row, Value piece, int64_t pieces);
  int64_t scaledParts(MatmulRoot &root, const Walk &walk);
  Loaded loadWeights(const Tile &tile, const Walk &walk, const Position &stage);
  Value weightOffset(MatmulRoot &root, const Position &position);
  Value blockOf(MatmulRoot &root, const Position &position);
  Value dequantize(const Tile &tile, const Walk &walk, const Loaded &loaded, int64_t chunk,
                   int64_t begin, int64_t size);
  Value channelScale(const Tile &tile);

  // GemmLoop.cpp
  Values accumulate(MatmulSegment &segment, const Walk &walk, llvm::ArrayRef<Tile> tiles);
  llvm::SmallVector<Group> groupsOf(const Walk &walk);
  Values readGroup(const Walk &walk, Value buffer, const Group &group);
  Values unpackGroup(const Walk &walk, llvm::ArrayRef<Tile> tiles, llvm::ArrayRef<Loaded> loaded,
                     const Group &group);
  void multiplyGroup(const Group &group, llvm::ArrayRef<Value> fragments,
                     llvm::ArrayRef<Value> weights, Values &sums);

  // GemmSplits.cpp
  StageSpan stageSpan(int64_t stages);
  Value partialOffset(Value tile, int64_t matmuls, Value index, int64_t vectors);
  void storePartials(Value tile, int64_t matmuls, const Values &sums);
  Values addPartials(Value tile, int64_t matmuls, int64_t vectors);
  mlir::LogicalResult storeSplit(MatmulSegment &segment, Value workgroup, Value tile,
                                 llvm::ArrayRef<Tile> tiles, const Values &sums);
  /// Sums of a lane in one vector.
  int64_t heldSums() const { return shape.getRows() * shape.getColumns() / waveSize; }

  std::optional<SplitSums> splitSums;
  Value split; // of splitSums->splits

protected:
  MatrixShapeAttr shape;
  int64_t rows, columns;       // that a workgroup, and a wave, computes
  mlir::Type element;          // of rows
  int64_t pieceFeatures;       // that are staged and read from LDS at once: 16 bytes
  Value lane, wave, thread;    // thread = index in the workgroup
  Value laneColumn, laneGroup; // of the matrix instruction's operands
  Value rowTile, firstRow, rowCount;
  Value shared;
};

} // namespace qcc::tile
