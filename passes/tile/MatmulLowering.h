// Lowers one matmul kernel to the code of a work-item.
//
// A workgroup computes `rows` rows of some panels of one segment. It stages its rows into LDS (normalized
// on the way), then each wave streams its panel's weights: a lane loads 16 bytes of one column at a time,
// unpacks them, and adds their products with the staged rows. `prefetch` of the loads are in flight ahead of
// their use, the first of them ahead of staging. Lanes of one column are added up at the end, and the epilogue runs
// with one lane for each row and column.
//
// Quantized rows are bytes with scales: IntegerMatmul.h says what they do otherwise; MatrixMatmul.h, what kernels on
// matrix instructions do.
//
// Zero points and the biases of unpacking are factored out: with q + bias what the unpacking gives,
// sum a (q - z) = sum a (q + bias) - sum a (bias + z). The second sum does not depend on the column, unless z
// does, and is taken once, while staging; each dot product then starts from it.
#pragma once

#include "passes/tile/MatmulEpilogue.h"

namespace qcc::tile {

class MatmulLowering : public MatmulEpilogue {
public:
  MatmulLowering(KernelOp kernel, MatmulKernel &description, int64_t waveSize);
  mlir::LogicalResult run();

protected:
  using Value = mlir::Value;

  static constexpr int64_t loadBytes = 16; // of a lane

  /// How a segment's rows lie in LDS, and how its waves walk along K.
  struct Shape {
    mlir::Type element;   // of staged rows: f16, f32, or i8
    int64_t bits;         // of a packed element
    int64_t perLoad;      // elements of a lane's weight load, e
    int64_t perPiece;     // elements of 16 bytes of LDS
    int64_t unpacked;     // elements that are unpacked at once: whole words, whole pieces
    int64_t lanesK;
    int64_t runElements;  // features of a run that one lane holds
    int64_t runDepth;     // features of a run
    int64_t runs;         // of the whole of K
    int64_t stageRuns;    // runs staged at once
    int64_t stages;
    int64_t stagedRuns;   // of all stages; those past the end of K are zeros
    int64_t depthTurns;   // depth lanes of a run whose features one lane multiplies
    int64_t ahead;        // runs whose weights are loaded ahead of their use
    int64_t granule;      // features that share one sum; 0: no sums are needed
    int64_t vector;       // features that a work-item stages at once
    int64_t pieceStride;  // bytes from a lane's piece to its next
    int64_t rowPadding;   // bytes behind a staged row
    /// Zero point that is part of the sums, if one serves all matmuls; else sums of the rows alone follow.
    std::optional<int64_t> commonZero;

    int64_t groupElements; // of a lane's run whose rows are read from LDS together

    int64_t pieceBytes() const { return perPiece * bytesOf(element); }
    int64_t pieces() const { return runElements / perPiece; }
    int64_t stageDepth() const { return stageRuns * runDepth; }
    int64_t rowBytes() const { return stageRuns * pieces() * pieceStride + rowPadding; }
    int64_t sumsPerRow() const { return granule ? stageDepth() / granule : 0; }
    int64_t sumKinds() const { return granule == 0 ? 0 : commonZero ? 1 : 2; }
  };
  /// What a sum over staged features is of.
  enum class Sum : int64_t { correction, plain };
  /// LDS of the kernel, shared by all segments.
  struct Shared {
    Value rows, sums, norms, partials;
  };
  /// What identifies the wave's work within a segment.
  struct Place {
    Value panel;      // clamped to the last one
    Value valid;      // the panel exists
    Value splitIndex; // which part of K
    Value column;     // of the lane within a panel's columns
    Value depthLane;
    Value laneOffset; // bytes from the start of a step to the lane's load
  };
  /// Some neighbouring features of a row, on their way into LDS.
  struct Chunk {
    Value row, local; // of the workgroup, of the stage
    Value source, feature; // in the input
    Value inside;     // false: it repeats another work-item's; null: it never does
    Value present;    // false: it lies past the end of K; null: it never does
    Value x, weight;  // as stored; the norm's weight, or null
    Value scale;      // of quantized features
  };
  using Accumulators = llvm::SmallVector<Value>; // [root][column of lane][row]
  using Loads = llvm::SmallVector<Value>; // the loads of one run, see loadRun
  /// One matmul and column of the lane, while a run is added to its sums.
  struct Chain {
    MatmulRoot *root;
    int64_t rootIndex, slot;
    llvm::ArrayRef<Value> words, scales, zeros; // loaded: a word a load, the others one each scaled run
    llvm::MutableArrayRef<Value> sums;          // [row]
    Value weights;                              // the current words, unpacked
    llvm::SmallVector<Value> dots;              // [row], or more a row, of the current scaled run
  };
  /// What some pieces of a run need from LDS.
  struct Group {
    int64_t begin;                  // element of the lane's run
    llvm::SmallVector<Value> rows;  // [piece][row]
    /// Of each matmul: [scaled run that begins here][row], [scaled run that ends here][row].
    llvm::SmallVector<llvm::SmallVector<Value>> corrections, plainSums;
    llvm::SmallVector<llvm::SmallVector<Value>> scales; // of quantized rows, likewise those that end
  };
  /// Some consecutive runs of a wave within a stage.
  struct Turn {
    Value stageRun; // first run of the stage
    Value first;    // the turn's first run, counted in the wave's runs of the stage
    int64_t runs;   // to be added
    int64_t refills; // of them make room for the loads of runs that follow
  };

  /// Where a granule's sums go in LDS.
  struct SumPlace {
    Value offset; // of the first kind
    Value writes; // whether this lane writes them
    int64_t lanes; // neighbours that have parts of them
  };

  // What depends on how rows are staged and multiplied.
  virtual mlir::LogicalResult verify() { return mlir::success(); }
  virtual Shape shapeOf(MatmulSegment &segment);
  virtual Place placeOf(MatmulSegment &segment, Value workgroup);
  virtual mlir::Type stagedElement(MatmulSegment &segment);
  virtual int64_t sumKinds(const Shape &shape) { return shape.sumKinds(); }
  /// Rows that the sums of a wave are of, and values in which a lane has those of a column.
  virtual int64_t sumRows() { return rows; }
  virtual int64_t sumsOfColumn() { return rows; }
  virtual bool hasNorm() { return description.norm != nullptr; }
  virtual int64_t normBytes() { return (schedule.getWaves() + 1) * rows * 4; }
  /// Issues the loads of norms that come ahead of the weights.
  virtual void loadNorms() {}
  virtual void computeNorms();
  /// Rows that are kept in registers at most, between their load and their staging.
  virtual int64_t mostKeptRows() { return 1; }
  virtual void loadBeside(const Shape &shape, Chunk &chunk);
  virtual void stageInTurn(const Shape &shape, const Chunk &chunk);
  virtual void stageLoaded(const Shape &shape, llvm::ArrayRef<Chunk> chunks);
  virtual void stageSums(const Shape &shape, const Chunk &chunk, Value staged);
  /// Where feature `local` of a stage is in a staged row.
  virtual Value stagedOffset(const Shape &shape, Value local);
  virtual void readSums(MatmulSegment &segment, const Shape &shape, const Place &place, Value localRun,
                        Group &group);
  virtual void addPiece(Chain &chain, const Shape &shape, const Place &place, const Group &group,
                        int64_t begin);
  virtual Accumulators accumulate(MatmulSegment &segment, const Shape &shape, const Place &place);
  virtual Accumulators combineLanes(const Shape &shape, const Place &place, Accumulators sums, int64_t columns);
  virtual mlir::LogicalResult storeSegment(MatmulSegment &segment, const Shape &shape, const Place &place,
                                           const Accumulators &sums);
  /// A column's sum for row `row` of the workgroup, when all of it has been added up.
  virtual Value finished(Value sum, Value row) { return sum; }

  // For those.
  Value inputRow(Value row);
  Value loadInput(Value row, Value feature, int64_t size);
  void stageChunk(const Shape &shape, const Chunk &chunk, Value staged);
  SumPlace sumPlaceOf(const Shape &shape, const Chunk &chunk);
  Value sumOffset(const Shape &shape, const Place &place, Value localRun, int64_t plane, int64_t begin);
  Value channelPart(MatmulRoot &root, const Place &place, int64_t slot, int64_t part);
  Chunk chunkAt(const Shape &shape, Value base, int64_t runs, Value index);
  void loadChunk(const Shape &shape, Chunk &chunk);
  Loads loadRun(MatmulSegment &segment, const Shape &shape, const Place &place, Value run);
  llvm::SmallVector<Chain> chainsOf(MatmulSegment &segment, const Shape &shape, llvm::ArrayRef<Value> loaded,
                                    llvm::MutableArrayRef<Value> sums);
  void scaleChannels(MatmulSegment &segment, const Place &place, llvm::MutableArrayRef<Value> sums);

private:
  // MatmulLowering.cpp
  void allocateShared();
  int64_t workgroupsOf(MatmulSegment &segment);
  llvm::SmallVector<mlir::Attribute> streams();
  mlir::LogicalResult emitSegment(MatmulSegment &segment, Value workgroup);

  // MatmulStaging.cpp
  Value addSquares(Value features, Value sum);
  void storeSquares(Value squares, int64_t row);
  Value inverseNorm(Value row);
  Value valueOf(const Chunk &chunk);
  Value normalized(const Shape &shape, const Chunk &chunk, Value inverse);
  void stageRows(const Shape &shape, Value firstRun, int64_t runs);
  llvm::SmallVector<Chunk> loadRows(const Shape &shape);
  Value weightedSum(const Shape &shape, Value staged, Value local, Sum kind);

  // MatmulLoads.cpp
  void loadScales(MatmulRoot &root, const Shape &shape, const Place &place, Value run, int64_t slot,
                  int64_t part, Loads &loaded);
  Group readGroup(MatmulSegment &segment, const Shape &shape, const Place &place, Value localRun,
                  int64_t begin);
  Value stagedPiece(const Shape &shape, const Place &place, Value localRun, int64_t row, int64_t piece);
  Value stagedSum(const Shape &shape, const Place &place, Value localRun, int64_t row, int64_t begin,
                  int64_t size, Sum kind);

  // MatmulLoop.cpp
  Accumulators addStage(MatmulSegment &segment, const Shape &shape, const Place &place, Value firstRun,
                        int64_t runs, Accumulators sums);
  Accumulators addRuns(MatmulSegment &segment, const Shape &shape, const Place &place, Value firstRun,
                       int64_t count, llvm::SmallVector<Loads> loaded, Accumulators sums);
  Accumulators addTurn(MatmulSegment &segment, const Shape &shape, const Place &place, const Turn &turn,
                       llvm::MutableArrayRef<Loads> loaded, Accumulators sums);
  void pinSums(llvm::MutableArrayRef<Chain> chains);
  void addGroup(llvm::MutableArrayRef<Chain> chains, const Shape &shape, const Place &place,
                const Group &group);
  void beginScaledRun(Chain &chain, const Shape &shape, const Group &group, int64_t begin);
  void endScaledRun(Chain &chain, const Shape &shape, const Place &place, const Group &group, int64_t end);
  Value unpack(Chain &chain, const Shape &shape, int64_t begin);

protected:
  int64_t panelsPerGroup;
  int64_t rows;             // a workgroup computes
  Value lane, wave, thread; // thread = index in the workgroup
  Value rowTile, firstRow, rowCount;
  Shared shared;
};

} // namespace qcc::tile
