#include "passes/tile/RankSearch.h"

#include "runtime/text/SamplerParameters.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace qcc::tile;

static constexpr int64_t digitBits = 8, bins = 1 << digitBits, distanceBits = 32;

/// A histogram in LDS: how many tokens each bin has, then their masses.
static constexpr int64_t massesOffset = bins * 4, histogramBytes = bins * 12;

/// LDS: the sums, what a scan found, the id that was looked for, and two histograms.
static constexpr int64_t sumOfCounts = 0, sumOfMasses = 8, sumOfKept = 16, foundBin = 24,
                         foundCount = 28, foundMass = 32, foundId = 40, wholeHistogram = 48,
                         groupHistogram = wholeHistogram + histogramBytes,
                         sharedBytes = groupHistogram + histogramBytes;

RankSearch::RankSearch(LaneBuilder &b, LogitRow &row, const WorkItems &items, int64_t vocabulary)
    : b(b), integers(b), row(row), items(items),
      idBits(llvm::alignTo(llvm::Log2_64_Ceil(vocabulary), digitBits)),
      shared(SharedOp::create(b, BufferType::get(b.getContext(), Space::shared), sharedBytes)) {}

Value RankSearch::loadShared(int64_t offset, Type type) {
  return b.load(shared, b.i32(offset), type);
}

void RankSearch::clear(int64_t from, int64_t bytes) {
  b.loop(b.mul(items.index, 4), b.i32(bytes), items.count * 4, {},
         [&](Value offset, ValueRange) -> SmallVector<Value> {
           b.store(b.i32(0), shared, b.add(offset, from));
           return {};
         });
}

//===-- Tokens --------------------------------------------------------------------------------===//

RankSearch::Candidate RankSearch::candidate(const Logit &logit) {
  // text::distanceOf.
  Value distance = b.mulf(b.subf(likeliest, logit.penalized), scale);
  Value valid =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, distance, b.f32(text::distanceLimit));
  if (logit.valid) {
    valid = integers.both(valid, logit.valid);
  }
  distance = b.select(valid, distance, b.f32(0));
  return {valid, arith::FPToUIOp::create(b, b.getI32Type(), distance)};
}

/// text::weightOf, i64.
Value RankSearch::weightOf(Value distance) {
  constexpr int64_t fractionBits = text::distanceFractionBits;
  Value octaves = integers.shiftRight(distance, b.i32(fractionBits));
  Value fraction = integers.both(distance, b.i32((1 << fractionBits) - 1));
  Value h = arith::UIToFPOp::create(b, b.getF32Type(), fraction);
  h = b.subf(b.mulf(h, b.f32(0x1p-27)), b.f32(0.5));
  ArrayRef<float> coefficients(text::halfOctave);
  Value power = b.f32(coefficients.back());
  for (float coefficient : llvm::reverse(coefficients.drop_back())) {
    power = b.fma(power, h, b.f32(coefficient));
  }
  Value scaled = arith::FPToUIOp::create(b, b.getI32Type(), b.mulf(power, b.f32(0x1p31)));
  Value half = integers.shiftRight(integers.shiftLeft(b.i32(1), octaves), b.i32(1));
  return integers.widen(integers.shiftRight(b.add(scaled, half), octaves));
}

Value RankSearch::rankOf(Value distance, Value id) {
  return integers.either(integers.shiftLeft(integers.widen(distance), integers.i64(idBits)),
                         integers.widen(id));
}

Value RankSearch::belongs(const Candidate &candidate, Value id, const RankGroup &group) {
  Value rank = rankOf(candidate.distance, id);
  Value same = b.equal(integers.shiftRight(rank, integers.widen(group.shift)), group.prefix);
  return integers.both(candidate.valid, same);
}

//===-- Histograms ----------------------------------------------------------------------------===//

void RankSearch::add(int64_t histogram, Value bin, Value weight) {
  AtomicOp::create(b, Reduction::add, b.i32(1), shared, b.add(b.mul(bin, 4), histogram));
  AtomicOp::create(b, Reduction::add, weight, shared,
                   b.add(b.mul(bin, 8), histogram + massesOffset));
}

RankSums RankSearch::count(Value largest, Value distanceScale, Value lastDistance) {
  likeliest = largest;
  scale = distanceScale;
  clear(0, sharedBytes);
  BarrierOp::create(b);
  Value none = integers.i64(0);
  SmallVector<Value> sums =
      row.forEach({b.i32(0), none, none}, [&](const Logit &logit, ValueRange sums) {
        Candidate token = candidate(logit);
        Value weight = weightOf(token.distance);
        Value isKept = integers.both(token.valid, integers.atMost(token.distance, lastDistance));
        b.when(token.valid, [&] {
          add(wholeHistogram, integers.shiftRight(token.distance, b.i32(distanceBits - digitBits)),
              weight);
        });
        return SmallVector<Value>{b.add(sums[0], b.select(token.valid, b.i32(1), b.i32(0))),
                                  b.add(sums[1], b.select(token.valid, weight, none)),
                                  b.add(sums[2], b.select(isKept, weight, none))};
      });
  for (auto [sum, offset] : llvm::zip_equal(sums, ArrayRef{sumOfCounts, sumOfMasses, sumOfKept})) {
    AtomicOp::create(b, Reduction::add, sum, shared, b.i32(offset));
  }
  BarrierOp::create(b);
  return {loadShared(sumOfCounts, b.getI32Type()), loadShared(sumOfMasses, b.getI64Type()),
          loadShared(sumOfKept, b.getI64Type())};
}

/// One wave looks for the bin in which the running count, or mass, passes `target`. Its lanes have
/// a few neighbouring bins each.
void RankSearch::scan(int64_t histogram, const RankGroup &parent, Value target, Value byCount) {
  int64_t perLane = bins / items.waveSize;
  Value first = b.mul(items.lane, perLane);
  SmallVector<Value> counts, masses;
  Value count = b.i32(0), mass = integers.i64(0);
  for (int64_t i = 0; i < perLane; ++i) {
    Value bin = b.add(first, i);
    counts.push_back(b.load(shared, b.add(b.mul(bin, 4), histogram), b.getI32Type()));
    masses.push_back(
        b.load(shared, b.add(b.mul(bin, 8), histogram + massesOffset), b.getI64Type()));
    count = b.add(count, counts.back());
    mass = b.add(mass, masses.back());
  }
  // Sums of groups of 2, 4, ... lanes; a lane adds the lower half's where it is in the upper.
  Value countBefore = parent.countBefore, massBefore = parent.massBefore;
  for (int64_t mask = 1; mask < items.waveSize; mask *= 2) {
    Value otherCount = integers.shuffleXor(count, mask),
          otherMass = integers.shuffleXor(mass, mask);
    Value isUpper = integers.differs(integers.both(items.lane, b.i32(mask)), b.i32(0));
    countBefore = b.select(isUpper, b.add(countBefore, otherCount), countBefore);
    massBefore = b.select(isUpper, b.add(massBefore, otherMass), massBefore);
    count = b.add(count, otherCount);
    mass = b.add(mass, otherMass);
  }
  for (int64_t i = 0; i < perLane; ++i) {
    Value countAfter = b.add(countBefore, counts[i]), massAfter = b.add(massBefore, masses[i]);
    Value before = b.select(byCount, integers.widen(countBefore), massBefore);
    Value after = b.select(byCount, integers.widen(countAfter), massAfter);
    b.when(integers.both(integers.atMost(before, target), b.less(target, after)), [&] {
      b.store(b.add(first, i), shared, b.i32(foundBin));
      b.store(countBefore, shared, b.i32(foundCount));
      b.store(massBefore, shared, b.i32(foundMass));
    });
    countBefore = countAfter;
    massBefore = massAfter;
  }
}

/// The part of `parent` that a bin of its histogram counts, in which `target` is passed.
RankGroup RankSearch::pick(int64_t histogram, const RankGroup &parent, Value target,
                           Value byCount) {
  BarrierOp::create(b);
  b.when(b.equal(items.wave, b.i32(0)), [&] { scan(histogram, parent, target, byCount); });
  BarrierOp::create(b);
  Value bin = loadShared(foundBin, b.getI32Type());
  Value prefix = integers.either(integers.shiftLeft(parent.prefix, integers.i64(digitBits)),
                                 integers.widen(bin));
  Value count = b.load(shared, b.add(b.mul(bin, 4), histogram), b.getI32Type());
  Value mass = b.load(shared, b.add(b.mul(bin, 8), histogram + massesOffset), b.getI64Type());
  return {prefix, b.sub(parent.shift, b.i32(digitBits)),  count,
          mass,   loadShared(foundCount, b.getI32Type()), loadShared(foundMass, b.getI64Type())};
}

/// The part of a group that shares eight more bits, in which `target` is passed.
RankGroup RankSearch::refine(const RankGroup &group, Value target, Value byCount) {
  BarrierOp::create(b); // all have read what the last histogram told
  clear(groupHistogram, histogramBytes);
  BarrierOp::create(b);
  Value shift = integers.widen(b.sub(group.shift, b.i32(digitBits)));
  row.forEach({}, [&](const Logit &logit, ValueRange) -> SmallVector<Value> {
    Candidate token = candidate(logit);
    b.when(belongs(token, logit.id, group), [&] {
      Value digits = integers.shiftRight(rankOf(token.distance, logit.id), shift);
      add(groupHistogram, integers.both(integers.low(digits), b.i32(bins - 1)),
          weightOf(token.distance));
    });
    return {};
  });
  return pick(groupHistogram, group, target, byCount);
}

RankGroup RankSearch::find(Value target, Value byCount) {
  int64_t rankBits = distanceBits + idBits;
  RankGroup all{integers.i64(0), b.i32(rankBits), {}, {}, b.i32(0), integers.i64(0)};
  RankGroup group = pick(wholeHistogram, all, target, byCount);
  // Ranks are distinct, so the last bits leave one token; mostly it is alone much earlier.
  return RankGroup::of(b.loop(
      b.i32(1), b.i32(rankBits / digitBits), 1, group.values(), [&](Value, ValueRange values) {
        RankGroup group = RankGroup::of(values);
        return b.choose(b.less(b.i32(1), group.count), values,
                        [&] { return refine(group, target, byCount).values(); });
      }));
}

Value RankSearch::idOf(const RankGroup &token) {
  row.forEach({}, [&](const Logit &logit, ValueRange) -> SmallVector<Value> {
    b.when(belongs(candidate(logit), logit.id, token),
           [&] { b.store(logit.id, shared, b.i32(foundId)); });
    return {};
  });
  BarrierOp::create(b);
  return loadShared(foundId, b.getI32Type());
}
