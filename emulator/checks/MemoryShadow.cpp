#include "emulator/checks/MemoryShadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace qcc::emulator::checks {

MemoryShadow::~MemoryShadow() {
  for (const auto &[begin, block] : blocks) {
    unmap(block);
  }
}

void MemoryShadow::unmap(const Block &block) {
  munmap(block.marks, block.end - block.begin);
}

void MemoryShadow::allocated(uint64_t begin, uint64_t bytes) {
  void *marks = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (marks == MAP_FAILED) {
    return; // counts as written then
  }
  std::lock_guard lock(mutex);
  blocks[begin] = {begin, begin + bytes, static_cast<uint8_t *>(marks)};
}

void MemoryShadow::freed(uint64_t begin) {
  std::lock_guard lock(mutex);
  auto found = blocks.find(begin);
  if (found == blocks.end()) {
    return;
  }
  unmap(found->second);
  blocks.erase(found);
}

void MemoryShadow::written(uint64_t begin, uint64_t bytes) {
  const Block block = find(begin);
  if (block.marks != nullptr && bytes != 0) {
    std::memset(block.at(begin), 0xff, std::min(bytes, block.end - begin));
  }
}

MemoryShadow::Block MemoryShadow::find(uint64_t address) const {
  std::lock_guard lock(mutex);
  auto after = blocks.upper_bound(address);
  if (after == blocks.begin()) {
    return {};
  }
  const Block &block = std::prev(after)->second;
  return address < block.end ? block : Block{};
}

} // namespace qcc::emulator::checks
