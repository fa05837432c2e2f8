#include "emulator/checks/Clocks.h"

#include <algorithm>

namespace qcc::emulator::checks {

namespace {

uint64_t keyOf(uint32_t group, unsigned wave) {
  return uint64_t(group) * mostWaves + wave;
}

bool covers(const Ticks &a, const Ticks &b) {
  for (unsigned n = 0; n < mostWaves; ++n) {
    if (a[n] < b[n]) {
      return false;
    }
  }
  return true;
}

void raise(Ticks &a, const Ticks &b) {
  for (unsigned n = 0; n < mostWaves; ++n) {
    a[n] = std::max(a[n], b[n]);
  }
}

} // namespace

SharedKnowledge join(const SharedKnowledge &a, const SharedKnowledge &b) {
  if (!a || a == b) {
    return b;
  }
  if (!b) {
    return a;
  }
  const bool aIsLarger = a->ticks.size() >= b->ticks.size();
  const Knowledge &large = aIsLarger ? *a : *b, &small = aIsLarger ? *b : *a;
  std::shared_ptr<Knowledge> sum;
  auto change = [&]() -> Knowledge & {
    if (!sum) {
      sum = std::make_shared<Knowledge>(large);
    }
    return *sum;
  };
  for (const auto &[group, ticks] : small.ticks) {
    auto found = large.ticks.find(group);
    if (found != large.ticks.end() && (found->second == ticks || covers(*found->second, *ticks))) {
      continue;
    }
    auto &entry = change().ticks[group];
    if (!entry || covers(*ticks, *entry)) {
      entry = ticks;
    } else {
      auto both = std::make_shared<Ticks>(*entry);
      raise(*both, *ticks);
      entry = both;
    }
  }
  if (small.depth > large.depth) {
    change().depth = small.depth;
  }
  return sum ? sum : aIsLarger ? a : b;
}

void Releases::publish(uint32_t group, unsigned wave, uint32_t tick, SharedKnowledge what) {
  std::lock_guard lock(mutex);
  byWave[keyOf(group, wave)].push_back({tick, std::move(what)});
  any.store(true, std::memory_order_relaxed);
}

SharedKnowledge Releases::find(uint32_t group, unsigned wave, uint32_t tick) const {
  std::lock_guard lock(mutex);
  auto found = byWave.find(keyOf(group, wave));
  if (found == byWave.end()) {
    return nullptr;
  }
  const auto &list = found->second;
  auto after = std::upper_bound(list.begin(), list.end(), tick,
                                [](uint32_t t, const Release &r) { return t < r.tick; });
  return after == list.begin() ? nullptr : std::prev(after)->what;
}

SharedKnowledge Releases::chain(uint64_t address, const SharedKnowledge &mine) {
  std::lock_guard lock(mutex);
  auto found = chains.find(address);
  if (found == chains.end()) {
    if (mine) {
      chains.emplace(address, mine);
      anyChain.store(true, std::memory_order_relaxed);
    }
    return mine;
  }
  return found->second = join(found->second, mine);
}

void Clocks::start(uint32_t group, unsigned waveCount, Releases *launchReleases) {
  id = group;
  now = 1;
  waves.assign(waveCount, {});
  local = {};
  localDepth = 0;
  releases = launchReleases;
}

uint32_t Clocks::safeTick(unsigned wave) const {
  uint32_t safe = now;
  for (unsigned n = 0; n < waves.size(); ++n) {
    safe = n == wave ? safe : std::min(safe, waves[wave].own[n]);
  }
  return safe;
}

bool Clocks::knowsAll(unsigned wave, uint32_t tick) const {
  for (unsigned n = 0; n < waves.size(); ++n) {
    if (!knows(wave, n, tick)) {
      return false;
    }
  }
  return true;
}

bool Clocks::knowsForeign(unsigned wave, uint32_t group, unsigned other, uint32_t tick) const {
  const SharedKnowledge &foreign = waves[wave].foreign;
  if (!foreign) {
    return false;
  }
  auto found = foreign->ticks.find(group);
  return found != foreign->ticks.end() && (*found->second)[other] >= tick;
}

bool Clocks::knowsAllForeign(unsigned wave, uint32_t group, uint32_t tick) const {
  for (unsigned n = 0; n < waves.size(); ++n) {
    if (!knowsForeign(wave, group, n, tick)) {
      return false;
    }
  }
  return true;
}

void Clocks::barrier() {
  SharedKnowledge all;
  uint32_t depth = 0;
  for (const WaveClock &w : waves) {
    all = join(all, w.foreign);
    depth = std::max(depth, w.depth);
  }
  for (WaveClock &w : waves) {
    w.own.fill(now);
    w.foreign = all;
    w.depth = depth;
  }
  advance();
}

void Clocks::localAtomic(unsigned wave, bool acquires) {
  Ticks &own = waves[wave].own;
  uint32_t &depth = waves[wave].depth;
  if (acquires) {
    raise(own, local);
    depth = std::max(depth, localDepth);
  }
  raise(local, own);
  localDepth = std::max(localDepth, depth);
  local[wave] = now;
  advance();
}

SharedKnowledge Clocks::knowledgeOf(unsigned wave) {
  WaveClock &w = waves[wave];
  if (!w.snapshot || w.snapshotTick != now) {
    auto own = std::make_shared<Ticks>(w.own);
    (*own)[wave] = now;
    auto all = w.foreign ? std::make_shared<Knowledge>(*w.foreign) : std::make_shared<Knowledge>();
    all->ticks[id] = own;
    all->depth = w.depth;
    w.snapshot = all;
    w.snapshotTick = now;
  }
  return w.snapshot;
}

void Clocks::publish(unsigned wave, const SharedKnowledge &what) {
  advance();
  releases->publish(id, wave, now, what);
}

void Clocks::see(unsigned wave, const SharedKnowledge &what) {
  WaveClock &w = waves[wave];
  if (what && what != w.seen) {
    w.seen = join(w.seen, what);
  }
}

void Clocks::acquire(unsigned wave) {
  WaveClock &w = waves[wave];
  if (!w.seen) {
    return;
  }
  auto mine = w.seen->ticks.find(id);
  if (mine != w.seen->ticks.end()) {
    raise(w.own, *mine->second);
  }
  const SharedKnowledge known = join(w.foreign, w.seen);
  if (known != w.foreign) {
    w.depth = std::min(std::max(w.depth, w.seen->depth) + 1, lastTick);
  }
  w.foreign = known;
  w.seen = nullptr;
  w.snapshot = nullptr;
}

} // namespace qcc::emulator::checks
