// Device memory: pages of the host, counted against the memory that the emulated chip has.
#pragma once

#include "emulator/memory/AllocationTable.h"

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace qcc::emulator {

/// Allocates and frees. A freed range is not handed out again until many later ones were freed, so
/// that a use after free meets no live allocation. Safe to call from any thread.
class Heap {
public:
  /// Budgets in bytes, one a device.
  explicit Heap(std::vector<uint64_t> budgets);

  /// Zeroed memory, aligned to a page; null when the device's budget or the host is exhausted. Only
  /// kinds Device and Managed count against the budget. `bytes` must not be 0.
  void *allocate(size_t bytes, MemoryKind kind, int device, unsigned flags);

  /// Frees what `allocate` returned for one of the kinds; false when it did not or is freed
  /// already.
  bool release(void *pointer);

  /// Counts memory of a device that is not allocated here: false when it does not fit the budget.
  bool charge(int device, uint64_t bytes);
  void discharge(int device, uint64_t bytes);

  /// Bytes of the device in use, and what it has at most.
  uint64_t used(int device) const;
  uint64_t budget(int device) const;
  void setBudget(int device, uint64_t bytes);

private:
  struct Freed {
    void *begin;
    size_t mappedBytes;
  };
  void quarantine(void *begin, size_t mappedBytes);

  mutable std::mutex mutex;
  std::vector<uint64_t> budgets, inUse;
  std::deque<Freed> freed;
};

} // namespace qcc::emulator
