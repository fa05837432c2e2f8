// buffer_* instructions: addresses from a buffer descriptor, with its range check and swizzle.
#include "emulator/isa/memory/AtomicOps.h"
#include "emulator/isa/memory/BufferAddress.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"
#include "emulator/isa/memory/Transfers.h"

namespace qcc::emulator::isa {

namespace {

// Instruction fields: detail[0] transfer, detail[2..3] atomic row; BufferAddress.h has the others.

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

bool bindAtomic(std::string_view name, const AssemblyLine &line, Instruction &i) {
  const AtomicRow *row = findAtomic(name);
  if (row == nullptr || !takeBufferOperands(line, true, i)) {
    return false;
  }
  setAtomicRow(i, *row);
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
  if (bindBufferFormat(line, i)) {
    return true;
  }
  std::string_view name = line.mnemonic;
  if (!name.starts_with("buffer_")) {
    return false;
  }
  name.remove_prefix(7);
  takeBufferFlags(line, i);
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
