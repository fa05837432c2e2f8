// The registry of everything that a kernel may touch: what was allocated, registered, or loaded.
#pragma once

#include "emulator/memory/Memory.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <shared_mutex>

namespace qcc::emulator {

enum class MemoryKind : uint8_t {
  Device,          // hipMalloc
  Host,            // hipHostMalloc
  Managed,         // hipMallocManaged
  RegisteredHost,  // hipHostRegister: the program's own memory
  CodeObject,      // a loaded segment
  KernelArguments, // the argument segment of a launch that runs
};

struct Allocation {
  AddressRange range;
  MemoryKind kind = MemoryKind::Device;
  int device = 0;
  unsigned flags = 0; // as given by the program
};

/// All live ranges, disjoint. Every member is safe to call from any thread.
class AllocationTable {
public:
  /// The table of this process; lives until it ends.
  static AllocationTable &get();

  /// False, and nothing changed, when the range is empty or meets a live one.
  bool insert(const Allocation &allocation);

  /// Removes the range that begins at `begin` and returns it; nothing when there is none.
  std::optional<Allocation> erase(uint64_t begin);

  /// The live allocation that holds `address`.
  std::optional<Allocation> find(uint64_t address) const;

  /// What `address` is near to (Memory.h, explainAddress).
  std::string explain(uint64_t address) const;

  /// Grows with every removal: a range found stays valid while it does not change.
  uint64_t removals() const { return removalCount.load(std::memory_order_acquire); }

private:
  mutable std::shared_mutex mutex;
  std::map<uint64_t, Allocation> allocations; // by begin
  std::deque<AddressRange> erased;            // the latest at the end
  std::atomic<uint64_t> removalCount{0};
};

} // namespace qcc::emulator
