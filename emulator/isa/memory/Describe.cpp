#include "emulator/isa/memory/Describe.h"

namespace qcc::emulator::isa {

namespace {

MemoryAccess &add(AccessList &list, AccessKind kind, Space space, const Transfer &transfer,
                  unsigned registers, bool returns) {
  MemoryAccess &access = list.add();
  access.kind = kind;
  access.space = space;
  access.scalar = false;
  access.returns = returns;
  access.bytes = transfer.bytes;
  access.registers = static_cast<uint16_t>(registers);
  access.transfer = transfer;
  access.addresses.active = 0;
  return access;
}

} // namespace

void describeLanes(Wave &w, AccessList &list, AccessKind kind, Space space,
                   const Transfer &transfer, unsigned registers, const Addresses &addresses,
                   bool returns) {
  if (space != Space::Flat) {
    add(list, kind, space, transfer, registers, returns).addresses = addresses;
    return;
  }
  MemoryAccess *bySpace[4] = {};
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((addresses.active >> n) & 1) == 0) {
      continue;
    }
    uint64_t address = addresses.of[n];
    const Space found = resolveFlat(address);
    MemoryAccess *&access = bySpace[static_cast<unsigned>(found)];
    if (access == nullptr) {
      access = &add(list, kind, found, transfer, registers, returns);
    }
    access->addresses.active |= uint64_t(1) << n;
    access->addresses.of[n] = address;
  }
}

void describeScalar(AccessList &list, uint64_t address, unsigned bytes, unsigned slot,
                    AccessKind kind, bool returns) {
  Transfer transfer;
  transfer.bytes = static_cast<uint8_t>(bytes);
  transfer.dwords = static_cast<uint8_t>((bytes + 3) / 4);
  MemoryAccess &access = add(list, kind, Space::Global, transfer, slot, returns);
  access.scalar = true;
  access.addresses.active = 1;
  access.addresses.of[0] = address;
}

void describeBuffer(Wave &w, AccessList &list, AccessKind kind, const Transfer &transfer,
                    unsigned registers, const Addresses &addresses, bool returns) {
  const uint64_t begin = reinterpret_cast<uint64_t>(w.scratch);
  const uint64_t end = begin + uint64_t(w.scratchBytes) * laneStride;
  MemoryAccess *global = nullptr, *scratch = nullptr;
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((addresses.active >> n) & 1) == 0) {
      continue;
    }
    const uint64_t address = addresses.of[n];
    const bool own = address >= begin && address < end;
    MemoryAccess *&access = own ? scratch : global;
    if (access == nullptr) {
      access = &add(list, kind, own ? Space::Scratch : Space::Global, transfer, registers, returns);
    }
    const uint64_t within = address - begin;
    access->addresses.active |= uint64_t(1) << n;
    access->addresses.of[n] = own ? within / (4 * laneStride) * 4 + within % 4 : address;
  }
}

} // namespace qcc::emulator::isa
