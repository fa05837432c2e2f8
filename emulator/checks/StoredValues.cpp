#include "emulator/checks/StoredValues.h"

#include <algorithm>
#include <cstring>

namespace qcc::emulator::checks {

static void take(const isa::Wave &w, const isa::MemoryAccess &access, unsigned lane,
                 uint32_t (&data)[4]) {
  isa::takeStored(const_cast<isa::Wave &>(w), access.transfer, access.registers, lane, data);
}

bool isPlainStore(const isa::MemoryAccess &access) {
  return access.kind == isa::AccessKind::Store && access.registers != isa::noRegister;
}

unsigned storedDword(const isa::Wave &w, const isa::MemoryAccess &access, unsigned lane,
                     uint64_t address, uint8_t (&to)[4]) {
  uint32_t data[4] = {};
  take(w, access, lane, data);
  const uint64_t within = address - access.addresses.of[lane];
  const uint64_t bytes = std::min<uint64_t>(4 - address % 4, access.bytes - within);
  std::memcpy(to, reinterpret_cast<const uint8_t *>(data) + within, bytes);
  return static_cast<unsigned>(bytes);
}

void storedRun(const isa::Wave &w, const isa::MemoryAccess &access, const AddressRange &run,
               unsigned firstLane, uint8_t *to) {
  const uint8_t *const end = to + (run.end - run.begin);
  for (unsigned lane = firstLane; to != end; ++lane) {
    if (((access.addresses.active >> lane) & 1) != 0) {
      uint32_t data[4] = {};
      take(w, access, lane, data);
      std::memcpy(to, data, access.bytes);
      to += access.bytes;
    }
  }
}

} // namespace qcc::emulator::checks
