#include "emulator/counters/LdsBanks.h"

#include "emulator/isa/memory/DenseAccess.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <string_view>

namespace qcc::emulator {

namespace {

/// Phases of four lanes at a time: the phase of lanes 0 to 3, of lanes 4 to 7, and so on.
using QuadPhases = std::array<uint8_t, isa::laneStride / 4>;

/// How an access of one width is served.
struct Service {
  uint8_t lanes = 32; // a phase
  uint8_t banks = 32;
  const QuadPhases *order = nullptr; // of lanes that are not in the order of their numbers
};

/// By dwords a lane, 1 to 4.
using Services = std::array<Service, 4>;

constexpr Services plain = {{{32, 32}, {16, 32}, {8, 32}, {8, 32}}};
constexpr QuadPhases orderOfGfx942 = {0, 2, 4, 6, 2, 0, 6, 4, 1, 3, 5, 7, 3, 1, 7, 5};
constexpr QuadPhases orderOfGfx950 = {0, 2, 2, 0, 2, 0, 0, 2, 1, 3, 3, 1, 3, 1, 1, 3};

/// Chips whose reads are not served like everything else.
struct ReadRow {
  std::string_view chip;
  Services services;
};
constexpr ReadRow readRows[] = {
    {"gfx942", {{{32, 32}, {16, 32}, {8, 32}, {8, 32, &orderOfGfx942}}}},
    {"gfx950", {{{32, 32}, {32, 64}, {8, 32}, {16, 64, &orderOfGfx950}}}},
};

const Services &servicesOf(const isa::ChipRow &chip, isa::AccessKind kind) {
  if (kind == isa::AccessKind::Load) {
    for (const ReadRow &row : readRows) {
      if (row.chip == chip.name) {
        return row.services;
      }
    }
  }
  return plain;
}

constexpr unsigned mostBanks = 64;

/// The dwords that the lanes of one phase want, by bank.
class Phase {
public:
  explicit Phase(unsigned banks) : banks(banks) {}

  /// An atomic works once for every lane, so that lanes never share a delivery.
  void want(uint64_t dword, bool shared) {
    const unsigned bank = dword % banks;
    uint64_t *first = wanted[bank].data(), *end = first + counts[bank];
    if (!shared || std::find(first, end, dword) == end) {
      *end = dword;
      longest = std::max<unsigned>(longest, ++counts[bank]);
    }
  }

  unsigned cycles() const { return longest; }

private:
  // A phase has at most 32 lanes, and a misaligned lane reaches a bank at most twice.
  static constexpr unsigned mostWanted = 64;
  unsigned banks;
  unsigned longest = 0;
  std::array<uint8_t, mostBanks> counts{};
  std::array<std::array<uint64_t, mostWanted>, mostBanks> wanted; // the first `counts` are set
};

/// The lanes of an access by phase; phases are made of whole quads.
std::array<uint64_t, isa::laneStride / 4> lanesByPhase(uint64_t active, const Service &service) {
  std::array<uint64_t, isa::laneStride / 4> lanes{};
  for (unsigned quad = 0; quad < lanes.size(); ++quad) {
    const unsigned phase = service.order ? (*service.order)[quad] : quad * 4 / service.lanes;
    lanes[phase] |= active & (uint64_t(0xf) << quad * 4);
  }
  return lanes;
}

unsigned cyclesOfPhase(const Service &service, const isa::MemoryAccess &access, uint64_t lanes) {
  const bool shared = access.kind != isa::AccessKind::Atomic;
  Phase phase(service.banks);
  for (uint64_t rest = lanes; rest != 0; rest &= rest - 1) {
    const uint64_t address = access.addresses.of[std::countr_zero(rest)];
    for (uint64_t d = address / 4; d <= (address + access.bytes - 1) / 4; ++d) {
      phase.want(d, shared);
    }
  }
  return phase.cycles();
}

/// Whole dwords side by side never meet in a bank: a phase reaches at most as many as there are.
bool isFreeOfConflicts(const isa::MemoryAccess &access) {
  const AddressRange all = isa::denseRange(access.addresses, access.bytes);
  return access.bytes >= 4 && all.begin != all.end && all.begin % 4 == 0;
}

} // namespace

BankCycles bankCycles(const isa::ChipRow &chip, const isa::MemoryAccess &access) {
  BankCycles result;
  if (access.addresses.active == 0) {
    return result;
  }
  const unsigned dwords = std::clamp((access.bytes + 3u) / 4, 1u, 4u);
  const Service &service = servicesOf(chip, access.kind)[dwords - 1];
  const bool free = isFreeOfConflicts(access);
  for (uint64_t lanes : lanesByPhase(access.addresses.active, service)) {
    if (lanes != 0) {
      result.total += free ? 1 : cyclesOfPhase(service, access, lanes);
      ++result.unhindered;
    }
  }
  return result;
}

} // namespace qcc::emulator
