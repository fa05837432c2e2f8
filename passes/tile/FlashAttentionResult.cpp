// What attention on matrix instructions leaves: its result, quantized or not.
#include "passes/tile/FlashAttentionLowering.h"
#include "passes/tile/RowQuantizer.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// The elements of a result that a lane holds, rounded to its type: [element of the first group].
FlashAttentionLowering::Result FlashAttentionLowering::resultOf(const Sums &sums) {
  Value other = ShuffleXorOp::create(b, sums.sum, shape.getColumns());
  Value factor = b.divf(b.f32(1), b.addf(sums.sum, other));
  Result result;
  int64_t together = shape.getRowRun();
  for (auto [tile, values] : llvm::enumerate(sums.values)) {
    for (int64_t i = 0; i < held; i += together) {
      int64_t at = tile * shape.getRows() + shape.getRow(i, waveSize);
      if (at >= size) {
        continue; // the last tile may reach past the head
      }
      Value run = together == 1 ? b.extract(values, i) : b.slice(values, i, together);
      run = b.mulf(run, b.splat(factor, together));
      result.push_back({at, b.fromF32(run, element)});
    }
  }
  return result;
}

/// Stores what a lane holds of its query's result, if its row is of the run.
void FlashAttentionLowering::storeResult(const Run &run, const Sums &sums) {
  Value isOfRun = b.less(b.sub(laneRow, run.first), b.sub(run.end, run.first));
  Result lines = resultOf(sums);
  for (auto [index, result] : llvm::enumerate(results())) {
    if (auto quantize = result.getDefiningOp<qnt::QuantizeOp>()) {
      storeQuantized(isOfRun, lines, quantize.getType(), resultBuffer(index));
    } else {
      storeRounded(isOfRun, lines, resultBuffer(index));
    }
  }
}

/// The first element of the lane's run that is at `at` in the first group of lanes.
Value FlashAttentionLowering::elementOf(int64_t at) {
  return b.add(b.add(firstElement(laneRow), b.mul(laneGroup, shape.getRowRun())), at);
}

void FlashAttentionLowering::storeRounded(Value isOfRun, const Result &lines, Value buffer) {
  b.when(isOfRun, [&] {
    for (const Line &line : lines) {
      b.store(line.values, buffer, b.mul(elementOf(line.at), bytesOf(element)));
    }
  });
}

/// Quantizes blocks of channels: parts of a head, or neighbouring heads.
void FlashAttentionLowering::storeQuantized(Value isOfRun, const Result &lines,
                                            qnt::ActivationType type, Value buffer) {
  RowQuantizer quantizer(b, type, buffer, waveSize);
  int64_t part = std::min(type.getBlock(), size), headsOfBlock = type.getBlock() / part;
  for (int64_t first = 0; first < size; first += part) {
    Values channels, places;
    for (const Line &line : lines) {
      if (line.at < first || line.at >= first + part) {
        continue;
      }
      places.push_back(elementOf(line.at));
      for (int64_t i = 0; i < shape.getRowRun(); ++i) {
        channels.push_back(b.toF32(b.extract(line.values, i)));
      }
    }
    Value scale = quantizer.scaleOf(largestOf(channels, headsOfBlock));
    b.when(isOfRun, [&] {
      ArrayRef<Value> left = channels;
      for (Value place : places) {
        ArrayRef<Value> run = left.take_front(shape.getRowRun());
        b.store(quantizer.integersOf(run, scale), buffer, place);
        left = left.drop_front(run.size());
      }
      Value isFirst =
          b.both(b.equal(laneGroup, b.i32(0)), b.equal(b.rem(laneHead, headsOfBlock), b.i32(0)));
      // Blocks of all rows follow one another, as their channels do.
      Value block = b.div(b.add(firstElement(laneRow), first), type.getBlock());
      b.when(isFirst,
             [&] { b.store(scale, buffer, b.add(b.mul(block, 4), type.getScalesOffset())); });
    });
  }
}

/// The largest magnitude of a block of channels, to all lanes that hold some of it: both groups of
/// lanes, and neighbouring ones where it spans several heads.
Value FlashAttentionLowering::largestOf(ArrayRef<Value> channels, int64_t heads) {
  Value most = b.f32(0);
  for (Value channel : channels) {
    most = b.maxf(most, math::AbsFOp::create(b, channel));
  }
  most = b.maxf(most, ShuffleXorOp::create(b, most, shape.getColumns()));
  for (int64_t mask = 1; mask < heads; mask *= 2) {
    most = b.maxf(most, ShuffleXorOp::create(b, most, mask));
  }
  return most;
}
