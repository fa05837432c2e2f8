#include "passes/tile/AttentionLowering.h"

#include "passes/tile/RowQuantizer.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

AttentionLowering::AttentionLowering(KernelOp kernel, lm::AttentionOp op, int64_t waveSize)
    : AttentionKernel(kernel, op, waveSize), shape(op, schedule), element(cache.getElementType()) {}

/// The query head that is number `head` of the workgroup's.
Value AttentionLowering::queryHead(Value head) {
  return b.add(b.mul(block, shape.heads), head);
}

/// The lane's pieces of the workgroup's queries: as stored where the chips multiply them with keys
/// as they are, else in f32.
AttentionLowering::List<AttentionLowering::List<Value>> AttentionLowering::loadQueries() {
  Type stored = getElementTypeOrSelf(op.getQuery().getType());
  bool asStored = stored.isF16() && element.isF16() && shape.vector % 2 == 0;
  int64_t slots = shape.size / shape.vector;
  List<List<Value>> loaded(shape.heads);
  for (auto [head, pieces] : llvm::enumerate(loaded)) {
    Value first = b.add(b.mul(row, op.getHeads()), queryHead(b.i32(head)));
    for (int64_t piece = 0; piece < shape.pieces; ++piece) {
      Value index = b.add(b.mul(first, shape.size), pieceOffset(piece));
      Value part =
          b.load(bufferOf(op.getQuery()), b.mul(index, bytesOf(stored)), stored, shape.vector);
      part = asStored ? part : b.toF32(part);
      if ((piece + 1) * shape.lanes > slots) {
        Value slot = b.add(b.rem(lane, shape.lanes), piece * shape.lanes);
        part = b.select(b.less(slot, b.i32(slots)), part, b.zeros(part.getType()));
      }
      pieces.push_back(part);
    }
  }
  return loaded;
}

/// The positions that the row attends to.
AttentionLowering::Span AttentionLowering::visiblePositions() {
  StateMemory memory = state();
  Value last = memory.position(row), from = firstVisible(last);
  Value cacheHead = b.div(block, shape.blocks / cache.getHeads());
  Value head = b.add(b.mul(memory.slot(row), cache.getHeads()), cacheHead);
  return {cacheHalf(head, false), cacheHalf(head, true), from, b.add(last, 1)};
}

/// Stores a piece of the result: to memory, to LDS where blocks of it are quantized, or to both.
void AttentionLowering::storePiece(const Piece &piece) {
  Type stored = getElementTypeOrSelf(op.getResult().getType());
  Value within = b.add(b.mul(piece.head, shape.size), piece.element);
  List<Value> values;
  for (Value value : piece.values) {
    values.push_back(b.divf(value, piece.sum));
  }
  Value rounded = b.fromF32(b.gather(values), stored);
  for (auto [index, result] : llvm::enumerate(results())) {
    if (result == op.getResult()) {
      Value first = b.mul(b.add(b.mul(row, shape.blocks), block), shape.heads * shape.size);
      b.store(rounded, resultBuffer(index), b.mul(b.add(first, within), bytesOf(stored)));
    }
  }
  if (unquantized) {
    b.store(b.toF32(rounded), unquantized, b.mul(within, 4));
  }
}

void AttentionLowering::storeResult(llvm::function_ref<Piece(Value head, Value element)> piece) {
  forPieces([&](Value head, Value element) { storePiece(piece(head, element)); });
  if (unquantized) {
    BarrierOp::create(b);
    quantizeResult();
  }
}

/// Quantizes the workgroup's channels, which lie in LDS, by the waves in turn.
void AttentionLowering::quantizeResult() {
  for (auto [index, result] : llvm::enumerate(results())) {
    auto quantize = result.getDefiningOp<qnt::QuantizeOp>();
    if (!quantize) {
      continue;
    }
    RowQuantizer quantizer(b, quantize.getType(), resultBuffer(index), waveSize);
    int64_t blocks = shape.heads * shape.size / quantize.getType().getBlock();
    b.loop(wave, b.i32(blocks), shape.waves, {}, [&](Value at, ValueRange) -> List<Value> {
      Value place = b.mul(quantizer.firstChannel(at, lane), 4);
      Value loaded = b.load(unquantized, place, b.getF32Type(), quantizer.perLane());
      List<Value> values;
      for (int64_t i = 0; i < quantizer.perLane(); ++i) {
        values.push_back(b.extract(loaded, i));
      }
      Value whole = b.add(b.mul(block, blocks), at);
      Value channel = quantizer.firstChannel(whole, lane);
      quantizer.store(row, whole, lane, values, normWeights(quantize, channel, quantizer.perLane()));
      return {};
    });
  }
}

/// Attends to the span's positions; the result of each wave is in LDS then.
void AttentionLowering::attend(const Span &span) {
  queries = loadQueries();
  List<Head> heads = visitAll(span);
  storeWave(mergeGroups(heads));
  BarrierOp::create(b);
}

void AttentionLowering::run() {
  block = WorkgroupIdOp::create(b, Axis::x);
  row = WorkgroupIdOp::create(b, Axis::y);
  split = WorkgroupIdOp::create(b, Axis::z);
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  auto bytes = shape.waves * waveBytes();
  auto sharedType = BufferType::get(b.getContext(), Space::shared);
  shared = SharedOp::create(b, sharedType, bytes);
  if (llvm::any_of(op->getUsers(), [](Operation *user) { return isa<qnt::QuantizeOp>(user); })) {
    unquantized = SharedOp::create(b, sharedType, 4 * shape.heads * shape.size);
  }
  b.when(b.less(row, state().rows()), [&] {
    if (shape.splits > 1) {
      attendSplit(visiblePositions());
      return;
    }
    attend(visiblePositions());
    storeResult([&](Value head, Value element) { return mergeWaves(head, element); });
  });
  finish(shape.waves * waveSize, {shape.blocks, shape.rows, shape.splits});
}
