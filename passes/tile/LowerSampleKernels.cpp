#include "passes/tile/KernelLowering.h"
#include "passes/tile/Passes.h"
#include "passes/tile/RankSearch.h"

#include <limits>

namespace qcc::tile {
#define GEN_PASS_DEF_LOWERSAMPLEKERNELS
#include "passes/tile/Passes.h.inc"

using namespace mlir;

namespace {

/// Where a slot's record holds its parameters (runtime/program.fbs, SamplerLayout).
constexpr int64_t scaleOffset = 0, penaltyOffset = 4, topKOffset = 8, lastDistanceOffset = 12,
                  topPOffset = 16, seedOffset = 24, drawsOffset = 32;

/// In LDS: the largest logit and its token, and the first token whose logit is not a finite number.
constexpr int64_t bestOffset = 0, badOffset = 8, extremesBytes = 12;

constexpr uint32_t signBit = 0x80000000, negativeInfinityKey = 0x007fffff;

/// One kernel that samples: a workgroup a row of logits.
class SampleLowering : public KernelLowering {
public:
  SampleLowering(KernelOp kernel, int64_t waveSize)
      : KernelLowering(kernel, waveSize), integers(b),
        sample(*kernel.getBody().front().getOps<lm::SampleOp>().begin()) {}
  void run();

private:
  /// What the logits say before anything is drawn.
  struct Extremes {
    Value likeliest, id; // the largest logit, and its first token
    Value isValid;       // whether a token can be picked
    Value fault;         // if not, what `sampled` says instead
  };

  void sampleRow(Value row);
  void finishRow(Value row, Value source, const Extremes &extremes, Value token);
  void initialize(Value slot);
  Extremes findExtremes();
  Value orderOf(Value logit);
  Value draw(const Extremes &extremes);
  Value parameter(int64_t offset, Type type) {
    return b.load(bufferOf(sample.getSampler()), b.add(record, offset), type, 1, false,
                  /*invariant=*/true);
  }

  IntegerBuilder integers;
  lm::SampleOp sample;
  WorkItems items;
  std::optional<LogitRow> row;
  Value record; // of the row's slot: bytes from the sampler memory's base
  Value scale, draws, isDrawn;
};

/// An integer that orders logits as their values do, both zeros alike.
Value SampleLowering::orderOf(Value logit) {
  Value bits = integers.bitsOf(logit);
  bits = b.select(b.equal(bits, b.i32(signBit)), b.i32(0), bits);
  Value isNegative = integers.differs(integers.both(bits, b.i32(signBit)), b.i32(0));
  return b.select(isNegative, integers.complement(bits), integers.either(bits, b.i32(signBit)));
}

SampleLowering::Extremes SampleLowering::findExtremes() {
  Value shared = SharedOp::create(b, BufferType::get(b.getContext(), Space::shared), extremesBytes);
  b.when(b.equal(items.index, b.i32(0)), [&] {
    b.store(integers.i64(0), shared, b.i32(bestOffset));
    b.store(b.i32(0), shared, b.i32(badOffset));
  });
  BarrierOp::create(b);
  // A work-item meets ids in ascending order, so the first of equals stays.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  SmallVector<Value> initial{b.f32(-infinity), b.i32(-1), b.i32(-1)};
  SmallVector<Value> found = row->forEach(initial, [&](const Logit &logit, ValueRange found) {
    Value isLarger = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, logit.penalized, found[0]);
    // A NaN, or +infinity.
    Value isBad = arith::CmpFOp::create(b, arith::CmpFPredicate::UGE, logit.given, b.f32(infinity));
    if (logit.valid) {
      isLarger = integers.both(isLarger, logit.valid);
      isBad = integers.both(isBad, logit.valid);
    }
    return SmallVector<Value>{b.select(isLarger, logit.penalized, found[0]),
                              b.select(isLarger, logit.id, found[1]),
                              b.select(isBad, b.minimum(found[2], logit.id), found[2])};
  });
  // Complements of ids: the largest is that of the first token.
  Value key = integers.join(integers.complement(found[1]), orderOf(found[0]));
  AtomicOp::create(b, Reduction::max, key, shared, b.i32(bestOffset));
  AtomicOp::create(b, Reduction::max, integers.complement(found[2]), shared, b.i32(badOffset));
  BarrierOp::create(b);
  Value best = b.load(shared, b.i32(bestOffset), b.getI64Type());
  Value bad = b.load(shared, b.i32(badOffset), b.getI32Type());
  Value order = integers.high(best), isGood = b.equal(bad, b.i32(0));
  Value isPositive = integers.differs(integers.both(order, b.i32(signBit)), b.i32(0));
  Value bits =
      b.select(isPositive, integers.exclusive(order, b.i32(signBit)), integers.complement(order));
  Value isFinite = integers.differs(order, b.i32(negativeInfinityKey));
  return {integers.floatOf(bits), integers.complement(integers.low(best)),
          integers.both(isGood, isFinite),
          b.select(isGood, b.i32(-1), integers.either(integers.complement(bad), b.i32(signBit)))};
}

/// The token that text::Sampler draws.
Value SampleLowering::draw(const Extremes &extremes) {
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  RankSearch search(b, *row, items, sample.getSampler().getType().getVocabulary());
  RankSums sums = search.count(extremes.likeliest, scale, parameter(lastDistanceOffset, i32));
  Value topK = parameter(topKOffset, i32), topP = parameter(topPOffset, i64);
  Value one = integers.i64(1);
  // One search for each of top-k, top-p and the draw itself, in the same code. Each keeps less.
  RankGroup none{one, b.i32(0), b.i32(0), one, b.i32(0), one};
  SmallVector<Value> state = none.values();
  state.push_back(sums.mass);
  state = b.loop(b.i32(0), b.i32(3), 1, state, [&](Value turn, ValueRange before) {
    Value mass = before.back(), isTopK = b.equal(turn, b.i32(0)), isTopP = b.equal(turn, b.i32(1));
    Value drawn = integers.partOf(b.createOrFold<arith::MinUIOp>(mass, sums.keptMass),
                                  integers.random(parameter(seedOffset, i64), draws));
    Value wanted = integers.maximum(integers.partOf(mass, topP), one);
    Value target = b.select(isTopK, integers.widen(b.sub(topK, b.i32(1))),
                            b.select(isTopP, b.sub(wanted, one), drawn));
    Value limitsCount = integers.both(integers.differs(topK, b.i32(0)), b.less(topK, sums.count));
    Value limitsMass = integers.differs(topP, integers.i64(0));
    Value isNeeded =
        b.select(isTopK, limitsCount, b.select(isTopP, limitsMass, b.equal(turn, b.i32(2))));
    return b.choose(isNeeded, before, [&] {
      RankGroup token = search.find(target, isTopK);
      SmallVector<Value> after = token.values();
      after.push_back(b.add(token.massBefore, token.mass));
      return after;
    });
  });
  return search.idOf(RankGroup::of(ValueRange(state).drop_back()));
}

/// Notes that the repetition penalty applies to `token` from now on.
void markSeen(LaneBuilder &b, IntegerBuilder &integers, Value sampler, Value seenOffset,
              Value token) {
  Value offset = b.add(seenOffset, b.mul(b.div(token, 32), 4));
  Value bit = integers.shiftLeft(b.i32(1), b.rem(token, 32));
  b.store(integers.either(b.load(sampler, offset, b.getI32Type()), bit), sampler, offset);
}

/// One work-item tells the token, and readies batch and sampler for the next step.
void SampleLowering::finishRow(Value index, Value source, const Extremes &extremes, Value token) {
  StateMemory memory = state();
  Value sampler = bufferOf(sample.getSampler());
  memory.storeSampled(index, b.select(extremes.isValid, token, extremes.fault));
  b.when(extremes.isValid, [&] {
    b.when(b.equal(source, index), [&] { memory.advance(index, token); });
    b.when(isDrawn,
           [&] { b.store(b.add(draws, integers.i64(1)), sampler, b.add(record, drawsOffset)); });
    markSeen(b, integers, sampler, b.add(record, lm::SamplerType::seenOffset), token);
  });
}

void SampleLowering::initialize(Value index) {
  Value source = state().logitIndex(index);
  lm::SamplerType type = sample.getSampler().getType();
  record = b.mul(state().slot(source), type.getSlotBytes());
  scale = parameter(scaleOffset, b.getF32Type());
  isDrawn = arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, scale, b.f32(0));
  draws = b.load(bufferOf(sample.getSampler()), b.add(record, drawsOffset), b.getI64Type());
  int64_t vocabulary = type.getVocabulary();
  row.emplace(
      b,
      LogitSource{bufferOf(sample.getLogits()), b.mul(index, vocabulary * int64_t(sizeof(float))),
                  bufferOf(sample.getSampler()), b.add(record, lm::SamplerType::seenOffset),
                  parameter(penaltyOffset, b.getF32Type()), vocabulary, items.index, items.count});
}

void SampleLowering::sampleRow(Value index) {
  initialize(index);
  Extremes extremes = findExtremes();
  Value token = b.choose(integers.both(isDrawn, extremes.isValid), extremes.id,
                         [&] { return SmallVector<Value>{draw(extremes)}; })[0];
  b.when(b.equal(items.index, b.i32(0)),
         [&] { finishRow(index, state().logitIndex(index), extremes, token); });
}

void SampleLowering::run() {
  int64_t workItems = schedule.getWaves() * waveSize;
  int64_t rows = cast<RankedTensorType>(sample.getLogits().getType()).getDimSize(0);
  Value index = WorkgroupIdOp::create(b, Axis::x);
  Value wave = WaveIdOp::create(b), lane = LaneIdOp::create(b);
  items = {wave, lane, b.add(b.mul(wave, waveSize), lane), waveSize, workItems};
  b.when(b.less(index, state().logitRows()), [&] { sampleRow(index); });
  finish(workItems, {rows, 1, 1});
}

struct LowerSampleKernels : impl::LowerSampleKernelsBase<LowerSampleKernels> {
  using Base::Base;

  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      if (kernel.getKind() == "sample" && !kernel.isLowered()) {
        SampleLowering(kernel, waveSize).run();
      }
    }
  }
};

} // namespace
} // namespace qcc::tile
