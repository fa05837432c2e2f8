// Buffer descriptors, and where the lanes of a buffer instruction point to.
#pragma once

#include "emulator/isa/decode/Families.h"
#include "emulator/isa/memory/Access.h"

namespace qcc::emulator::isa {

// Fields of buffer instructions: src[0] vector address, src[1] descriptor, src[2] scalar offset,
// src[3] data, immediate: offset, detail[1] flags.
enum BufferFlags : uint32_t { Offen = 1, Idxen = 2, ToLds = 4 };

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
BufferPlace placeOf(Wave &w, const Instruction &i, const Descriptor &d, unsigned n);

/// The descriptor of the instruction.
Descriptor descriptorOf(Wave &w, const Instruction &i);

/// Moves `bytes` in pieces of a dword at most; pieces outside the buffer read as zero and are not
/// written. False after a fault.
bool readPieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                uint32_t (&data)[4]);
bool writePieces(Wave &w, const Descriptor &d, const BufferPlace &p, unsigned lane, unsigned bytes,
                 const uint32_t (&data)[4]);

/// Takes "data, address, descriptor, scalar offset"; loads to LDS have no data, and the address is
/// `off` or missing when neither offen nor idxen is there.
bool takeBufferOperands(const AssemblyLine &line, bool hasData, Instruction &i);

/// The offset and the flags of the line.
void takeBufferFlags(const AssemblyLine &line, Instruction &i);

} // namespace qcc::emulator::isa
