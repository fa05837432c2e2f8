// Which bytes of device memory were ever written, for allocations that began without contents.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace qcc::emulator::checks {

/// Bytes outside every allocation that was made known here count as written: host memory, code,
/// kernel arguments. Safe from any thread; bytes are marked without a lock.
class MemoryShadow {
public:
  ~MemoryShadow();

  /// A fresh allocation, a freed one.
  void allocated(uint64_t begin, uint64_t bytes);
  void freed(uint64_t begin);
  /// The host has written: a copy, a memset.
  void written(uint64_t begin, uint64_t bytes);

  /// An allocation's marks: one byte for each of its bytes, bit n set when bit n was written.
  struct Block {
    uint64_t begin = 0, end = 0;
    uint8_t *marks = nullptr; // zero pages until they are touched
    uint8_t *at(uint64_t address) const { return marks + (address - begin); }
  };
  /// The block that holds `address`, or an empty one. Valid until the allocation is freed.
  Block find(uint64_t address) const;

  /// "freed memory: 0x40 bytes into an allocation of 4096 bytes", or "8 bytes past the end of an
  /// allocation of 4096 bytes": what an address that is not allocated is near to; empty when
  /// unknown.
  std::string explain(uint64_t address) const;

private:
  void unmap(const Block &block);

  mutable std::mutex mutex;
  std::map<uint64_t, Block> blocks;       // by begin
  std::map<uint64_t, uint64_t> wasThere;  // freed: begin, end
};

} // namespace qcc::emulator::checks
