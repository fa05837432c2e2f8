// Results used before the s_waitcnt that covers them.
#pragma once

#include "emulator/checks/Report.h"
#include "emulator/isa/Observer.h"

#include <array>
#include <unordered_map>

namespace qcc::emulator::checks {

/// The counters of outstanding operations. gfx9 has Load (vmcnt, stores as well) and Lds (lgkmcnt,
/// scalar memory as well); gfx11 has Store (vscnt) too; gfx12 has them all.
enum class Counter : uint8_t { Load, Store, Lds, Scalar };
constexpr unsigned counterCount = 4;

/// The counters' highest values that an instruction lets pass; -1: it does not wait for one.
using WaitValues = std::array<int, counterCount>;

/// Reads "s_waitcnt vmcnt(3) lgkmcnt(0)", "s_wait_loadcnt_dscnt 0x100" and their like.
WaitValues parseWait(const std::string &text);

/// The outstanding operations of one wave.
class Waits {
public:
  void start(const isa::Wave &w);
  void before(const isa::Wave &w, const isa::Instruction &i, Reporter &reporter);
  void after(const isa::Wave &w, const isa::Instruction &i,
             std::span<const isa::MemoryAccess> accesses);

  /// Whether every store to global memory that the wave has issued is known to have reached its
  /// cache.
  bool storesDone() const;

private:
  static constexpr unsigned registerCount = 512 + 32;
  struct Pending {
    uint32_t sequence = 0;
    Counter counter = Counter::Load;
  };
  struct Registers {
    std::array<Pending, registerCount> vector{};
    std::array<Pending, isa::SlotCount> scalar{};
  };

  Counter counterOf(const isa::Instruction &i, bool returnsNothing) const;
  bool inOrder(Counter counter) const;
  bool isPending(const Pending &p) const {
    return p.sequence > completed[static_cast<unsigned>(p.counter)];
  }
  bool anyPending() const;
  void wait(const WaitValues &values);
  void issue(const isa::Instruction &i, Counter counter, Registers &registers);
  void checkBarrier(const isa::Wave &w, Reporter &reporter) const;
  int findPending(const std::vector<isa::RegisterSpan> &spans, bool overwrites, Counter by) const;

  unsigned major = 9;
  std::array<uint32_t, counterCount> issued{}, completed{};
  uint32_t lastScalar = 0; // sequence of the last scalar load on a counter that LDS shares
  uint32_t lastStore = 0;
  uint32_t lastLdsWrite = 0; // sequence of the last store or atomic to LDS
  Registers first, second;   // flat loads wait on two counters
  std::unordered_map<const isa::Instruction *, WaitValues> parsed;
};

} // namespace qcc::emulator::checks
