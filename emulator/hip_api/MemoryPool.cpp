#include "emulator/hip_api/MemoryPool.h"

#include <algorithm>
#include <cstring>

namespace qcc::emulator {
namespace {

/// hipMemPoolAttr. Switches are ints, the others 64-bit numbers of bytes.
enum Attribute : int {
  FirstReuseSwitch = 1,
  LastReuseSwitch = 3,
  ReleaseThreshold = 4,
  ReservedNow = 5,
  ReservedHigh = 6,
  UsedNow = 7,
  UsedHigh = 8,
};

} // namespace

MemoryPools &MemoryPools::get() {
  // Never destroyed: programs free memory from their own exit handlers.
  static auto *pools = new MemoryPools;
  return *pools;
}

MemoryPools::OfDevice &MemoryPools::ofDevice(int device) {
  OfDevice &entry = devices[device];
  if (!entry.own) {
    entry.own = std::make_shared<ihipMemPool_t>();
    entry.own->device = device;
    entry.current = entry.own;
    live.add(entry.own);
  }
  return entry;
}

std::shared_ptr<ihipMemPool_t> MemoryPools::defaultOf(int device) {
  std::lock_guard lock(mutex);
  return ofDevice(device).own;
}

std::shared_ptr<ihipMemPool_t> MemoryPools::currentOf(int device) {
  std::lock_guard lock(mutex);
  return ofDevice(device).current;
}

void MemoryPools::setCurrent(int device, std::shared_ptr<ihipMemPool_t> pool) {
  std::lock_guard lock(mutex);
  ofDevice(device).current = std::move(pool);
}

hipMemPool_t MemoryPools::create(int device) {
  auto pool = std::make_shared<ihipMemPool_t>();
  pool->device = device;
  return live.add(std::move(pool));
}

bool MemoryPools::destroy(hipMemPool_t handle) {
  std::lock_guard lock(mutex);
  for (auto &[device, entry] : devices) {
    if (entry.own.get() == handle) {
      return false;
    }
    if (entry.current.get() == handle) {
      entry.current = entry.own;
    }
  }
  return live.remove(handle) != nullptr;
}

void MemoryPools::noteAllocated(const std::shared_ptr<ihipMemPool_t> &pool, void *pointer,
                                uint64_t bytes) {
  std::lock_guard lock(mutex);
  allocations[pointer] = {pool, bytes};
  pool->used += bytes;
  pool->usedHigh = std::max(pool->usedHigh, pool->used);
}

void MemoryPools::noteFreed(void *pointer) {
  std::lock_guard lock(mutex);
  auto found = allocations.find(pointer);
  if (found != allocations.end()) {
    found->second.pool->used -= found->second.bytes;
    allocations.erase(found);
  }
}

bool MemoryPools::getAttribute(const ihipMemPool_t &pool, int attribute, void *value) {
  std::lock_guard lock(mutex);
  if (attribute >= FirstReuseSwitch && attribute <= LastReuseSwitch) {
    std::memcpy(value, &pool.reuse[attribute - FirstReuseSwitch], sizeof(int));
    return true;
  }
  uint64_t bytes = 0;
  switch (attribute) {
  case ReleaseThreshold:
    bytes = pool.releaseThreshold;
    break;
  case ReservedNow: // nothing is kept beyond what is in use
  case UsedNow:
    bytes = pool.used;
    break;
  case ReservedHigh:
  case UsedHigh:
    bytes = pool.usedHigh;
    break;
  default:
    return false;
  }
  std::memcpy(value, &bytes, sizeof(bytes));
  return true;
}

bool MemoryPools::setAttribute(ihipMemPool_t &pool, int attribute, const void *value) {
  std::lock_guard lock(mutex);
  if (attribute >= FirstReuseSwitch && attribute <= LastReuseSwitch) {
    std::memcpy(&pool.reuse[attribute - FirstReuseSwitch], value, sizeof(int));
    return true;
  }
  uint64_t bytes = 0;
  std::memcpy(&bytes, value, sizeof(bytes));
  if (attribute == ReleaseThreshold) {
    pool.releaseThreshold = bytes;
    return true;
  }
  // High marks can be set to zero only: they begin again at what is in use.
  if ((attribute != ReservedHigh && attribute != UsedHigh) || bytes != 0) {
    return false;
  }
  pool.usedHigh = pool.used;
  return true;
}

} // namespace qcc::emulator
