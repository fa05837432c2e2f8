#include "emulator/memory/MemoryListener.h"

#include <atomic>

namespace qcc::emulator {

static std::atomic<MemoryListener *> current{nullptr};

MemoryListener *MemoryListener::get() {
  return current.load(std::memory_order_acquire);
}

void MemoryListener::set(MemoryListener *listener) {
  current.store(listener, std::memory_order_release);
}

} // namespace qcc::emulator
