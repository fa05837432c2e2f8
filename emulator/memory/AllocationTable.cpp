#include "emulator/memory/AllocationTable.h"

#include <mutex>

namespace qcc::emulator {

AllocationTable &AllocationTable::get() {
  // Never destroyed: programs unload modules from their own exit handlers.
  static auto *table = new AllocationTable;
  return *table;
}

bool AllocationTable::insert(const Allocation &allocation) {
  if (allocation.range.begin >= allocation.range.end) {
    return false;
  }
  std::unique_lock lock(mutex);
  auto after = allocations.lower_bound(allocation.range.begin);
  if (after != allocations.end() && after->first < allocation.range.end) {
    return false;
  }
  if (after != allocations.begin() && std::prev(after)->second.range.end > allocation.range.begin) {
    return false;
  }
  allocations.emplace_hint(after, allocation.range.begin, allocation);
  return true;
}

std::optional<Allocation> AllocationTable::erase(uint64_t begin) {
  std::unique_lock lock(mutex);
  auto it = allocations.find(begin);
  if (it == allocations.end()) {
    return std::nullopt;
  }
  Allocation allocation = it->second;
  allocations.erase(it);
  removalCount.fetch_add(1, std::memory_order_release);
  return allocation;
}

std::optional<Allocation> AllocationTable::find(uint64_t address) const {
  std::shared_lock lock(mutex);
  auto after = allocations.upper_bound(address);
  if (after == allocations.begin()) {
    return std::nullopt;
  }
  const Allocation &allocation = std::prev(after)->second;
  if (address >= allocation.range.end) {
    return std::nullopt;
  }
  return allocation;
}

/// Most accesses of a wave fall into the allocation of the one before, so each thread remembers it.
AddressRange findAllocation(uint64_t address) {
  struct LastFound {
    AddressRange range;
    uint64_t removals = 0;
  };
  static thread_local LastFound last;
  AllocationTable &table = AllocationTable::get();
  uint64_t removals = table.removals();
  if (last.removals == removals && address >= last.range.begin && address < last.range.end) {
    return last.range;
  }
  std::optional<Allocation> found = table.find(address);
  if (!found) {
    return {};
  }
  last = {found->range, removals};
  return found->range;
}

} // namespace qcc::emulator
