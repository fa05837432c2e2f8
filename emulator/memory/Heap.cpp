#include "emulator/memory/Heap.h"

#include "emulator/memory/MemoryListener.h"

#include <sys/mman.h>
#include <unistd.h>

namespace qcc::emulator {
namespace {

/// How many freed ranges keep their addresses reserved; the kernel allows a process 65530 mappings.
constexpr size_t quarantineEntries = 4096;

size_t wholePages(size_t bytes) {
  size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

bool isCharged(MemoryKind kind) {
  return kind == MemoryKind::Device || kind == MemoryKind::Managed;
}

bool isOwned(MemoryKind kind) {
  return isCharged(kind) || kind == MemoryKind::Host;
}

uint64_t bytesOf(const Allocation &allocation) {
  return allocation.range.end - allocation.range.begin;
}

} // namespace

Heap::Heap(std::vector<uint64_t> deviceBudgets)
    : budgets(std::move(deviceBudgets)), inUse(budgets.size(), 0) {}

void *Heap::allocate(size_t bytes, MemoryKind kind, int device, unsigned flags) {
  size_t mapped = wholePages(bytes);
  if (mapped < bytes || (isCharged(kind) && !charge(device, bytes))) {
    return nullptr;
  }
  void *pointer = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pointer == MAP_FAILED) {
    if (isCharged(kind)) {
      discharge(device, bytes);
    }
    return nullptr;
  }
  auto begin = reinterpret_cast<uint64_t>(pointer);
  AllocationTable::get().insert({{begin, begin + bytes}, kind, device, flags});
  if (MemoryListener *listener = MemoryListener::get(); listener && kind == MemoryKind::Device) {
    listener->allocated(begin, bytes);
  }
  return pointer;
}

bool Heap::release(void *pointer) {
  AllocationTable &table = AllocationTable::get();
  auto begin = reinterpret_cast<uint64_t>(pointer);
  std::optional<Allocation> found = table.find(begin);
  if (!found || found->range.begin != begin || !isOwned(found->kind) || !table.erase(begin)) {
    return false;
  }
  if (MemoryListener *listener = MemoryListener::get()) {
    listener->freed(begin);
  }
  if (isCharged(found->kind)) {
    discharge(found->device, bytesOf(*found));
  }
  quarantine(pointer, wholePages(bytesOf(*found)));
  return true;
}

uint64_t Heap::used(int device) const {
  std::lock_guard lock(mutex);
  return inUse[device];
}

uint64_t Heap::budget(int device) const {
  std::lock_guard lock(mutex);
  return budgets[device];
}

void Heap::setBudget(int device, uint64_t bytes) {
  std::lock_guard lock(mutex);
  budgets[device] = bytes;
}

bool Heap::charge(int device, uint64_t bytes) {
  std::lock_guard lock(mutex);
  if (inUse[device] > budgets[device] || bytes > budgets[device] - inUse[device]) {
    return false;
  }
  inUse[device] += bytes;
  return true;
}

void Heap::discharge(int device, uint64_t bytes) {
  std::lock_guard lock(mutex);
  inUse[device] -= bytes;
}

/// Gives the pages back and keeps the addresses: replacing the mapping does both in one call.
void Heap::quarantine(void *begin, size_t mappedBytes) {
  mmap(begin, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
       0);
  std::lock_guard lock(mutex);
  freed.push_back({begin, mappedBytes});
  if (freed.size() > quarantineEntries) {
    munmap(freed.front().begin, freed.front().mappedBytes);
    freed.pop_front();
  }
}

} // namespace qcc::emulator
