#include "emulator/isa/memory/BufferAddress.h"

#include "emulator/isa/Chip.h"

namespace qcc::emulator::isa {

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

bool readPieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                uint32_t (&data)[4]) {
  for (unsigned at = 0; at < bytes; at += 4) {
    const unsigned piece = bytes < 4 ? bytes : 4;
    data[at / 4] = 0;
    if (d.outside(p.index, p.offset + at, p.scalarOffset, piece)) {
      continue;
    }
    const uint64_t address = d.address(p.index, p.offset + at, p.scalarOffset);
    if (!readLane(w, Space::Global, lane, address, piece, &data[at / 4])) {
      return false;
    }
  }
  return true;
}

bool writePieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                 const uint32_t (&data)[4]) {
  for (unsigned at = 0; at < bytes; at += 4) {
    const unsigned piece = bytes < 4 ? bytes : 4;
    if (d.outside(p.index, p.offset + at, p.scalarOffset, piece)) {
      continue;
    }
    const uint64_t address = d.address(p.index, p.offset + at, p.scalarOffset);
    if (!writeLane(w, Space::Global, lane, address, piece, &data[at / 4])) {
      return false;
    }
  }
  return true;
}

Descriptor descriptorOf(Wave &w, const Instruction &i) {
  return Descriptor(&w.s[i.src[1].index], w.launch->chip->major == 9);
}

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

void takeBufferFlags(const AssemblyLine &line, Instruction &i) {
  i.immediate = line.integer("offset");
  i.detail[1] = (line.has("offen") ? Offen : 0u) | (line.has("idxen") ? Idxen : 0u) |
                (line.has("lds") ? ToLds : 0u);
}

} // namespace qcc::emulator::isa
