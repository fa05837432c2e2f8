#include "emulator/memory/AllocationTable.h"

#include <cstdio>
#include <mutex>

namespace qcc::emulator {

namespace {

constexpr size_t erasedKept = 4096;

std::string format(const char *pattern, uint64_t a, uint64_t b) {
  char text[160];
  std::snprintf(text, sizeof text, pattern, static_cast<unsigned long long>(a),
                static_cast<unsigned long long>(b));
  return text;
}

} // namespace

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
  if (allocation.kind != MemoryKind::KernelArguments) {
    erased.push_back(allocation.range);
  }
  if (erased.size() > erasedKept) {
    erased.pop_front();
  }
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

std::string AllocationTable::explain(uint64_t address) const {
  constexpr uint64_t firstPage = 4096, near = 1 << 20;
  if (address < firstPage) {
    return "a null pointer";
  }
  std::shared_lock lock(mutex);
  for (auto range = erased.rbegin(); range != erased.rend(); ++range) {
    if (address >= range->begin && address < range->end) {
      return format("freed: byte %llu of what was an allocation of %llu bytes",
                    address - range->begin, range->end - range->begin);
    }
  }
  auto after = allocations.upper_bound(address);
  if (after != allocations.begin()) {
    const AddressRange &before = std::prev(after)->second.range;
    if (address - before.end < near) {
      return format("%llu bytes past the end of an allocation of %llu bytes", address - before.end,
                    before.end - before.begin);
    }
  }
  if (after != allocations.end() && after->first - address < near) {
    const AddressRange &behind = after->second.range;
    return format("%llu bytes before an allocation of %llu bytes", behind.begin - address,
                  behind.end - behind.begin);
  }
  return {};
}

std::string explainAddress(uint64_t address) {
  return AllocationTable::get().explain(address);
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
