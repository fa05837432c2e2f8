#include "dialects/qnt/PackedWeight.h"
#include "passes/plan/Passes.h"

#include "llvm/ADT/MapVector.h"

namespace qcc::plan {
#define GEN_PASS_DEF_ASSIGNMEMORY
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// Places start on a pair of cache lines.
constexpr int64_t alignment = 256;

/// An allocation of the arena and the launches between which it lives.
struct Interval {
  program::AllocateOp op;
  int64_t bytes, first, last, offset = 0;

  bool overlapsInTime(const Interval &other) const { return first <= other.last && other.first <= last; }
};

SmallVector<Interval> collectIntervals(program::EntryPointOp entry) {
  llvm::DenseMap<Operation *, int64_t> order;
  for (auto [index, op] : llvm::enumerate(entry.getBody().front())) {
    order[&op] = index;
  }
  SmallVector<Interval> intervals;
  for (auto op : entry.getBody().front().getOps<program::AllocateOp>()) {
    int64_t begin = order[op], last = begin;
    for (Operation *user : op->getUsers()) {
      last = std::max(last, order[user]);
    }
    intervals.push_back({op, static_cast<int64_t>(llvm::alignTo(op.getBytes(), alignment)), begin, last});
  }
  return intervals;
}

/// The lowest offset at which `wanted` meets none of `placed` that live at the same time.
int64_t findOffset(const Interval &wanted, ArrayRef<Interval> placed) {
  SmallVector<const Interval *> rivals;
  for (const Interval &other : placed) {
    if (wanted.overlapsInTime(other)) {
      rivals.push_back(&other);
    }
  }
  llvm::sort(rivals, [](auto *a, auto *b) { return a->offset < b->offset; });
  int64_t offset = 0;
  for (const Interval *rival : rivals) {
    if (offset + wanted.bytes <= rival->offset) {
      break;
    }
    offset = std::max(offset, rival->offset + rival->bytes);
  }
  return offset;
}

/// Places the entry point's allocations and returns the bytes of arena that they take.
int64_t placeAllocations(program::EntryPointOp entry) {
  SmallVector<Interval> intervals = collectIntervals(entry);
  int64_t total = 0;
  for (size_t i = 0; i < intervals.size(); ++i) {
    intervals[i].offset = findOffset(intervals[i], ArrayRef(intervals).take_front(i));
    total = std::max(total, intervals[i].offset + intervals[i].bytes);
  }
  for (Interval &interval : intervals) {
    OpBuilder b(interval.op);
    auto view = program::ViewOp::create(b, interval.op.getLoc(), interval.op.getType(),
                                        program::Memory::arena, interval.offset);
    interval.op.replaceAllUsesWith(view.getResult());
    interval.op.erase();
  }
  return total;
}

/// Places the entry point's counters, all at `offset` of the state memory, and returns their bytes.
int64_t placeCounters(program::EntryPointOp entry, int64_t offset) {
  int64_t words = 0;
  for (auto op : llvm::make_early_inc_range(entry.getBody().front().getOps<program::CountersOp>())) {
    words = std::max<int64_t>(words, op.getWords());
    OpBuilder b(op);
    op.replaceAllUsesWith(
        program::ViewOp::create(b, op.getLoc(), op.getType(), program::Memory::state, offset).getResult());
    op.erase();
  }
  return 4 * words;
}

struct AssignMemory : impl::AssignMemoryBase<AssignMemory> {
  int64_t placeWeights() {
    Builder builder(&getContext());
    int64_t offset = 0;
    for (auto weight : getOperation().getOps<program::WeightOp>()) {
      weight.setOffset(offset);
      offset += llvm::alignTo(qnt::PackedWeight(weight.getWeightType()).bytes(), alignment);
    }
    return offset;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto limits = module->getAttrOfType<DictionaryAttr>("program.limits");
    auto cacheBytes = module->getAttrOfType<IntegerAttr>("program.kv_cache_bytes");
    auto samplerBytes = module->getAttrOfType<IntegerAttr>("program.sampler_bytes");
    if (!limits || !cacheBytes || !samplerBytes) {
      module.emitError("is no program yet: it has no limits, cache or sampler size");
      return signalPassFailure();
    }
    // The state memory: four words, then five arrays of a word for each row, then counters.
    int64_t arrays = 16 + 20 * limits.getAs<IntegerAttr>("row_capacity").getInt();
    int64_t arena = 0, counters = 0;
    for (auto entry : module.getOps<program::EntryPointOp>()) {
      arena = std::max(arena, placeAllocations(entry));
      counters = std::max(counters, placeCounters(entry, arrays));
    }
    Builder builder(&getContext());
    NamedAttrList memory(limits);
    auto set = [&](StringRef name, int64_t bytes) { memory.set(name, builder.getI64IntegerAttr(bytes)); };
    set("arena", arena);
    set("kv_cache", cacheBytes.getInt());
    set("weights", placeWeights());
    set("state", arrays + counters);
    set("sampler", samplerBytes.getInt());
    module->setAttr("program.memory", memory.getDictionary(&getContext()));
    module->removeAttr("program.limits");
    module->removeAttr("program.kv_cache_bytes");
    module->removeAttr("program.sampler_bytes");
  }
};

} // namespace
} // namespace qcc::plan
