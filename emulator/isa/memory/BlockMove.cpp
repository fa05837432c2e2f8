#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"

namespace qcc::emulator::isa {

namespace {

// Instruction fields: dst or src[2] data, src[0] vector address, src[1] scalar address, immediate:
// offset, detail[0] registers that M0 chooses from (1: not by M0), detail[1] space, detail[2] 1:
// load.

/// Moves one dword between a lane's register and memory; false after a fault.
bool moveDword(Wave &w, const Instruction &i, unsigned reg, unsigned lane, uint64_t address) {
  const Space space = static_cast<Space>(i.detail[1]);
  uint32_t *v = w.vector(reg) + lane;
  return i.detail[2] != 0 ? readLane(w, space, lane, address, 4, v)
                          : writeLane(w, space, lane, address, 4, v);
}

/// The lane's number times four is part of the address.
void runAddTid(Wave &w, const Instruction &i) {
  const uint64_t base = read64(w, i.src[1]) + static_cast<uint64_t>(i.immediate);
  const unsigned reg = i.detail[2] != 0 ? i.dst.index : i.src[2].index;
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((w.exec() >> n) & 1) != 0 && !moveDword(w, i, reg, n, base + n * 4)) {
      return;
    }
  }
}

AccessKind kindOf(const Instruction &i) {
  return i.detail[2] != 0 ? AccessKind::Load : AccessKind::Store;
}
void describeAddTid(Wave &w, const Instruction &i, AccessList &list) {
  const uint64_t base = read64(w, i.src[1]) + static_cast<uint64_t>(i.immediate);
  Addresses a;
  a.active = w.exec();
  for (unsigned n = 0; n < laneStride; ++n) {
    a.of[n] = base + n * 4;
  }
  const unsigned reg = i.detail[2] != 0 ? i.dst.index : i.src[2].index;
  describeLanes(w, list, kindOf(i), Space::Global, Transfer{}, reg, a);
}

uint64_t blockAddress(Wave &w, const Instruction &i, unsigned lane) {
  const bool scratch = static_cast<Space>(i.detail[1]) == Space::Scratch;
  const uint64_t offset = static_cast<uint64_t>(i.immediate);
  const uint32_t *v = i.src[0].place == Place::Vector ? w.vector(i.src[0].index) + lane : nullptr;
  if (scratch) {
    return static_cast<uint32_t>(read32(w, i.src[1]) + (v != nullptr ? *v : 0) + offset);
  }
  if (i.src[1].place != Place::None) {
    return read64(w, i.src[1]) + *v + offset;
  }
  return (v[0] | uint64_t(v[laneStride]) << 32) + offset;
}

/// Up to 32 registers that lie in memory one after another; M0 has a bit for each that moves.
void runBlock(Wave &w, const Instruction &i) {
  const unsigned first = i.detail[2] != 0 ? i.dst.index : i.src[2].index;
  uint64_t address[laneStride];
  for (unsigned n = 0; n < w.lanes; ++n) {
    address[n] = ((w.exec() >> n) & 1) != 0 ? blockAddress(w, i, n) : 0;
  }
  for (unsigned k = 0; k < i.detail[0]; ++k) {
    for (unsigned n = 0; n < w.lanes; ++n) {
      const bool moves = ((w.exec() >> n) & 1) != 0 && ((w.s[SlotM0] >> k) & 1) != 0;
      if (moves && !moveDword(w, i, first + k, n, address[n] + k * 4)) {
        return;
      }
    }
  }
}

/// An access for each run of registers that M0 chooses; what does not fit the list is left out.
void describeBlock(Wave &w, const Instruction &i, AccessList &list) {
  constexpr size_t mostRuns = 4;
  const unsigned first = i.detail[2] != 0 ? i.dst.index : i.src[2].index;
  const uint32_t chosen = w.s[SlotM0];
  for (unsigned k = 0; k < i.detail[0] && list.all().size() < mostRuns;) {
    const unsigned run = static_cast<unsigned>(__builtin_ctzll(~(uint64_t(chosen) >> k)));
    if (run != 0) {
      Addresses a;
      a.active = w.exec();
      for (unsigned n = 0; n < w.lanes; ++n) {
        a.of[n] = ((a.active >> n) & 1) != 0 ? blockAddress(w, i, n) + k * 4 : 0;
      }
      const Transfer t{static_cast<uint8_t>(run * 4), static_cast<uint8_t>(run)};
      describeLanes(w, list, kindOf(i), static_cast<Space>(i.detail[1]), t, first + k, a);
    }
    k += run + 1;
  }
}

bool bindAddTid(const AssemblyLine &line, Instruction &i) {
  i.execute = runAddTid;
  i.describe = describeAddTid;
  return (i.detail[2] != 0 ? takeDestination(line, 0, i.dst)
                           : takeOperand(line, 0, Type::B32, i.src[2])) &&
         takeOperand(line, 1, Type::B64, i.src[1]);
}

bool bindBlock(const AssemblyLine &line, Instruction &i) {
  const bool load = i.detail[2] != 0;
  i.execute = runBlock;
  i.describe = describeBlock;
  i.detail[0] = 32;
  return (load ? takeDestination(line, 0, i.dst) : takeOperand(line, 1, Type::Wide, i.src[2])) &&
         takeOperand(line, load ? 1 : 0, Type::B64, i.src[0]) &&
         takeOperand(line, 2, Type::B64, i.src[1]);
}

} // namespace

bool bindBlockMove(const AssemblyLine &line, Instruction &i) {
  std::string_view name = line.mnemonic;
  const bool scratch = name.starts_with("scratch_");
  if (!scratch && !name.starts_with("global_")) {
    return false;
  }
  name.remove_prefix(scratch ? 8 : 7);
  i.detail[1] = static_cast<uint32_t>(scratch ? Space::Scratch : Space::Global);
  i.detail[2] = name.starts_with("load_");
  i.immediate = line.integer("offset");
  if (name == "load_addtid_b32" || name == "store_addtid_b32") {
    return bindAddTid(line, i);
  }
  return (name == "load_block" || name == "store_block") && bindBlock(line, i);
}

} // namespace qcc::emulator::isa
