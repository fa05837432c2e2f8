#include "emulator/isa/memory/BufferAddress.h"

#include "emulator/isa/Chip.h"

#include <algorithm>
#include <type_traits>

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

namespace {

/// Calls `move(address, piece bytes, data)` for `bytes` in pieces of a dword at most, but not for
/// those outside the buffer. Elements of a swizzled buffer lie apart: what crosses from one into
/// the next goes byte by byte.
template <typename Data, typename Move>
bool forPieces(const Descriptor &d, const BufferPlace &p, unsigned bytes, Data (&data)[4],
               Move move) {
  using Byte = std::conditional_t<std::is_const_v<Data>, const uint8_t, uint8_t>;
  for (unsigned at = 0; at < bytes; at += 4) {
    const unsigned piece = std::min(bytes, 4u);
    const uint64_t offset = p.offset + at;
    if (d.outside(p.index, offset, p.scalarOffset, piece)) {
      continue;
    }
    const bool crosses = d.swizzle && offset % d.elementSize + piece > d.elementSize;
    const unsigned step = crosses ? 1 : piece;
    for (unsigned done = 0; done < piece; done += step) {
      auto *part = reinterpret_cast<Byte *>(&data[at / 4]) + done;
      if (!move(d.address(p.index, offset + done, p.scalarOffset), step, part)) {
        return false;
      }
    }
  }
  return true;
}

} // namespace

bool readPieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                uint32_t (&data)[4]) {
  std::fill_n(data, (bytes + 3) / 4, 0);
  return forPieces(d, p, bytes, data, [&](uint64_t address, unsigned count, uint8_t *part) {
    return readLane(w, Space::Global, lane, address, count, part);
  });
}

bool writePieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                 const uint32_t (&data)[4]) {
  return forPieces(d, p, bytes, data, [&](uint64_t address, unsigned count, const uint8_t *part) {
    return writeLane(w, Space::Global, lane, address, count, part);
  });
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
