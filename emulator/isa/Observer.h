// Watching a launch instruction by instruction: what checks, counters and traces are built on. A
// launch without observers runs in a loop of its own and pays nothing for this.
#pragma once

#include "emulator/isa/memory/Access.h"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace qcc::emulator::isa {

struct GroupShape;

/// What an instruction does to memory.
enum class AccessKind : uint8_t { Load, Store, Atomic };

/// Stands for no register: a load to LDS, an atomic whose old value nobody wants.
constexpr uint16_t noRegister = 0xffff;

/// The memory that an instruction is about to touch. A scalar access has one lane, lane 0.
struct MemoryAccess {
  AccessKind kind = AccessKind::Load;
  Space space = Space::Global; // never Flat: each access is of one space
  bool scalar = false;         // by the scalar unit
  bool returns = false;        // an atomic whose old value is wanted
  uint8_t bytes = 4;           // a lane
  uint16_t registers = 0;      // first register loaded or stored: a vector one, or a scalar slot
  Transfer transfer;           // how a vector load or store uses the registers
  Addresses addresses;         // LDS: offsets in the workgroup's; scratch: offsets in the lane's
};

/// The accesses of one instruction: a pair of LDS words is two, a load that goes to LDS as well.
class AccessList {
public:
  MemoryAccess &add() { return items[count++]; }
  void clear() { count = 0; }
  std::span<MemoryAccess> all() { return {items.data(), count}; }

private:
  static constexpr size_t most = 4; // flat instructions may reach three spaces at once
  std::array<MemoryAccess, most> items;
  size_t count = 0;
};

/// Watches one workgroup. All calls come from one thread at a time.
class GroupObserver {
public:
  virtual ~GroupObserver() = default;
  /// The workgroup begins; `waves` stay where they are until it ends. Called again for the next
  /// workgroup that uses the same storage.
  virtual void start(std::span<const std::unique_ptr<Wave>> waves,
                     const std::array<uint32_t, 3> &id) = 0;
  /// The wave is about to execute, has executed the instruction. It has not when it faulted.
  virtual void before(Wave &w, const Instruction &i, std::span<MemoryAccess> accesses) = 0;
  virtual void after(Wave &w, const Instruction &i, std::span<MemoryAccess> accesses) = 0;
  /// Every wave that has not ended waits at a barrier and is let go.
  virtual void barrier(std::span<const std::unique_ptr<Wave>> waves) = 0;
  /// Its turn on a thread is over and it has not ended.
  virtual void pause() {}
  /// Whether it is proven that no wave can go on unless another workgroup changes memory.
  virtual bool stuck(std::span<const std::unique_ptr<Wave>> waves) const { return false; }
  /// The workgroup has come to its end.
  virtual void end(std::span<const std::unique_ptr<Wave>> waves) = 0;
};

/// Watches one launch.
class LaunchObserver {
public:
  virtual ~LaunchObserver() = default;
  virtual void start(const Launch &launch, const GroupShape &shape) = 0;
  /// An observer for the workgroups that one storage runs after another. Safe from any thread.
  virtual std::unique_ptr<GroupObserver> observeGroups() = 0;
  virtual void end(const DispatchResult &result) = 0;
};

} // namespace qcc::emulator::isa
