// Memory pools: what counts the memory of stream-ordered allocation. Memory itself comes from the
// heap and goes back to it at once, as a stream's work has always ended when memory is freed.
#pragma once

#include "emulator/hip_api/LiveHandles.h"
#include "emulator/hip_api/Platform.h"

/// What hipMemPool_t points to. Guarded by MemoryPools.
struct ihipMemPool_t {
  int device = 0;
  uint64_t used = 0, usedHigh = 0; // bytes
  uint64_t releaseThreshold = 0;   // bytes; kept to be given back
  int reuse[3] = {1, 1, 1};        // the switches for reuse; kept to be given back
};

using hipMemPool_t = ihipMemPool_t *;

namespace qcc::emulator {

/// All pools of this process. Safe to call from any thread.
class MemoryPools {
public:
  static MemoryPools &get();

  /// A device's own pool, and the one that its hipMallocAsync takes from.
  std::shared_ptr<ihipMemPool_t> defaultOf(int device);
  std::shared_ptr<ihipMemPool_t> currentOf(int device);
  void setCurrent(int device, std::shared_ptr<ihipMemPool_t> pool);

  hipMemPool_t create(int device);
  std::shared_ptr<ihipMemPool_t> find(hipMemPool_t handle) { return live.find(handle); }
  /// False for a handle that is not live or is a device's own pool.
  bool destroy(hipMemPool_t handle);

  /// Notes that the allocation is of the pool, or was freed, from whatever pool it was.
  void noteAllocated(const std::shared_ptr<ihipMemPool_t> &pool, void *pointer, uint64_t bytes);
  void noteFreed(void *pointer);

  /// A pool's attribute: `attribute` as hipMemPoolAttr numbers them. False when there is none of
  /// the number, or it cannot be set to the value.
  bool getAttribute(const ihipMemPool_t &pool, int attribute, void *value);
  bool setAttribute(ihipMemPool_t &pool, int attribute, const void *value);

private:
  struct Owned {
    std::shared_ptr<ihipMemPool_t> pool;
    uint64_t bytes = 0;
  };
  struct OfDevice {
    std::shared_ptr<ihipMemPool_t> own, current;
  };
  OfDevice &ofDevice(int device);

  std::mutex mutex;
  std::map<int, OfDevice> devices;
  std::map<void *, Owned> allocations;
  LiveHandles<ihipMemPool_t> live;
};

} // namespace qcc::emulator
