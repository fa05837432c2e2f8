#include "emulator/isa/run/Storage.h"

#include <bit>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace qcc::emulator::isa {

namespace {

constexpr std::align_val_t alignment{64};

/// Blocks not in use, by capacity.
struct Store {
  static constexpr size_t mostKept = size_t(256) << 20; // bytes
  std::mutex mutex;
  std::map<size_t, std::vector<uint8_t *>> blocks;
  size_t kept = 0;

  ~Store() {
    for (auto &[capacity, list] : blocks) {
      for (uint8_t *block : list) {
        ::operator delete(block, alignment);
      }
    }
  }
};
Store &store() {
  static Store instance;
  return instance;
}

} // namespace

Storage::Storage(size_t bytes) : capacity(std::bit_ceil(bytes + 64)), memory(nullptr) {
  Store &s = store();
  {
    std::lock_guard lock(s.mutex);
    auto &list = s.blocks[capacity];
    if (!list.empty()) {
      memory = list.back();
      list.pop_back();
      s.kept -= capacity;
      return;
    }
  }
  memory = static_cast<uint8_t *>(::operator new(capacity, alignment));
}

Storage::~Storage() {
  Store &s = store();
  {
    std::lock_guard lock(s.mutex);
    if (s.kept + capacity <= Store::mostKept) {
      s.blocks[capacity].push_back(memory);
      s.kept += capacity;
      return;
    }
  }
  ::operator delete(memory, alignment);
}

} // namespace qcc::emulator::isa
