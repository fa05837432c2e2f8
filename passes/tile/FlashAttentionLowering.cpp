#include "passes/tile/FlashAttentionLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

FlashAttentionLowering::FlashAttentionLowering(KernelOp kernel, lm::AttentionOp op,
                                               int64_t waveSize)
    : AttentionKernel(kernel, op, waveSize), shape(schedule.getMatrix()),
      element(getElementTypeOrSelf(op.getQuery().getType())), partition(op, shape, waveSize),
      size(partition.size), sharing(partition.sharing), block(schedule.getStage()),
      queriesOfGroup(schedule.getRows()), held(shape.getRows() * shape.getColumns() / waveSize),
      unit(partition.unit), keyStride(partition.keyStride()),
      valueStride(partition.valueStride(block)) {}

/// What the planner sees to when it gives a kernel a matrix instruction.
LogicalResult FlashAttentionLowering::verify() {
  constexpr int64_t groups = 2;
  bool dividesLanes = partition.groups == groups && shape.getDepthLanes() <= groups;
  if (!dividesLanes || schedule.getColumns() != shape.getColumns() ||
      queriesOfGroup != schedule.getWaves() * shape.getColumns()) {
    return kernel.emitError("a wave takes a query for each column of its matrix instruction");
  }
  if (!element.isF16() && !element.isBF16()) {
    return kernel.emitError("attention on matrix instructions takes queries of f16 or bf16");
  }
  if (size % (shape.getDepthLanes() * unit) != 0 || block % shape.getRows() != 0 || block == 0) {
    return kernel.emitError("heads and blocks of positions are whole operands");
  }
  for (Value result : results()) {
    auto quantize = result.getDefiningOp<qnt::QuantizeOp>();
    if (quantize && !hasBlocksInWave(op, quantize, shape, waveSize)) {
      return quantize.emitError("has blocks that no wave holds");
    }
  }
  return success();
}

LogicalResult FlashAttentionLowering::run() {
  if (failed(verify())) {
    return failure();
  }
  int64_t rows = cast<RankedTensorType>(op.getResult().getType()).getDimSize(0);
  int64_t groups = llvm::divideCeil(rows * sharing, queriesOfGroup);
  head = WorkgroupIdOp::create(b, Axis::x);
  // Later rows see more positions: they are first, so that no long workgroup comes last.
  Value group = b.sub(b.i32(groups - 1), WorkgroupIdOp::create(b, Axis::y));
  lane = LaneIdOp::create(b);
  wave = WaveIdOp::create(b);
  thread = b.add(b.mul(wave, waveSize), lane);
  laneColumn = b.rem(lane, shape.getColumns());
  laneGroup = b.div(lane, shape.getColumns());
  auto sharedType = BufferType::get(b.getContext(), Space::shared);
  sharedKeys = SharedOp::create(b, sharedType, block * keyStride);
  sharedValues = SharedOp::create(b, sharedType, size * valueStride);

  Value rowCount = state().rows(), firstQuery = b.mul(group, queriesOfGroup);
  firstRow = b.div(firstQuery, sharing);
  // Rows past the step's count have no work: the grid is sized for the entry point's capacity.
  b.when(b.less(firstRow, rowCount), [&] {
    auto endAfter = [&](Value query) {
      return b.minimum(b.add(b.div(query, sharing), 1), rowCount);
    };
    endRow = endAfter(b.add(firstQuery, queriesOfGroup - 1));
    Value waveQuery = b.add(firstQuery, b.mul(wave, shape.getColumns()));
    waveFirstRow = b.div(waveQuery, sharing);
    waveEndRow = endAfter(b.add(waveQuery, shape.getColumns() - 1));
    Value query = b.add(waveQuery, laneColumn);
    laneRow = b.div(query, sharing);
    laneHead = b.rem(query, sharing);
    // Queries past the last row repeat it.
    loadQueries(b.minimum(laneRow, b.sub(rowCount, b.i32(1))));
    forRuns([&](const Run &run) { attend(run); });
  });
  finish(schedule.getWaves() * waveSize, {cache.getHeads(), groups, 1});
  return success();
}

/// The first element of the lane's head of `row`, in queries and in results.
Value FlashAttentionLowering::firstElement(Value row) {
  Value headOfRow = b.add(b.mul(head, sharing), laneHead);
  return b.mul(b.add(b.mul(row, op.getHeads()), headOfRow), size);
}

/// Loads the lane's part of its query: elements of units that match those of keys as operands.
void FlashAttentionLowering::loadQueries(Value row) {
  int64_t lanes = shape.getDepthLanes();
  Value first = firstElement(row), part = b.mul(b.rem(laneGroup, lanes), unit);
  for (int64_t at = 0; at < size; at += lanes * unit) {
    Value index = b.add(b.add(first, part), at);
    queries.push_back(loadUnit(bufferOf(op.getQuery()), b.mul(index, bytesOf(element))));
  }
  if (!partition.queriesInShared()) {
    return;
  }
  auto sharedType = BufferType::get(b.getContext(), Space::shared);
  sharedQueries = SharedOp::create(b, sharedType, queriesOfGroup * keyStride);
  Value line = b.mul(b.add(b.mul(wave, shape.getColumns()), laneColumn), keyStride);
  Value place = b.add(line, b.mul(part, bytesOf(element)));
  // Of groups of lanes that hold the same, one writes it. No other wave reads it.
  b.when(b.less(laneGroup, b.i32(lanes)), [&] {
    for (auto [index, loaded] : llvm::enumerate(queries)) {
      for (int64_t at = 0; at < unit; at += 16 / bytesOf(element)) {
        int64_t bytes = (index * lanes * unit + at) * bytesOf(element);
        b.store(b.slice(loaded, at, 16 / bytesOf(element)), sharedQueries, b.offset(place, bytes));
      }
    }
  });
  queries.clear();
}

/// The lane's part of unit `index` of its query.
Value FlashAttentionLowering::query(int64_t index) {
  if (!sharedQueries) {
    return queries[index];
  }
  Value line = b.add(b.mul(wave, shape.getColumns()), laneColumn);
  return loadOperand(sharedQueries, line, keyStride, index);
}

//===-- Runs of rows --------------------------------------------------------------------------===//

/// `body` for all runs of the workgroup's rows, one after the other.
void FlashAttentionLowering::forRuns(llvm::function_ref<void(const Run &)> body) {
  auto isLeft = [&](OpBuilder &, Location, ValueRange first) {
    scf::ConditionOp::create(b, b.less(first.front(), endRow), first);
  };
  auto visit = [&](OpBuilder &, Location, ValueRange first) {
    Run run = runFrom(first.front());
    body(run);
    scf::YieldOp::create(b, run.end);
  };
  scf::WhileOp::create(b, TypeRange(b.getI32Type()), ValueRange(firstRow), isLeft, visit);
}

FlashAttentionLowering::Run FlashAttentionLowering::runFrom(Value first) {
  StateMemory memory = state();
  Run run{first, runEnd(first), b.sub(memory.position(first), first), {}, {}, {}};
  Value cacheHead = b.add(b.mul(memory.slot(first), cache.getHeads()), head);
  run.keys = cacheHalf(cacheHead, /*ofValues=*/false);
  run.values = cacheHalf(cacheHead, /*ofValues=*/true);
  run.lastPosition = b.sub(b.add(run.end, run.shift), b.i32(1));
  return run;
}

/// Where the run that starts at row `first` ends. Rows of a sequence are in the order of their
/// positions, so that all rows up to one are of the run if that one is: it has no more positions
/// between than there are rows. Hence a bisection, where not all rows of the workgroup are of it.
Value FlashAttentionLowering::runEnd(Value first) {
  StateMemory memory = state();
  Value slot = memory.slot(first), shift = b.sub(memory.position(first), first);
  auto isOfRun = [&](Value row) {
    Value follows = b.equal(memory.position(row), b.add(row, shift));
    return b.both(b.equal(memory.slot(row), slot), follows);
  };
  Value last = b.sub(endRow, b.i32(1));
  auto bisect = [&]() -> Values {
    Value end = b.add(first, 1);
    int64_t mostRows = (queriesOfGroup - 1) / sharing + 2;
    for (int64_t step = llvm::PowerOf2Ceil(mostRows) / 2; step > 0; step /= 2) {
      Value row = b.add(end, step - 1);
      Value reaches = b.both(b.less(row, endRow), isOfRun(b.minimum(row, last)));
      end = b.select(reaches, b.add(end, step), end);
    }
    return {end};
  };
  return b.either(isOfRun(last), b.getI32Type(), [&] { return Values{endRow}; }, bisect).front();
}

FlashAttentionLowering::Share FlashAttentionLowering::shareOf(const Run &run) {
  Share share;
  Value first = b.select(b.less(waveFirstRow, run.first), run.first, waveFirstRow);
  Value end = b.minimum(waveEndRow, run.end);
  share.isSome = b.less(first, end);
  Value firstPosition = b.add(first, run.shift), endPosition = b.add(end, run.shift);
  share.from = firstVisible(firstPosition);
  share.to = endPosition;
  share.allFrom = firstVisible(b.sub(endPosition, b.i32(1)));
  share.allTo = b.add(firstPosition, 1);
  Value position = b.add(laneRow, run.shift);
  share.laneFrom = firstVisible(position);
  share.laneSeen = b.sub(b.add(position, 1), share.laneFrom);
  return share;
}

void FlashAttentionLowering::attend(const Run &run) {
  Sums sums = visitBlocks(run, shareOf(run));
  storeResult(run, sums);
}
