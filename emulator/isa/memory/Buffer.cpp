// buffer_* instructions: addresses from a buffer descriptor, with its range check and swizzle.
#include "emulator/isa/Chip.h"
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/memory/AtomicOps.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Transfers.h"

#include <algorithm>

namespace qcc::emulator::isa {

namespace {

// Instruction fields: src[0] vector address, src[1] descriptor, src[2] scalar offset, src[3] data,
// immediate: offset, detail[0] transfer, detail[1] flags.
enum Flags : uint32_t { Offen = 1, Idxen = 2, ToLds = 4 };

/// A buffer descriptor taken apart. Source: the ISA manuals, "Buffer Resource Descriptor".
struct Descriptor {
  uint64_t base;
  uint32_t stride, records, elementSize, indexStride, outOfBounds;
  bool swizzle, addLane, gfx9;

  Descriptor(const uint32_t *word, bool isGfx9) {
    gfx9 = isGfx9;
    base = word[0] | static_cast<uint64_t>(word[1] & 0xffff) << 32;
    stride = (word[1] >> 16) & 0x3fff;
    records = word[2];
    addLane = (word[3] >> 23) & 1;
    indexStride = 8u << ((word[3] >> 21) & 3);
    elementSize = isGfx9 ? 2u << ((word[3] >> 19) & 3) : 4;
    // gfx9: one bit; later: two bits that also give the element size, 0 meaning no swizzle.
    swizzle = isGfx9 ? word[1] >> 31 : (word[1] >> 30) != 0;
    if (!isGfx9 && swizzle) {
      elementSize = (word[1] >> 30) == 1 ? 4 : (word[1] >> 30) == 2 ? 8 : 16;
    }
    outOfBounds = (word[3] >> 28) & 3;
    if (isGfx9 && addLane) {
      stride |= ((word[3] >> 15) & 0xf) << 14;
    }
  }

  /// Whether the bytes at (index, offset) are outside the buffer.
  bool outside(uint64_t index, uint64_t offset, uint32_t scalarOffset, unsigned bytes) const {
    if (gfx9) {
      return stride == 0 || !swizzle ? offset + index * stride + scalarOffset + bytes > records
                                     : index >= records;
    }
    switch (outOfBounds) {
    case 0:
      return index >= records || offset + bytes > stride;
    case 1:
      return index >= records;
    case 2:
      return records == 0;
    default:
      return offset + index * stride + bytes > records;
    }
  }

  uint64_t address(uint64_t index, uint64_t offset, uint32_t scalarOffset) const {
    if (!swizzle) {
      return base + scalarOffset + index * stride + offset;
    }
    const uint64_t block = index / indexStride, slot = index % indexStride;
    return base + scalarOffset +
           (block * stride + offset / elementSize * elementSize) * indexStride +
           slot * elementSize + offset % elementSize;
  }
};

struct BufferPlace {
  uint64_t index, offset;
  uint32_t scalarOffset;
};

/// Where lane n points to.
BufferPlace placeOf(Wave &w, const Instruction &i, const Descriptor &d, unsigned n) {
  BufferPlace p{0, static_cast<uint64_t>(i.immediate), read32(w, i.src[2])};
  unsigned reg = i.src[0].index;
  if (i.detail[1] & Idxen) {
    p.index = w.vector(reg++)[n];
  }
  if (i.detail[1] & Offen) {
    p.offset += w.vector(reg)[n];
  }
  p.index += d.addLane ? n : 0;
  return p;
}

/// Calls `move(address, piece bytes, data)` for `bytes` in pieces of a dword at most, but not for
/// those outside the buffer. Elements of a swizzled buffer lie apart: what crosses from one into
/// the next goes byte by byte.
template <typename Move>
bool forPieces(const Descriptor &d, const BufferPlace &p, unsigned bytes, uint32_t (&data)[4],
               Move move) {
  for (unsigned at = 0; at < bytes; at += 4) {
    const unsigned piece = std::min(bytes, 4u);
    const uint64_t offset = p.offset + at;
    if (d.outside(p.index, offset, p.scalarOffset, piece)) {
      continue;
    }
    const bool crosses = d.swizzle && offset % d.elementSize + piece > d.elementSize;
    const unsigned step = crosses ? 1 : piece;
    for (unsigned done = 0; done < piece; done += step) {
      auto *part = reinterpret_cast<uint8_t *>(&data[at / 4]) + done;
      if (!move(d.address(p.index, offset + done, p.scalarOffset), step, part)) {
        return false;
      }
    }
  }
  return true;
}

/// Pieces outside the buffer stay as `data` has them: zero.
bool readPieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                uint32_t (&data)[4]) {
  return forPieces(d, p, bytes, data, [&](uint64_t address, unsigned count, uint8_t *part) {
    return readLane(w, Space::Global, lane, address, count, part);
  });
}

bool writePieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                 uint32_t (&data)[4]) {
  return forPieces(d, p, bytes, data, [&](uint64_t address, unsigned count, const uint8_t *part) {
    return writeLane(w, Space::Global, lane, address, count, part);
  });
}

Descriptor descriptorOf(Wave &w, const Instruction &i) {
  return Descriptor(&w.s[i.src[1].index], w.launch->chip->major == 9);
}

void runLoad(Wave &w, const Instruction &i) {
  const Descriptor d = descriptorOf(w, i);
  const Transfer t = unpackTransfer(i.detail[0]);
  const uint64_t exec = w.exec();
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((exec >> n) & 1) == 0) {
      continue;
    }
    uint32_t data[4] = {};
    if (!readPieces(w, d, placeOf(w, i, d, n), n, t.bytes, data)) {
      return;
    }
    if ((i.detail[1] & ToLds) == 0) {
      putLoaded(w, t, i.dst.index, n, data);
      continue;
    }
    data[0] = extended(t, data[0]);
    const uint32_t element = t.bytes < 4 ? 4 : t.bytes;
    const uint64_t at = w.s[SlotM0] + static_cast<uint64_t>(i.immediate) + uint64_t(n) * element;
    if (!writeLane(w, Space::Lds, n, at, element, data)) {
      return;
    }
  }
}

void runStore(Wave &w, const Instruction &i) {
  const Descriptor d = descriptorOf(w, i);
  const Transfer t = unpackTransfer(i.detail[0]);
  const uint64_t exec = w.exec();
  for (unsigned n = 0; n < w.lanes; ++n) {
    uint32_t data[4] = {};
    if ((exec >> n) & 1) {
      takeStored(w, t, i.src[3].index, n, data);
      if (!writePieces(w, d, placeOf(w, i, d, n), n, t.bytes, data)) {
        return;
      }
    }
  }
}

const AtomicRow &atomicRow(const Instruction &i) {
  return *reinterpret_cast<const AtomicRow *>(i.detail[2] | static_cast<uint64_t>(i.detail[3])
                                                                << 32);
}

/// The lanes whose bytes are inside the buffer.
Addresses insideOf(Wave &w, const Instruction &i, unsigned bytes) {
  const Descriptor d = descriptorOf(w, i);
  const uint64_t exec = w.exec();
  Addresses a;
  for (unsigned n = 0; n < w.lanes; ++n) {
    const BufferPlace p = placeOf(w, i, d, n);
    if (((exec >> n) & 1) != 0 && !d.outside(p.index, p.offset, p.scalarOffset, bytes)) {
      a.active |= uint64_t(1) << n;
      a.of[n] = d.address(p.index, p.offset, p.scalarOffset);
    }
  }
  return a;
}

void describeMove(Wave &w, const Instruction &i, AccessList &list) {
  Transfer t = unpackTransfer(i.detail[0]);
  const Addresses a = insideOf(w, i, t.bytes);
  const bool toLds = (i.detail[1] & ToLds) != 0;
  const AccessKind kind = i.execute == runStore ? AccessKind::Store : AccessKind::Load;
  describeBuffer(w, list, kind, t, toLds ? noRegister : i.src[3].index, a);
  if (toLds) {
    t.bytes = t.bytes < 4 ? 4 : t.bytes;
    Addresses to;
    to.active = w.exec();
    for (unsigned n = 0; n < laneStride; ++n) {
      to.of[n] = w.s[SlotM0] + static_cast<uint64_t>(i.immediate) + uint64_t(n) * t.bytes;
    }
    describeLanes(w, list, AccessKind::Store, Space::Lds, t, noRegister, to);
  }
}

void describeAtomic(Wave &w, const Instruction &i, AccessList &list) {
  const uint8_t bytes = atomicRow(i).bytes;
  const Transfer t{bytes, static_cast<uint8_t>(bytes / 4)};
  const bool returns = i.dst.place == Place::Vector;
  describeBuffer(w, list, AccessKind::Atomic, t, returns ? i.dst.index : noRegister,
                 insideOf(w, i, bytes), returns);
}

void runAtomic(Wave &w, const Instruction &i) {
  const Descriptor d = descriptorOf(w, i);
  const AtomicRow &row = atomicRow(i);
  const unsigned words = row.bytes / 4;
  const uint64_t exec = w.exec();
  for (unsigned n = 0; n < w.lanes; ++n) {
    const BufferPlace p = placeOf(w, i, d, n);
    if (((exec >> n) & 1) == 0 || d.outside(p.index, p.offset, p.scalarOffset, row.bytes)) {
      continue;
    }
    uint32_t *v = w.vector(i.src[3].index) + n;
    auto word = [&](unsigned k) {
      uint64_t lo = v[k * words * laneStride];
      return words == 1 ? lo : lo | uint64_t(v[(k * words + 1) * laneStride]) << 32;
    };
    const uint64_t address = d.address(p.index, p.offset, p.scalarOffset);
    uint8_t *memory = atomicPointer(w, Space::Global, n, address, row.bytes);
    if (memory == nullptr) {
      return;
    }
    const uint64_t old = applyAtomic(row, memory, word(0), row.compares ? word(1) : 0);
    if (i.dst.place == Place::Vector) {
      v[0] = static_cast<uint32_t>(old);
      if (words == 2) {
        v[laneStride] = static_cast<uint32_t>(old >> 32);
      }
    }
  }
}

/// Takes "data, address, descriptor, scalar offset"; loads to LDS have no data, and the address is
/// `off` or missing when neither offen nor idxen is there.
bool takeBufferOperands(const AssemblyLine &line, bool hasData, Instruction &i) {
  const size_t count = line.operands.size();
  const size_t needed = hasData ? 3 : 2;
  if (count < needed) {
    return false;
  }
  if (count > needed && !takeOperand(line, hasData ? 1 : 0, Type::B32, i.src[0])) {
    return false;
  }
  return (!hasData || takeOperand(line, 0, Type::B32, i.src[3])) &&
         takeOperand(line, count - 2, Type::B32, i.src[1]) &&
         takeOperand(line, count - 1, Type::B32, i.src[2]);
}

bool bindAtomic(std::string_view name, const AssemblyLine &line, Instruction &i) {
  const AtomicRow *row = findAtomic(name);
  if (row == nullptr || !takeBufferOperands(line, true, i)) {
    return false;
  }
  const uint64_t address = reinterpret_cast<uint64_t>(row);
  i.detail[2] = static_cast<uint32_t>(address);
  i.detail[3] = static_cast<uint32_t>(address >> 32);
  const bool returns = line.has("glc") || line.has("sc0") ||
                       line.value("th").find("RETURN") != std::string_view::npos;
  if (returns) {
    i.dst = i.src[3];
  }
  i.execute = runAtomic;
  i.describe = describeAtomic;
  return true;
}

} // namespace

bool bindBuffer(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  std::string_view name = line.mnemonic;
  if (!name.starts_with("buffer_")) {
    return false;
  }
  name.remove_prefix(7);
  i.immediate = line.integer("offset");
  i.detail[1] = (line.has("offen") ? Offen : 0u) | (line.has("idxen") ? Idxen : 0u) |
                (line.has("lds") ? ToLds : 0u);
  if (name == "wbl2" || name == "inv" || name == "gl0_inv" || name == "gl1_inv" ||
      name == "invl2" || name == "wbinvl1" || name == "wbinvl1_vol") {
    i.execute = [](Wave &, const Instruction &) {}; // there are no caches
    return true;
  }
  if (name.starts_with("atomic_")) {
    return bindAtomic(name.substr(7), line, i);
  }
  const bool load = name.starts_with("load_");
  if (!load && !name.starts_with("store_")) {
    return false;
  }
  auto transfer = parseTransfer(name.substr(load ? 5 : 6));
  if (!transfer || !takeBufferOperands(line, (i.detail[1] & ToLds) == 0, i)) {
    return false;
  }
  i.detail[0] = packTransfer(*transfer);
  i.dst = i.src[3];
  i.execute = load ? runLoad : runStore;
  i.describe = describeMove;
  return true;
}

} // namespace qcc::emulator::isa
