// Who knows of whose accesses: the happens-before relation of a launch.
//
// A workgroup has one clock, which ticks whenever one of its waves synchronizes. A wave knows, for
// each wave of its workgroup, up to which tick that one's accesses come before its own, and the
// same of other workgroups as far as it has acquired what they released. An access is stamped with
// its workgroup, wave and tick.
//
// Each wave has a depth as well (Lamport's clock): larger than that of everything it has acquired,
// so that what comes behind another wave's accesses is deeper. The reverse does not hold; depths
// stand in where there are too many waves to name.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace qcc::emulator::checks {

constexpr unsigned mostWaves = 32; // of a workgroup: 1024 work-items in waves of 32

/// Ticks up to which the waves of one workgroup are known.
using Ticks = std::array<uint32_t, mostWaves>;
/// What is known of several workgroups; never changed once it is shared.
struct Knowledge {
  std::unordered_map<uint32_t, std::shared_ptr<const Ticks>> ticks; // by workgroup
  uint32_t depth = 0;                                               // the largest of all waves
};
using SharedKnowledge = std::shared_ptr<const Knowledge>;

/// The union of two; either may be null.
SharedKnowledge join(const SharedKnowledge &a, const SharedKnowledge &b);

/// What the waves of a launch have released, for those that acquire it. Safe from any thread.
class Releases {
public:
  /// The wave has released `what`, which its stores from `tick` on make known.
  void publish(uint32_t group, unsigned wave, uint32_t tick, SharedKnowledge what);
  /// The latest release of the wave at or before `tick`, or null.
  SharedKnowledge find(uint32_t group, unsigned wave, uint32_t tick) const;

  /// An atomic at `address` adds `mine` to what earlier atomics there released and gives the sum
  /// back. Null when there is nothing.
  SharedKnowledge chain(uint64_t address, const SharedKnowledge &mine);
  bool hasChains() const { return anyChain.load(std::memory_order_relaxed); }
  bool hasAny() const { return any.load(std::memory_order_relaxed); }

private:
  struct Release {
    uint32_t tick;
    SharedKnowledge what;
  };
  mutable std::mutex mutex;
  std::unordered_map<uint64_t, std::vector<Release>> byWave; // key: group and wave
  std::unordered_map<uint64_t, SharedKnowledge> chains;      // by address
  std::atomic<bool> any{false}, anyChain{false};
};

/// The clocks of one workgroup.
class Clocks {
public:
  void start(uint32_t group, unsigned waves, Releases *releases);

  uint32_t tick() const { return now; }
  uint32_t group() const { return id; }
  /// 0 until the wave comes behind another workgroup.
  uint32_t depth(unsigned wave) const { return waves[wave].depth; }

  /// The tick up to which the wave knows of all waves of this workgroup.
  uint32_t safeTick(unsigned wave) const;

  /// Whether what wave `other` of this workgroup did at `tick` comes before what `wave` does now.
  bool knows(unsigned wave, unsigned other, uint32_t tick) const {
    return wave == other || waves[wave].own[other] >= tick;
  }
  /// The same of every other wave of this workgroup.
  bool knowsAll(unsigned wave, uint32_t tick) const;
  /// The same of a wave of another workgroup.
  bool knowsForeign(unsigned wave, uint32_t group, unsigned other, uint32_t tick) const;
  /// The same of all waves of another workgroup.
  bool knowsAllForeign(unsigned wave, uint32_t group, uint32_t tick) const;

  /// All waves have met.
  void barrier();
  /// An LDS atomic: releases to later ones of the workgroup and, when `acquires`, learns from
  /// earlier ones.
  void localAtomic(unsigned wave, bool acquires);

  /// What the wave knows now, to be released; kept until the clock ticks.
  SharedKnowledge knowledgeOf(unsigned wave);
  /// The stores that the wave issues from now on release `what`.
  void publish(unsigned wave, const SharedKnowledge &what);
  /// The wave has read something that carries `what`; `acquire` makes it known.
  void see(unsigned wave, const SharedKnowledge &what);
  void acquire(unsigned wave);

private:
  struct WaveClock {
    Ticks own{};
    SharedKnowledge foreign, seen, snapshot;
    uint32_t snapshotTick = 0, depth = 0;
  };
  void advance() { now += now < lastTick; }
  static constexpr uint32_t lastTick = (1u << 20) - 1; // what a stamp can hold

  uint32_t id = 0, now = 1;
  std::vector<WaveClock> waves;
  Ticks local{}; // released by LDS atomics
  uint32_t localDepth = 0;
  Releases *releases = nullptr;
};

} // namespace qcc::emulator::checks
