// The memory side of Definedness: marks of LDS, scratch and global memory.
#include "emulator/checks/Definedness.h"

#include "emulator/isa/memory/DenseAccess.h"

#include <algorithm>

namespace qcc::emulator::checks {

namespace {

using isa::laneStride;
using isa::Space;

uint32_t firstBytes(unsigned bytes) {
  return bytes >= 4 ? ~0u : (1u << (8 * bytes)) - 1;
}

} // namespace

/// The marks of `bytes` at a global address; null where all memory counts as written.
uint8_t *Definedness::globalMarks(uint64_t address, unsigned bytes) {
  auto holds = [&](const MemoryShadow::Block &b) {
    return address >= b.begin && address + bytes <= b.end;
  };
  for (const MemoryShadow::Block &b : recent) {
    if (holds(b)) {
      return b.at(address);
    }
  }
  const MemoryShadow::Block found = memory.find(address);
  if (!holds(found)) {
    return nullptr;
  }
  recent[recentNext++ % 4] = found;
  return found.at(address);
}

/// The mark of one byte of a lane's scratch, whose dwords lie apart; null outside.
uint8_t *Definedness::scratchMark(State &s, unsigned lane, uint64_t address) {
  const uint64_t word = address / 4 * laneStride + lane;
  return word < s.scratch.size() ? reinterpret_cast<uint8_t *>(&s.scratch[word]) + address % 4
                                 : nullptr;
}

uint32_t Definedness::readMarks(State &s, const isa::MemoryAccess &access, unsigned lane,
                                uint64_t address, unsigned bytes) {
  const uint8_t *marks = nullptr;
  uint32_t bits = ~0u;
  if (access.space == Space::Lds) {
    marks = address + bytes <= lds.size() ? &lds[address] : nullptr;
  } else if (access.space == Space::Global) {
    marks = globalMarks(address, bytes);
  } else {
    for (unsigned n = 0; n < bytes; ++n) {
      const uint8_t *mark = scratchMark(s, lane, address + n);
      reinterpret_cast<uint8_t *>(&bits)[n] = mark != nullptr ? *mark : 0xff;
    }
  }
  if (marks != nullptr) {
    std::memcpy(&bits, marks, bytes);
  }
  return bits;
}

void Definedness::writeMarks(State &s, const isa::MemoryAccess &access, unsigned lane,
                             uint64_t address, unsigned bytes, uint32_t written) {
  uint8_t *marks = nullptr;
  if (access.space == Space::Lds) {
    marks = address + bytes <= lds.size() ? &lds[address] : nullptr;
  } else if (access.space == Space::Global) {
    marks = globalMarks(address, bytes);
  } else {
    s.scratchUsed = true;
    for (unsigned n = 0; n < bytes; ++n) {
      if (uint8_t *mark = scratchMark(s, lane, address + n)) {
        *mark = reinterpret_cast<const uint8_t *>(&written)[n];
      }
    }
  }
  if (marks != nullptr) {
    std::memcpy(marks, &written, bytes);
  }
}

/// The marks of a range in LDS or global memory, or null where there are none.
uint8_t *Definedness::rangeMarks(const isa::MemoryAccess &access, const AddressRange &range) {
  if (access.space == Space::Lds) {
    return range.end <= lds.size() ? &lds[range.begin] : nullptr;
  }
  return access.space == Space::Global
             ? globalMarks(range.begin, static_cast<unsigned>(range.end - range.begin))
             : nullptr;
}

/// Whole registers that go to neighbouring bytes: marks them and is done.
bool Definedness::storeDense(State &s, const isa::MemoryAccess &access) {
  const unsigned dwords = (access.bytes + 3u) / 4;
  for (unsigned k = 0; access.registers != isa::noRegister && k < dwords; ++k) {
    if ((access.addresses.active & ~s.registers.wholeLanes(access.registers + k)) != 0) {
      return false;
    }
  }
  return isa::forRuns(access, [&](const AddressRange &run, unsigned) {
    uint8_t *marks = rangeMarks(access, run);
    if (marks != nullptr) {
      std::memset(marks, 0xff, run.end - run.begin);
    }
    return marks != nullptr;
  });
}

/// Reports what reaches global memory unwritten, then copies the marks.
void Definedness::store(isa::Wave &w, State &s, const isa::MemoryAccess &access,
                        Reporter &reporter) {
  if (storeDense(s, access)) {
    return;
  }
  const bool known = access.registers != isa::noRegister; // else it comes straight from memory
  const unsigned dwords = (access.bytes + 3u) / 4;
  for (unsigned k = 0; k < dwords; ++k) {
    const unsigned bytes = std::min(4u, access.bytes - 4 * k), reg = access.registers + k;
    isa::forLanes(access.addresses.active, [&](unsigned lane) {
      uint32_t bits = known ? s.registers.bits(reg, lane) : ~0u;
      bits = access.transfer.upper ? bits >> 16 | 0xffff0000u : bits;
      const bool bad = (bits & firstBytes(bytes)) != firstBytes(bytes);
      if (bad && access.space == Space::Global && !isExempt(access.addresses.of[lane]) &&
          ((s.registers.copiedLanes(reg) >> lane) & 1) == 0) {
        reporter.report(Kind::Uninitialized, w, static_cast<int>(lane),
                        "vector register " + std::to_string(reg) +
                            " goes to global memory and depends on a value that was never written");
        bits = ~0u;
      }
      writeMarks(s, access, lane, access.addresses.of[lane] + 4 * k, bytes, bits);
    });
  }
}

/// Whether everything that a load reads was written.
bool Definedness::allWritten(State &s, const isa::MemoryAccess &access) {
  if (access.space == Space::Global) {
    const uint64_t any = access.addresses.active;
    if (any != 0 && globalMarks(access.addresses.of[__builtin_ctzll(any)], 1) == nullptr &&
        memory.find(access.addresses.of[63 - __builtin_clzll(any)]).marks == nullptr) {
      return true;
    }
  }
  if (access.space != Space::Scratch) {
    return isa::forRuns(access, [&](const AddressRange &run, unsigned) {
      const uint8_t *marks = rangeMarks(access, run);
      uint8_t common = 0xff;
      for (uint64_t n = 0; marks != nullptr && n < run.end - run.begin; ++n) {
        common &= marks[n];
      }
      return common == 0xff;
    });
  }
  bool all = true;
  isa::forLanes(access.addresses.active, [&](unsigned lane) {
    for (unsigned at = 0; all && at < access.bytes; at += 4) {
      const unsigned bytes = std::min(4u, access.bytes - at);
      const uint32_t bits = readMarks(s, access, lane, access.addresses.of[lane] + at, bytes);
      all = (bits & firstBytes(bytes)) == firstBytes(bytes);
    }
  });
  return all;
}

void Definedness::load(isa::Wave &w, State &s, const isa::MemoryAccess &access) {
  const isa::Transfer &t = access.transfer;
  if (!t.half && allWritten(s, access)) {
    for (unsigned k = 0; k < std::max<unsigned>(t.dwords, 1); ++k) {
      s.registers.setWhole(access.registers + k, access.addresses.active);
    }
    return;
  }
  isa::forLanes(access.addresses.active, [&](unsigned lane) { loadLane(s, access, lane); });
}

void Definedness::loadLane(State &s, const isa::MemoryAccess &access, unsigned lane) {
  const isa::Transfer &t = access.transfer;
  const bool global = access.space == Space::Global;
  for (unsigned k = 0; k < std::max<unsigned>(t.dwords, 1); ++k) {
    const unsigned reg = access.registers + k;
    const unsigned bytes = std::min(4u, access.bytes - 4 * k);
    uint32_t bits = readMarks(s, access, lane, access.addresses.of[lane] + 4 * k, bytes);
    if (bytes < 4) { // extended by zeros or by the sign, which is as good as the value
      const bool whole = (bits & firstBytes(bytes)) == firstBytes(bytes);
      bits |= t.signExtend && !whole ? 0 : ~firstBytes(bytes);
    }
    if (t.half) {
      const uint32_t old = s.registers.bits(reg, lane);
      bits = t.upper ? (old & 0xffff) | bits << 16 : (old & 0xffff0000u) | (bits & 0xffff);
    }
    s.registers.setBits(reg, lane, bits);
    s.registers.setCopied(reg, uint64_t(1) << lane, global);
  }
}

void Definedness::loadScalar(State &s, const isa::MemoryAccess &access) {
  for (unsigned k = 0; k < (access.bytes + 3u) / 4; ++k) {
    const unsigned bytes = std::min(4u, access.bytes - 4 * k);
    const uint32_t bits = readMarks(s, access, 0, access.addresses.of[0] + 4 * k, bytes);
    s.registers.setScalar(access.registers + k, bits | ~firstBytes(bytes));
  }
}

/// A sum with a value that nobody wrote stays unwritten.
void Definedness::markAtomic(State &s, const isa::MemoryAccess &access, bool replaces) {
  isa::forLanes(access.addresses.active, [&](unsigned lane) {
    for (unsigned at = 0; at < access.bytes; at += 4) {
      const uint64_t address = access.addresses.of[lane] + at;
      if (access.returns) {
        s.registers.setBits(access.registers + at / 4, lane,
                            readMarks(s, access, lane, address, 4));
      }
      if (replaces) {
        writeMarks(s, access, lane, address, 4, ~0u);
      }
    }
  });
}

} // namespace qcc::emulator::checks
