// Which bytes of device memory were ever written, for allocations that began without contents.
#pragma once

#include "emulator/memory/MemoryListener.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace qcc::emulator::checks {

/// Bytes outside every allocation that was made known here count as written: host memory, code,
/// kernel arguments. Safe from any thread; bytes are marked without a lock.
class MemoryShadow : public MemoryListener {
public:
  ~MemoryShadow() override;

  void allocated(uint64_t begin, uint64_t bytes) override;
  void freed(uint64_t begin) override;
  void written(uint64_t begin, uint64_t bytes) override;

  /// An allocation's marks: one byte for each of its bytes, bit n set when bit n was written.
  struct Block {
    uint64_t begin = 0, end = 0;
    uint8_t *marks = nullptr; // zero pages until they are touched
    uint8_t *at(uint64_t address) const { return marks + (address - begin); }
  };
  /// The block that holds `address`, or an empty one. Valid until the allocation is freed.
  Block find(uint64_t address) const;

private:
  void unmap(const Block &block);

  mutable std::mutex mutex;
  std::map<uint64_t, Block> blocks; // by begin
};

} // namespace qcc::emulator::checks
