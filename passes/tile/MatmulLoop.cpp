// The inner loop of a matmul kernel: weights streamed, unpacked and multiplied with the staged rows.
#include "passes/tile/MatmulLowering.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

MatmulLowering::Accumulators MatmulLowering::accumulate(MatmulSegment &segment, const Shape &shape,
                                                        const Place &place) {
  int64_t slots = segment.roots.front().layout.getColumnsPerLane();
  Accumulators sums(segment.roots.size() * slots * rows, b.f32(0));
  loadNorms();
  if (hasNorm() && shape.stages > 1) {
    computeNorms();
  }
  // All stages are alike, but for a shorter last one.
  int64_t rest = shape.runs % shape.stageRuns, whole = shape.runs - rest;
  sums = b.loop(b.i32(0), b.i32(whole), shape.stageRuns, sums, [&](Value firstRun, ValueRange current) {
    return addStage(segment, shape, place, firstRun, shape.stageRuns, Accumulators(current));
  });
  if (rest) {
    sums = addStage(segment, shape, place, b.i32(whole), rest, sums);
  }
  scaleChannels(segment, place, sums);
  return sums;
}

/// Stages `runs` runs of the rows and adds them. The first weights are on their way meanwhile, behind rows
/// that fit into registers: loads return in order.
MatmulLowering::Accumulators MatmulLowering::addStage(MatmulSegment &segment, const Shape &shape,
                                                      const Place &place, Value firstRun, int64_t runs,
                                                      Accumulators sums) {
  int64_t split = schedule.getSplitK(), count = runs / split;
  SmallVector<Chunk> kept = loadRows(shape);
  SmallVector<Loads> loaded;
  for (int64_t i = 0; i < std::min(shape.ahead, count); ++i) {
    Value run = b.add(firstRun, b.add(place.splitIndex, i * split));
    loaded.push_back(loadRun(segment, shape, place, run));
  }
  ScheduleBarrierOp::create(b, TypeRange(), ValueRange());
  if (shape.stages > 1) {
    BarrierOp::create(b); // the previous stage has been read
  } else if (hasNorm() && kept.empty()) {
    computeNorms();
  }
  kept.empty() ? stageRows(shape, firstRun, runs) : stageLoaded(shape, kept);
  BarrierOp::create(b);
  sums = addRuns(segment, shape, place, firstRun, count, std::move(loaded), std::move(sums));
  if (runs % split == 0) {
    return sums;
  }
  // The runs that are left go to the first of the waves that share the panel.
  Value has = b.less(place.splitIndex, b.i32(runs % split));
  return b.choose(has, sums, [&]() -> SmallVector<Value> {
    Value run = b.add(firstRun, b.add(place.splitIndex, count * split));
    Loads last = loadRun(segment, shape, place, run);
    return addTurn(segment, shape, place, {firstRun, b.i32(count), 1, 0}, last, sums);
  });
}

/// Cuts `values` into parts as long as those of `parts`, and puts them there.
template <typename Parts> static void assignParts(ValueRange values, Parts &parts) {
  for (auto &part : parts) {
    llvm::copy(values.take_front(part.size()), part.begin());
    values = values.drop_front(part.size());
  }
}

/// Adds the wave's `count` runs of a stage, of which the first are `loaded`.
MatmulLowering::Accumulators MatmulLowering::addRuns(MatmulSegment &segment, const Shape &shape,
                                                     const Place &place, Value firstRun, int64_t count,
                                                     SmallVector<Loads> loaded, Accumulators sums) {
  if (count == 0) {
    return sums;
  }
  int64_t ahead = loaded.size();
  int64_t whole = (count - ahead) / ahead * ahead, rest = count - ahead - whole;
  auto stateOf = [](const Accumulators &sums, ArrayRef<Loads> loaded) {
    SmallVector<Value> state(sums);
    for (const Loads &loads : loaded) {
      llvm::append_range(state, loads);
    }
    return state;
  };
  SmallVector<Value> state = b.loop(
      b.i32(0), b.i32(whole), ahead, stateOf(sums, loaded), [&](Value first, ValueRange current) {
        SmallVector<Loads> flying(loaded);
        assignParts(current.drop_front(sums.size()), flying);
        Accumulators now = addTurn(segment, shape, place, {firstRun, first, ahead, ahead}, flying,
                                   Accumulators(current.take_front(sums.size())));
        return stateOf(now, flying);
      });
  assignParts(ValueRange(state).drop_front(sums.size()), loaded);
  state.truncate(sums.size());
  sums = addTurn(segment, shape, place, {firstRun, b.i32(whole), ahead, rest}, loaded, std::move(state));
  return addTurn(segment, shape, place, {firstRun, b.i32(whole + ahead), rest, 0}, loaded, std::move(sums));
}

/// Adds the runs of a turn, whose weights are in `loaded`. A run that has been added makes room for the loads
/// of a later one. Rows are read from LDS a group ahead, where registers allow. The groups stay in this
/// order, so that neither more registers are taken nor loads come later than is meant here.
MatmulLowering::Accumulators MatmulLowering::addTurn(MatmulSegment &segment, const Shape &shape,
                                                     const Place &place, const Turn &turn,
                                                     MutableArrayRef<Loads> loaded, Accumulators sums) {
  int64_t split = schedule.getSplitK(), ahead = loaded.size();
  int64_t groups = shape.runElements / shape.groupElements, total = turn.runs * groups;
  auto localRun = [&](int64_t index) {
    return b.add(b.mul(b.add(turn.first, index), split), place.splitIndex);
  };
  auto read = [&](int64_t index) {
    return index < total ? readGroup(segment, shape, place, localRun(index / groups),
                                     index % groups * shape.groupElements)
                         : Group();
  };
  // Sums of many columns and rows leave no registers for a second group.
  bool readsEarly = sums.size() < 32;
  Group group = read(0);
  for (int64_t run = 0; run < turn.runs; ++run) {
    SmallVector<Chain> chains = chainsOf(segment, shape, loaded[run], sums);
    for (int64_t i = 0; i < groups; ++i) {
      Group next = readsEarly ? read(run * groups + i + 1) : Group();
      addGroup(chains, shape, place, group);
      pinSums(chains);
      group = readsEarly ? std::move(next) : read(run * groups + i + 1);
    }
    if (run < turn.refills) {
      Value later = b.add(turn.stageRun, b.add(localRun(run), ahead * split));
      loaded[run] = loadRun(segment, shape, place, later);
    }
  }
  return sums;
}

/// Ends a group: what has been added up so far is computed before the next one begins.
void MatmulLowering::pinSums(MutableArrayRef<Chain> chains) {
  SmallVector<Value> values;
  auto current = [](Chain &chain) {
    return chain.dots.empty() ? chain.sums : MutableArrayRef<Value>(chain.dots);
  };
  for (Chain &chain : chains) {
    llvm::append_range(values, current(chain));
  }
  ValueRange pinned = ScheduleBarrierOp::create(b, ValueRange(values).getTypes(), values).getResults();
  for (Chain &chain : chains) {
    MutableArrayRef<Value> own = current(chain);
    llvm::copy(pinned.take_front(own.size()), own.begin());
    pinned = pinned.drop_front(own.size());
  }
}

void MatmulLowering::addGroup(MutableArrayRef<Chain> chains, const Shape &shape, const Place &place,
                              const Group &group) {
  int64_t end = group.begin + shape.groupElements;
  for (int64_t begin = group.begin; begin < end; begin += shape.perPiece) {
    for (Chain &chain : chains) {
      addPiece(chain, shape, place, group, begin);
    }
  }
}

/// Adds the products of elements [begin, begin + perPiece) of the lane's run with those of each row.
void MatmulLowering::addPiece(Chain &chain, const Shape &shape, const Place &place, const Group &group,
                              int64_t begin) {
  int64_t run = chain.root->scaledRun(), within = begin % shape.unpacked;
  bool isInteger = chain.root->isInteger();
  if (isInteger && begin % run == 0) {
    beginScaledRun(chain, shape, group, begin);
  }
  if (within == 0) {
    chain.weights = unpack(chain, shape, begin);
  }
  Value part = b.slice(chain.weights, within, shape.perPiece);
  ArrayRef<Value> x = ArrayRef(group.rows).slice((begin - group.begin) / shape.perPiece * rows, rows);
  for (auto [sum, xOfRow] : llvm::zip(isInteger ? MutableArrayRef<Value>(chain.dots) : chain.sums, x)) {
    sum = DotOp::create(b, part, xOfRow, sum);
  }
  if (isInteger && (begin + shape.perPiece) % run == 0) {
    endScaledRun(chain, shape, place, group, begin + shape.perPiece);
  }
}

/// Elements [begin, begin + unpacked) of the lane's run, in the type of staged rows.
Value MatmulLowering::unpack(Chain &chain, const Shape &shape, int64_t begin) {
  int64_t bits = qnt::bitsOf(chain.root->type().getEncoding());
  int64_t firstWord = begin % shape.perLoad * bits / 32, words = shape.unpacked * bits / 32;
  Value packed = b.slice(chain.words[begin / shape.perLoad], firstWord, words);
  if (chain.root->isInteger()) {
    return UnpackOp::create(b, VectorType::get(shape.unpacked, shape.element), packed, bits);
  }
  Type stored = qnt::elementTypeOf(chain.root->type().getEncoding(), b.getContext());
  Value weights = vector::BitCastOp::create(b, VectorType::get(shape.unpacked, stored), packed);
  return stored == shape.element ? weights : b.toF32(weights);
}

/// The dot products of weights that share a scale start from what their bias and zero point add up to, so
/// that taking it off costs nothing. Where one scale is for a whole column they go on from each other.
void MatmulLowering::beginScaledRun(Chain &chain, const Shape &shape, const Group &group, int64_t begin) {
  int64_t index = (begin - group.begin) / chain.root->scaledRun() * rows;
  llvm::append_range(chain.dots, ArrayRef(group.corrections[chain.rootIndex]).slice(index, rows));
  if (chain.root->isPerChannel()) {
    for (auto [dot, sum] : llvm::zip(chain.dots, chain.sums)) {
      dot = b.addf(dot, sum);
    }
  }
}

/// sum += scale * (dot - zero * sum a), for the scaled run up to element `end`.
void MatmulLowering::endScaledRun(Chain &chain, const Shape &shape, const Place &place, const Group &group,
                                  int64_t end) {
  MatmulRoot &root = *chain.root;
  int64_t run = root.scaledRun();
  int64_t part = end / run - 1, first = (end - 1 - group.begin) / run * rows;
  for (int64_t row = 0; row < rows; ++row) {
    Value dot = chain.dots[row];
    if (!shape.commonZero) {
      Value zero = !root.hasZeros()      ? b.f32(root.packed.implicitZero())
                   : root.isPerChannel() ? channelPart(root, place, chain.slot, root.packed.zerosOffset())
                                         : b.toF32(chain.zeros[part]);
      dot = b.fma(b.negf(zero), group.plainSums[chain.rootIndex][first + row], dot);
    }
    chain.sums[row] = root.isPerChannel() ? dot : b.fma(b.toF32(chain.scales[part]), dot, chain.sums[row]);
  }
  chain.dots.clear();
}

/// Multiplies the sums of columns that have one scale by it.
void MatmulLowering::scaleChannels(MatmulSegment &segment, const Place &place, MutableArrayRef<Value> sums) {
  for (MatmulRoot &root : segment.roots) {
    for (int64_t slot = 0; slot < root.layout.getColumnsPerLane();
         ++slot, sums = sums.drop_front(sumsOfColumn())) {
      if (!root.isInteger() || !root.isPerChannel()) {
        continue;
      }
      Value scale = channelPart(root, place, slot, root.packed.scalesOffset());
      for (Value &sum : sums.take_front(sumsOfColumn())) {
        auto vector = dyn_cast<VectorType>(sum.getType());
        sum = b.mulf(sum, vector ? b.splat(scale, vector.getNumElements()) : scale);
      }
    }
  }
}

/// Adds up the lanes of each column, then the waves that share a panel.
MatmulLowering::Accumulators MatmulLowering::combineLanes(const Shape &shape, const Place &place,
                                                          Accumulators sums, int64_t columns) {
  for (Value &sum : sums) {
    sum = ReduceWaveOp::create(b, sum, Reduction::add, shape.lanesK);
  }
  int64_t split = schedule.getSplitK(), count = sums.size();
  if (split == 1) {
    return sums;
  }
  auto offset = [&](Value fromWave, int64_t index) {
    Value row = b.add(b.mul(fromWave, count), index);
    return b.mul(b.add(b.mul(row, columns), place.column), 4);
  };
  b.when(b.equal(place.depthLane, b.i32(0)), [&] {
    for (auto [index, sum] : llvm::enumerate(sums)) {
      b.store(sum, shared.partials, offset(wave, index));
    }
  });
  BarrierOp::create(b);
  Value firstWave = b.sub(wave, place.splitIndex);
  for (auto [index, sum] : llvm::enumerate(sums)) {
    sum = b.f32(0);
    for (int64_t i = 0; i < split; ++i) {
      sum = b.addf(sum, b.load(shared.partials, offset(b.add(firstWave, i), index), b.getF32Type()));
    }
  }
  return sums;
}
