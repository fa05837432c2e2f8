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
/// `atomic` is a write by an atomic or of agent scope, `swap` one by a compare-and-swap.
/// `everyWave` stands for several waves of a workgroup, `everyGroup` for several workgroups, whose
/// tick is then the largest depth of those that are known.
struct Stamp {
  uint64_t raw = 0;

  static constexpr unsigned tickShift = 39;
  static constexpr uint64_t launchMask = 0x3ff, groupMask = uint64_t(0x3fffff) << 11,
                            waveMask = uint64_t(0x3f) << 33,
                            tickMask = uint64_t(0xfffff) << tickShift;
  static constexpr unsigned everyWave = 63;
  static constexpr uint32_t everyGroup = (1u << 22) - 1;

  static Stamp make(uint32_t launch, uint32_t group, unsigned wave, uint32_t tick, unsigned bytes,
                    bool atomic, bool swap = false) {
    return {uint64_t(launch) | uint64_t(swap) << 10 | uint64_t(group) << 11 | uint64_t(wave) << 33 |
            uint64_t(tick) << tickShift | uint64_t(bytes) << 59 | uint64_t(atomic) << 63};
  }
  uint32_t launch() const { return raw & launchMask; }
  uint32_t group() const { return (raw >> 11) & 0x3fffff; }
  unsigned wave() const { return (raw >> 33) & 0x3f; }
  uint32_t tick() const { return (raw >> 39) & 0xfffff; }
  unsigned bytes() const { return (raw >> 59) & 0xf; }
  bool atomic() const { return raw >> 63; }
  bool swap() const { return (raw >> 10) & 1; }
  Stamp withBytes(unsigned more) const { return {raw | uint64_t(more) << 59}; }
  /// The same access but for its bytes.
  bool sameAs(Stamp o) const { return ((raw ^ o.raw) & ~(uint64_t(0xf) << 59)) == 0; }
};

/// What is kept for consecutive dwords, an array a field.
template <size_t Count> struct Cells {
  std::array<uint64_t, Count> written{}, read{};     // stamps
  std::array<uint32_t, Count> writtenAt{}, readAt{}; // dwords of the instructions
};

/// Cells of global memory, in pages made when first touched. Safe from any thread; what is in a
/// page belongs to who holds its lock.
class RaceTable {
public:
  static constexpr uint64_t pageBytes = 4096;
  struct Page {
    std::atomic_flag lock = ATOMIC_FLAG_INIT;
    Cells<pageBytes / 4> cells;
    /// What stores write, for those that store the same: it is here before it is in memory.
    std::array<uint32_t, pageBytes / 4> values{};
  };

  /// The page that holds `address`; stays where it is until `clear`.
  Page *page(uint64_t address);
  void clear();

private:
  std::mutex mutex;
  std::unordered_map<uint64_t, std::unique_ptr<Page>> pages;
};

} // namespace qcc::emulator::checks
