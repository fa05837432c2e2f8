#include "passes/tile/LogitRow.h"

#include <limits>

using namespace mlir;
using namespace qcc::tile;

/// Loads that a work-item has in flight.
static constexpr int64_t loadsInFlight = 4;

LogitRow::LogitRow(LaneBuilder &b, const LogitSource &source)
    : b(b), integers(b), source(source), width(vectorWidth(source.vocabulary, sizeof(float))),
      loads(std::clamp<int64_t>(source.vocabulary / (width * source.workItems), 1, loadsInFlight)) {
}

/// The next tokens of a work-item, of which `first` is one that there is.
SmallVector<Logit> LogitRow::load(Value first) {
  SmallVector<Logit> logits;
  for (int64_t i = 0; i < loads; ++i) {
    Value id = b.add(first, i * width * source.workItems);
    Value valid = i == 0 ? Value() : b.less(id, b.i32(source.vocabulary));
    // Past the end, the last elements are read again.
    id = i == 0 ? id : b.minimum(id, b.i32(source.vocabulary - width));
    Value offset = b.add(source.rowOffset, b.mul(id, sizeof(float)));
    Value vector = b.load(source.logits, offset, b.getF32Type(), width, false, /*invariant=*/true);
    for (int64_t j = 0; j < width; ++j) {
      Value logit = b.extract(vector, j);
      logits.push_back({b.add(id, j), logit, logit, valid});
    }
  }
  return logits;
}

Value LogitRow::penalized(const Logit &logit) {
  Value word = b.load(source.sampler, b.add(source.seenOffset, b.mul(b.div(logit.id, 32), 4)),
                      b.getI32Type());
  Value isSeen = integers.both(integers.shiftRight(word, b.rem(logit.id, 32)), b.i32(1));
  auto isPositive = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, logit.given, b.f32(0));
  Value weakened = b.select(isPositive, b.divf(logit.given, source.penalty),
                            b.mulf(logit.given, source.penalty));
  // What overflows is ruled out.
  constexpr int64_t magnitude = 0x7fffffff, infinity = 0x7f800000;
  Value isInfinite =
      b.equal(integers.both(integers.bitsOf(weakened), b.i32(magnitude)), b.i32(infinity));
  weakened = b.select(isInfinite, b.f32(-std::numeric_limits<double>::infinity()), weakened);
  return b.select(b.equal(isSeen, b.i32(1)), weakened, logit.given);
}

void LogitRow::penalize(MutableArrayRef<Logit> logits) {
  Value isOn = arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, source.penalty, b.f32(0));
  auto given = llvm::map_to_vector(logits, [](const Logit &logit) { return logit.given; });
  SmallVector<Value> values = b.choose(isOn, given, [&] {
    return llvm::map_to_vector(logits, [&](const Logit &logit) { return penalized(logit); });
  });
  for (auto [logit, value] : llvm::zip(logits, values)) {
    logit.penalized = value;
  }
}

SmallVector<Value>
LogitRow::forEach(ValueRange initial,
                  function_ref<SmallVector<Value>(const Logit &, ValueRange)> body) {
  return b.loop(b.mul(source.workItem, width), b.i32(source.vocabulary),
                width * source.workItems * loads, initial, [&](Value first, ValueRange before) {
                  SmallVector<Logit> logits = load(first);
                  penalize(logits);
                  SmallVector<Value> state(before);
                  for (const Logit &logit : logits) {
                    state = body(logit, state);
                  }
                  return state;
                });
}
