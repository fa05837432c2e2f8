// Tells one listener what happens to device memory outside of kernels.
#pragma once

#include <cstdint>

namespace qcc::emulator {

/// All calls may come from any thread.
class MemoryListener {
public:
  virtual ~MemoryListener() = default;
  /// Device memory without contents has been allocated, is about to be freed.
  virtual void allocated(uint64_t begin, uint64_t bytes) = 0;
  virtual void freed(uint64_t begin) = 0;
  /// A copy or fill has written it.
  virtual void written(uint64_t begin, uint64_t bytes) = 0;

  /// The process's listener: null until one is set, which is done once.
  static MemoryListener *get();
  static void set(MemoryListener *listener);
};

} // namespace qcc::emulator
