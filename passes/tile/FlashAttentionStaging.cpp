// Keys and values of attention on matrix instructions: from the cache to LDS, and to operands.
#include "passes/tile/FlashAttentionLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

//===-- Who loads what ------------------------------------------------------------------------===//

/// Of keys, neighbouring work-items take neighbouring elements.
FlashAttentionLowering::Items FlashAttentionLowering::keyItems() const {
  int64_t elements = 16 / bytesOf(element);
  return {block, size / elements, elements, /*byRow=*/true};
}

/// Of values, a work-item loads the same elements of four positions: 16 bytes of each, or 8 where
/// some work-items would have none. It writes different elements to different lines of LDS, so
/// neighbouring work-items take neighbouring quads of positions, which are side by side there.
FlashAttentionLowering::Items FlashAttentionLowering::valueItems() const {
  int64_t elements = 16 / bytesOf(element), quads = block / quad;
  if (quads * (size / elements) < schedule.getWaves() * waveSize) {
    elements /= 2;
  }
  return {quads, size / elements, elements, /*byRow=*/false};
}

int64_t FlashAttentionLowering::turnsOf(const Items &items) const {
  return llvm::divideCeil(items.count(), schedule.getWaves() * waveSize);
}

FlashAttentionLowering::Item FlashAttentionLowering::itemOf(const Items &items, int64_t turn) {
  int64_t threads = schedule.getWaves() * waveSize;
  Value index = b.add(thread, turn * threads);
  Item item;
  if ((turn + 1) * threads > items.count()) {
    item.inside = b.less(index, b.i32(items.count()));
    index = b.minimum(index, b.i32(items.count() - 1));
  }
  Value column = items.byRow ? b.rem(index, items.perRow) : b.div(index, items.rows);
  item.row = items.byRow ? b.div(index, items.perRow) : b.rem(index, items.rows);
  item.element = b.mul(column, items.elements);
  return item;
}

/// The position of a block whose values are number `slot` of an element's in LDS. Groups of lanes
/// hold scores of one query, and some of each group are multiplied at a time.
Value FlashAttentionLowering::slotPosition(Value slot) {
  int64_t groups = partition.groups;
  Value unitOfGroup = b.div(slot, groups * heldScores);
  Value group = b.rem(b.div(slot, heldScores), groups);
  Value index = b.add(b.mul(unitOfGroup, heldScores), b.rem(slot, heldScores));
  Value within = b.rem(index, held);
  int64_t run = shape.getRowRun();
  Value row = b.add(b.mul(b.div(within, run), run * groups), b.rem(within, run));
  row = b.add(row, b.mul(group, run));
  return b.add(b.mul(b.div(index, held), shape.getRows()), row);
}

//===-- From the cache to LDS -----------------------------------------------------------------===//

/// Elements of the key, or value, at `position`, as the cache has them, and its scale if there is
/// one.
void FlashAttentionLowering::loadPart(const Half &half, Value position, const Item &item,
                                      int64_t elements, Values &loaded) {
  Type stored = cache.getElementType();
  Value index = b.add(b.mul(position, size), item.element);
  loaded.push_back(b.load(half.elements, b.mul(index, bytesOf(stored)), stored, elements));
  if (half.scales) {
    loaded.push_back(b.load(half.scales, b.mul(position, 4), b.getF32Type()));
  }
}

/// Takes what `loadPart` listed, in the type of operands.
Value FlashAttentionLowering::takePart(ValueRange &loaded) {
  Value part = loaded.front();
  loaded = loaded.drop_front();
  if (getElementTypeOrSelf(part) == element) {
    return part;
  }
  part = b.toF32(part);
  if (cache.isQuantized()) {
    int64_t elements = cast<VectorType>(part.getType()).getNumElements();
    part = b.mulf(part, b.splat(loaded.front(), elements));
    loaded = loaded.drop_front();
  }
  return b.fromF32(part, element);
}

/// What a work-item loads of the block from position `base` on. Positions past the run's last
/// repeat it, so that nothing is read that was never written.
FlashAttentionLowering::Values FlashAttentionLowering::loadBlock(const Run &run, Value base) {
  Values loaded;
  Items keys = keyItems(), values = valueItems();
  for (int64_t turn = 0; turn < turnsOf(keys); ++turn) {
    Item item = itemOf(keys, turn);
    Value position = b.minimum(b.add(base, item.row), run.lastPosition);
    loadPart(run.keys, position, item, keys.elements, loaded);
  }
  for (int64_t turn = 0; turn < turnsOf(values); ++turn) {
    Item item = itemOf(values, turn);
    for (int64_t i = 0; i < quad; ++i) {
      Value slot = b.add(b.mul(item.row, quad), i);
      Value position = b.minimum(b.add(base, slotPosition(slot)), run.lastPosition);
      loadPart(run.values, position, item, values.elements, loaded);
    }
  }
  return loaded;
}

/// LDS holds keys as [position][element].
void FlashAttentionLowering::stageKeys(ValueRange &loaded) {
  Items items = keyItems();
  for (int64_t turn = 0; turn < turnsOf(items); ++turn) {
    Item item = itemOf(items, turn);
    Value part = takePart(loaded);
    Value offset = b.add(b.mul(item.row, keyStride), b.mul(item.element, bytesOf(element)));
    b.when(item.inside, [&] { b.store(part, sharedKeys, offset); });
  }
}

/// LDS holds values as [element][slot].
void FlashAttentionLowering::stageValues(ValueRange &loaded) {
  Items items = valueItems();
  for (int64_t turn = 0; turn < turnsOf(items); ++turn) {
    Item item = itemOf(items, turn);
    Values parts;
    for (int64_t i = 0; i < quad; ++i) {
      parts.push_back(takePart(loaded));
    }
    Value first = b.add(b.mul(item.element, valueStride), b.mul(item.row, quad * bytesOf(element)));
    b.when(item.inside, [&] {
      for (int64_t at = 0; at < items.elements; ++at) {
        Values line;
        for (Value part : parts) {
          line.push_back(b.extract(part, at));
        }
        b.store(b.gather(line), sharedValues, b.offset(first, at * valueStride));
      }
    });
  }
}

//===-- From LDS to operands ------------------------------------------------------------------===//

/// A unit of an operand, in accesses of 16 bytes.
Value FlashAttentionLowering::loadUnit(Value buffer, Value offset) {
  int64_t elements = 16 / bytesOf(element);
  if (unit == elements) {
    return b.load(buffer, offset, element, elements);
  }
  Value whole = b.zeros(VectorType::get(unit, element));
  for (int64_t at = 0; at < unit; at += elements) {
    Value part = b.load(buffer, b.offset(offset, at * bytesOf(element)), element, elements);
    whole = vector::InsertStridedSliceOp::create(b, part, whole, ArrayRef<int64_t>{at},
                                                 ArrayRef<int64_t>{1});
  }
  return whole;
}

/// The lane's part of unit `index` of line `row` of LDS.
Value FlashAttentionLowering::loadOperand(Value buffer, Value row, int64_t stride, int64_t index) {
  int64_t lanes = shape.getDepthLanes(), bytes = unit * bytesOf(element);
  Value offset = b.add(b.mul(row, stride), b.mul(b.rem(laneGroup, lanes), bytes));
  return loadUnit(buffer, b.offset(offset, index * lanes * bytes));
}
