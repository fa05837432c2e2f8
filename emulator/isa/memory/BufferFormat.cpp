// Typed buffer instructions: buffer_*_format_*, whose data format is in the descriptor, and
// tbuffer_*, whose own it is.
#include "emulator/isa/memory/BufferAddress.h"
#include "emulator/isa/memory/DataFormat.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"

#include <bit>

namespace qcc::emulator::isa {

namespace {

// Beyond the fields of BufferAddress.h: detail[0] the format's layout and number (0: the
// descriptor's), detail[2] components, detail[3] how registers hold them.
enum Holding : uint32_t { Words, Halves, UpperHalf };

uint32_t packFormat(const DataFormat &f) {
  uint32_t packed = static_cast<uint32_t>(f.number) << 24 | 1u << 31;
  for (unsigned n = 0; n < 4; ++n) {
    packed |= static_cast<uint32_t>(f.bits[n]) << (6 * n);
  }
  return packed;
}
DataFormat unpackFormat(uint32_t packed) {
  DataFormat f;
  for (unsigned n = 0; n < 4; ++n) {
    f.bits[n] = packed >> (6 * n) & 63;
  }
  f.number = static_cast<NumberFormat>(packed >> 24 & 7);
  return f;
}

/// What an instruction moves: the format, and which component each register gets or gives.
struct Typed {
  DataFormat format;
  uint8_t select[4] = {4, 5, 6, 7}; // 0: zero, 1: one, 4 and up: a component

  Typed(Wave &w, const Instruction &i, const Descriptor &d) {
    if (i.detail[0] != 0) {
      format = unpackFormat(i.detail[0]);
      return;
    }
    const uint32_t word = w.s[i.src[1].index + 3];
    format = descriptorFormat(word, d.gfx9);
    for (unsigned n = 0; n < 4; ++n) {
      select[n] = word >> (3 * n) & 7;
    }
  }

  uint32_t one() const { return format.isInteger() ? 1 : std::bit_cast<uint32_t>(1.0f); }
};

uint32_t bitField(const uint32_t (&words)[4], unsigned at, unsigned bits) {
  return bits == 32 ? words[at / 32] : words[at / 32] >> (at % 32) & ((1u << bits) - 1);
}
void setBitField(uint32_t (&words)[4], unsigned at, unsigned bits, uint32_t value) {
  const uint32_t mask = bits == 32 ? ~0u : ((1u << bits) - 1) << (at % 32);
  words[at / 32] = (words[at / 32] & ~mask) | (value << (at % 32) & mask);
}

uint16_t halfOf(uint32_t value, const DataFormat &f) {
  return f.isInteger() ? static_cast<uint16_t>(value)
                       : static_cast<uint16_t>(encodeComponent(value, 16, NumberFormat::Float));
}
uint32_t wordOf(uint16_t half, const DataFormat &f) {
  return f.number == NumberFormat::Sint ? static_cast<uint32_t>(static_cast<int16_t>(half))
         : f.isInteger()                ? half
                                        : decodeComponent(half, 16, NumberFormat::Float);
}

/// Component n of the result, from an element's words.
uint32_t loadedComponent(const Typed &t, const uint32_t (&element)[4], unsigned n) {
  const unsigned select = t.select[n];
  if (select < 4) {
    return select == 1 ? t.one() : 0;
  }
  const unsigned c = select - 4, bits = t.format.bits[c];
  if (bits == 0) {
    return c == 3 ? t.one() : 0;
  }
  return decodeComponent(bitField(element, t.format.bitOf(c), bits), bits, t.format.number);
}

void putComponent(Wave &w, const Instruction &i, unsigned n, unsigned lane, uint32_t value,
                  const DataFormat &f) {
  const unsigned first = i.src[3].index;
  if (i.detail[3] == Words) {
    w.vector(first + n)[lane] = value;
    return;
  }
  uint32_t &reg = w.vector(first + n / 2)[lane];
  const unsigned shift = n % 2 != 0 || i.detail[3] == UpperHalf ? 16 : 0;
  reg = (reg & ~(0xffffu << shift)) | static_cast<uint32_t>(halfOf(value, f)) << shift;
}
uint32_t takeComponent(Wave &w, const Instruction &i, unsigned n, unsigned lane,
                       const DataFormat &f) {
  const unsigned first = i.src[3].index;
  if (i.detail[3] == Words) {
    return w.vector(first + n)[lane];
  }
  const unsigned shift = n % 2 != 0 || i.detail[3] == UpperHalf ? 16 : 0;
  return wordOf(static_cast<uint16_t>(w.vector(first + n / 2)[lane] >> shift), f);
}

void runLoad(Wave &w, const Instruction &i) {
  const Descriptor d = descriptorOf(w, i);
  const Typed t(w, i, d);
  const unsigned bytes = t.format.bytes();
  for (unsigned lane = 0; lane < w.lanes; ++lane) {
    if (((w.exec() >> lane) & 1) == 0) {
      continue;
    }
    const BufferPlace p = placeOf(w, i, d, lane);
    const bool outside = bytes == 0 || d.outside(p.index, p.offset, p.scalarOffset, bytes);
    uint32_t element[4] = {};
    if (!outside && !readPieces(w, d, p, lane, bytes, element)) {
      return;
    }
    for (unsigned n = 0; n < i.detail[2]; ++n) {
      putComponent(w, i, n, lane, outside ? 0 : loadedComponent(t, element, n), t.format);
    }
  }
}

/// Puts the components that the instruction gives into the element's words.
void fillElement(Wave &w, const Instruction &i, const Typed &t, unsigned lane,
                 uint32_t (&element)[4]) {
  for (unsigned n = 0; n < i.detail[2]; ++n) {
    const unsigned c = t.select[n] - 4u;
    if (t.select[n] >= 4 && t.format.bits[c] != 0) {
      const uint32_t value = takeComponent(w, i, n, lane, t.format);
      setBitField(element, t.format.bitOf(c), t.format.bits[c],
                  encodeComponent(value, t.format.bits[c], t.format.number));
    }
  }
}

/// Components that the instruction does not give keep what memory has.
void runStore(Wave &w, const Instruction &i) {
  const Descriptor d = descriptorOf(w, i);
  const Typed t(w, i, d);
  const unsigned bytes = t.format.bytes();
  for (unsigned lane = 0; lane < w.lanes; ++lane) {
    const BufferPlace p = placeOf(w, i, d, lane);
    if (((w.exec() >> lane) & 1) == 0 || bytes == 0 ||
        d.outside(p.index, p.offset, p.scalarOffset, bytes)) {
      continue;
    }
    uint32_t element[4] = {};
    if (!readPieces(w, d, p, lane, bytes, element)) {
      return;
    }
    fillElement(w, i, t, lane, element);
    if (!writePieces(w, d, p, lane, bytes, element)) {
      return;
    }
  }
}

void describeTyped(Wave &w, const Instruction &i, AccessList &list) {
  const Descriptor d = descriptorOf(w, i);
  const Typed typed(w, i, d);
  const Transfer t{static_cast<uint8_t>(typed.format.bytes()), 1};
  Addresses a;
  for (unsigned n = 0; n < w.lanes; ++n) {
    const BufferPlace p = placeOf(w, i, d, n);
    if (((w.exec() >> n) & 1) != 0 && t.bytes != 0 &&
        !d.outside(p.index, p.offset, p.scalarOffset, t.bytes)) {
      a.active |= uint64_t(1) << n;
      a.of[n] = d.address(p.index, p.offset, p.scalarOffset);
    }
  }
  const AccessKind kind = i.execute == runStore ? AccessKind::Store : AccessKind::Load;
  describeBuffer(w, list, kind, t, noRegister, a);
}

} // namespace

bool bindBufferFormat(const AssemblyLine &line, Instruction &i) {
  std::string_view name = line.mnemonic;
  const bool own = name.starts_with("tbuffer_");
  if (name.find("_format_") == std::string_view::npos || (!own && !name.starts_with("buffer_"))) {
    return false;
  }
  takeBufferFlags(line, i);
  if (own) {
    const auto format = namedFormat(line);
    if (!format) {
      return false;
    }
    i.detail[0] = packFormat(*format);
  }
  i.detail[2] = static_cast<uint32_t>(name.size() - name.rfind('_') - 1); // "x" to "xyzw"
  i.detail[3] = name.find("d16_hi") != std::string_view::npos ? UpperHalf
                : name.find("d16") != std::string_view::npos  ? Halves
                                                              : Words;
  i.execute = name.find("_load_") != std::string_view::npos ? runLoad : runStore;
  i.describe = describeTyped;
  return takeBufferOperands(line, true, i);
}

} // namespace qcc::emulator::isa
