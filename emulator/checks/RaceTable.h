// For each dword of memory: who wrote it last, and who has read it since.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace qcc::emulator::checks {

/// An access: launch, workgroup, wave, tick of the workgroup's clock, and the bytes of the dword.
/// `everyWave` stands for several waves of a workgroup, `everyGroup` for several workgroups, whose
/// tick is then the largest number of acquisitions that one of them had made.
struct Stamp {
  uint64_t raw = 0;

  static constexpr unsigned everyWave = 63;
  static constexpr uint32_t everyGroup = (1u << 22) - 1;

  static Stamp make(uint32_t launch, uint32_t group, unsigned wave, uint32_t tick, unsigned bytes,
                    bool atomic) {
    return {uint64_t(launch) | uint64_t(group) << 11 | uint64_t(wave) << 33 |
            uint64_t(tick) << 39 | uint64_t(bytes) << 59 | uint64_t(atomic) << 63};
  }
  uint32_t launch() const { return raw & 0x7ff; }
  uint32_t group() const { return (raw >> 11) & 0x3fffff; }
  unsigned wave() const { return (raw >> 33) & 0x3f; }
  uint32_t tick() const { return (raw >> 39) & 0xfffff; }
  unsigned bytes() const { return (raw >> 59) & 0xf; }
  bool atomic() const { return raw >> 63; }
  Stamp withBytes(unsigned more) const { return {raw | uint64_t(more) << 59}; }
  /// The same access but for its bytes.
  bool sameAs(Stamp o) const { return ((raw ^ o.raw) & ~(uint64_t(0xf) << 59)) == 0; }
};

/// Entries are read and written as whole words, so that threads may meet at one without harm.
struct Cell {
  std::atomic<uint64_t> written{0}, read{0};
  std::atomic<uint32_t> writtenAt{0}, readAt{0}; // dword of the instruction
};

/// Cells of global memory, in pages made when first touched. Safe from any thread.
class RaceTable {
public:
  static constexpr uint64_t pageBytes = 4096;
  using Page = std::array<Cell, pageBytes / 4>;

  /// The page that holds `address`; stays where it is until `clear`.
  Page *page(uint64_t address);
  void clear();

private:
  std::mutex mutex;
  std::unordered_map<uint64_t, std::unique_ptr<Page>> pages;
};

} // namespace qcc::emulator::checks
