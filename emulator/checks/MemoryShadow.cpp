#include "emulator/checks/MemoryShadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace qcc::emulator::checks {

namespace {

std::string format(const char *pattern, uint64_t a, uint64_t b) {
  char text[160];
  std::snprintf(text, sizeof text, pattern, static_cast<unsigned long long>(a),
                static_cast<unsigned long long>(b));
  return text;
}

} // namespace

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
  wasThere.erase(begin);
  blocks[begin] = {begin, begin + bytes, static_cast<uint8_t *>(marks)};
}

void MemoryShadow::freed(uint64_t begin) {
  std::lock_guard lock(mutex);
  auto found = blocks.find(begin);
  if (found == blocks.end()) {
    return;
  }
  wasThere[begin] = found->second.end;
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

std::string MemoryShadow::explain(uint64_t address) const {
  if (address < 4096) {
    return "a null pointer";
  }
  std::lock_guard lock(mutex);
  auto freedAfter = wasThere.upper_bound(address);
  if (freedAfter != wasThere.begin()) {
    const auto &[begin, end] = *std::prev(freedAfter);
    if (address < end) {
      return format("freed memory, byte %llu of what was an allocation of %llu bytes",
                    address - begin, end - begin);
    }
  }
  auto after = blocks.upper_bound(address);
  if (after != blocks.begin()) {
    const Block &block = std::prev(after)->second;
    constexpr uint64_t near = 1 << 20;
    if (address - block.end < near) {
      return format("%llu bytes past the end of an allocation of %llu bytes", address - block.end,
                    block.end - block.begin);
    }
  }
  return {};
}

} // namespace qcc::emulator::checks
