// Matmul results that leave the kernel as int8: by the workgroup that completes a block of columns.
#include "passes/tile/MatmulEpilogue.h"
#include "passes/tile/RowQuantizer.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

void MatmulEpilogue::keepColumn(qnt::QuantizeOp op, Value value, Value row, Value column) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  storeActivation(value, type, columnsOf(op), row, column);
}

/// Where the columns of what `op` quantizes are kept.
Value MatmulEpilogue::columnsOf(qnt::QuantizeOp op) {
  return b.advance(workspaceBuffer(), b.i64(placeOf(op).workspace));
}

QuantizedColumns &MatmulEpilogue::placeOf(qnt::QuantizeOp op) {
  return *llvm::find_if(quantized, [&](const QuantizedColumns &place) { return place.op == op; });
}

LogicalResult MatmulEpilogue::quantizeColumns(MatmulSegment &segment, const WorkgroupTile &tile) {
  SmallVector<MatmulSink> sinks;
  llvm::copy_if(segment.sinks, std::back_inserter(sinks),
                [](const MatmulSink &sink) { return sink.quantize != nullptr; });
  if (sinks.empty()) {
    return success();
  }
  // A counter serves a span of columns: a block, or all of a workgroup that has several.
  int64_t block = sinks.front().quantize.getType().getBlock();
  int64_t span = std::max(block, tile.columns), sharing = span / tile.columns;
  if (span % block != 0 || span % tile.columns != 0) {
    return kernel.emitError("has workgroups of ")
           << tile.columns << " columns, and quantizes blocks of " << block;
  }
  int64_t spans = llvm::divideCeil(segment.columns(), span);
  int64_t workgroups = llvm::divideCeil(segment.columns(), tile.columns);
  Value index = b.div(tile.workgroup, sharing), complete;
  if (sharing == 1) {
    BarrierOp::create(b, /*global=*/true);
  } else {
    Value counter =
        b.add(b.add(b.mul(tile.rowTile, spans), index), placeOf(sinks.front().quantize).counter);
    Value expected = b.minimum(b.i32(sharing), b.sub(b.i32(workgroups), b.mul(index, sharing)));
    Value isFirstItem = b.both(b.equal(tile.wave, b.i32(0)), b.equal(tile.lane, b.i32(0)));
    complete = arriveLast(isFirstItem, b.mul(counter, 4), expected);
  }
  b.when(complete, [&] {
    int64_t blocks = span / block;
    b.loop(tile.wave, b.i32(blocks * tile.rows), schedule.getWaves(), {},
           [&](Value unit, ValueRange) -> SmallVector<Value> {
             Value row = b.add(tile.firstRow, b.rem(unit, tile.rows));
             Value at = b.add(b.mul(index, blocks), b.div(unit, tile.rows));
             Value exists =
                 b.both(b.less(row, tile.rowCount), b.less(at, b.i32(segment.columns() / block)));
             b.when(exists, [&] {
               for (MatmulSink &sink : sinks) {
                 quantizeBlock(sink, row, at, tile.lane);
               }
             });
             return {};
           });
  });
  return success();
}

/// Quantizes what workgroups have kept of a block, by one wave.
void MatmulEpilogue::quantizeBlock(const MatmulSink &sink, Value row, Value block, Value lane) {
  qnt::QuantizeOp op = sink.quantize;
  auto type = cast<RankedTensorType>(op.getInput().getType());
  RowQuantizer quantizer(b, op.getType(), resultBuffer(sink.result), waveSize);
  int64_t perLane = quantizer.perLane(), bytes = bytesOf(type.getElementType());
  Value channel = quantizer.firstChannel(block, lane);
  Value offset = b.mul(b.add(b.mul(row, type.getDimSize(1)), channel), bytes);
  Value loaded = b.toF32(b.load(columnsOf(op), offset, type.getElementType(), perLane));
  SmallVector<Value> values;
  for (int64_t i = 0; i < perLane; ++i) {
    values.push_back(b.extract(loaded, i));
  }
  quantizer.store(row, block, lane, values, normWeights(op, channel, perLane));
}
