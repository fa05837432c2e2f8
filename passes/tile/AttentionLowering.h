// Lowers one attention kernel to the code of a work-item: flash attention over the KV cache.
//
// A workgroup attends for one row and some query heads that share a key/value head, so that each
// key and value it loads serves all of them (tile::AttentionPartition says which lane holds what).
// Its waves visit positions in turns; in a turn, each lane group visits `unroll` positions, whose
// keys and values were loaded a turn ahead. Each lane group keeps a running maximum, sum and
// weighted values for every head (Milakov and Gimelshein 2018); groups are merged at the end,
// within the wave by exchanges, between waves through LDS.
//
// Where positions are split between workgroups (flash-decoding: Dao et al. 2023), the turns that
// the row's length takes are dealt evenly to the splits; those that would get none leave. Each of
// the others leaves its partial result in the workspace and arrives at a counter. The last one adds
// up all partial results in the order of the splits, so that the result does not depend on who is
// last, and sets the counter back.
//
// Scores are kept times log2 e, so that their exponentials are powers of two.
#pragma once

#include "dialects/tile/AttentionPartition.h"
#include "passes/tile/AttentionKernel.h"

namespace qcc::tile {

class AttentionLowering : public AttentionKernel {
public:
  AttentionLowering(KernelOp kernel, lm::AttentionOp op, int64_t waveSize);
  void run();

private:
  /// What a lane group has seen so far of one query head; nothing yet where values are null.
  struct Head {
    Value maximum, sum;
    List<Value> values; // weighted values, a vector a piece
  };
  /// What a lane loads of a key, or of a value: a vector a piece, and the scale of a quantized one.
  struct Entry {
    List<Value> pieces;
    Value scale;
  };
  /// Keys, or values, of a turn's positions.
  using Loads = List<Entry>;
  struct Turn {
    Value base; // the turn's first position
    Loads keys, values;
  };
  /// Positions [from, to) of one sequence, never none.
  struct Span {
    Half keys, values;
    Value from, to;
  };
  /// A wave's state, the lane groups merged. Of the list of a lane's weighted values (head, piece,
  /// element), each lane has some that follow one another, `first` on.
  struct WavePart {
    List<Value> maxima, sums; // [head]
    List<Value> values;
    Value first;
  };
  /// Some neighbouring elements of a head's result, as one work-item computes them.
  struct Piece {
    Value head, element; // of the workgroup's heads, of the head
    Value maximum, sum;
    List<Value> values; // weighted, not divided by the sum
  };

  // AttentionLowering.cpp
  Value queryHead(Value head);
  List<List<Value>> loadQueries();
  Span visiblePositions();
  void attend(const Span &span);
  void storePiece(const Piece &piece);
  void storeResult(llvm::function_ref<Piece(Value head, Value element)> piece);
  void quantizeResult();

  // AttentionLoop.cpp
  Value turnPosition(Value base, int64_t index);
  Value pieceOffset(int64_t piece);
  Loads load(const Half &half, const Span &span, Value base);
  Value score(llvm::ArrayRef<Value> query, const Entry &key);
  List<List<Value>> scoreTurn(const Turn &turn, Value end);
  void addValues(const Loads &values, llvm::ArrayRef<List<Value>> scores,
                 llvm::MutableArrayRef<Head> heads);
  void addWeighted(Head &head, Value weight, const Entry &value);
  static List<Value> flat(llvm::ArrayRef<Head> heads);
  List<Head> headsOf(mlir::ValueRange values);
  List<Value> carried(const Turn &turn, llvm::ArrayRef<Head> heads);
  List<Head> takeCarried(mlir::ValueRange values, Turn &turn);
  List<Head> visitTurns(const Span &span, Turn turn);
  List<Head> visitAll(const Span &span);

  // AttentionMerge.cpp
  Value reduceGroups(Value value, Reduction reduction);
  WavePart mergeGroups(llvm::MutableArrayRef<Head> heads);
  void scatter(WavePart &part, int64_t mask);
  int64_t waveBytes() const;
  void storeWave(const WavePart &part);
  int64_t pieceWidth() const;
  void forPieces(llvm::function_ref<void(Value head, Value element)> body);
  Piece mergeWaves(Value head, Value element);

  // AttentionSplits.cpp
  void attendSplit(const Span &whole);
  Value partialOffset(Value split);
  void storePartial(const Piece &piece);
  Value isLastOf(Value active);
  Piece mergePartials(Value head, Value element, Value active);
  void addPartials(Piece &piece, Value first, Value active);

  AttentionPartition shape;
  mlir::Type element; // of the cache
  Value lane, wave, row, block, split;
  Value shared;
  Value unquantized; // LDS, f32 [head, element] of the workgroup's result; null unless it is quantized
  List<List<Value>> queries; // [head][piece]
};

} // namespace qcc::tile
