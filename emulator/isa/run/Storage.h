// Large memory that is given back to a store of its own, so that a launch every few microseconds
// does not ask the operating system for fresh pages.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qcc::emulator::isa {

/// A block of at least `bytes`, aligned to 64, its contents unspecified.
class Storage {
public:
  explicit Storage(size_t bytes);
  ~Storage();
  Storage(const Storage &) = delete;
  Storage &operator=(const Storage &) = delete;
  uint8_t *data() { return memory; }

private:
  size_t capacity;
  uint8_t *memory;
};

} // namespace qcc::emulator::isa
