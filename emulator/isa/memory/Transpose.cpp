#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"

#include <algorithm>

namespace qcc::emulator::isa {

namespace {

/// Lanes that exchange elements with each other.
constexpr unsigned groupLanes = 16;

/// Bits [at, at + width) of a lane's dwords.
uint32_t field(const uint32_t *words, unsigned at, unsigned width) {
  const uint64_t pair = words[at / 32] | uint64_t(words[std::min(at / 32 + 1, 3u)]) << 32;
  return static_cast<uint32_t>(pair >> (at % 32)) & ((1u << width) - 1);
}
void setField(uint32_t *words, unsigned at, unsigned width, uint32_t value) {
  for (unsigned n = 0; n < width; ++n) {
    words[(at + n) / 32] |= ((value >> n) & 1) << ((at + n) % 32);
  }
}

/// 16 lanes load a matrix of 16 columns, row after row, each lane `elements` of a row; lane n then
/// gets column n. Fields: detail[0] bits of an element, detail[1] elements a lane.
void runTransposingLoad(Wave &w, const Instruction &i) {
  const unsigned width = i.detail[0], elements = i.detail[1];
  const unsigned dwords = width * elements / 32, lanesInRow = groupLanes / elements;
  const uint32_t *address = w.vector(i.src[0].index);
  uint32_t loaded[laneStride][4] = {};
  for (unsigned n = 0; n < w.lanes; ++n) {
    const uint64_t at = static_cast<uint32_t>(address[n] + i.immediate);
    if (((w.exec() >> n) & 1) != 0 && !readLane(w, Space::Lds, n, at, dwords * 4, loaded[n])) {
      return;
    }
  }
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((w.exec() >> n) & 1) == 0) {
      continue;
    }
    const unsigned group = n & ~(groupLanes - 1), column = n % groupLanes;
    uint32_t result[4] = {};
    for (unsigned row = 0; row < elements; ++row) {
      const unsigned lane = group + row * lanesInRow + column / elements;
      setField(result, row * width, width, field(loaded[lane], column % elements * width, width));
    }
    for (unsigned k = 0; k < dwords; ++k) {
      w.vector(i.dst.index)[k * laneStride + n] = result[k];
    }
  }
}

void describeTransposingLoad(Wave &w, const Instruction &i, AccessList &list) {
  const uint8_t bytes = static_cast<uint8_t>(i.detail[0] * i.detail[1] / 8);
  Addresses a;
  a.active = w.exec();
  const uint32_t *address = w.vector(i.src[0].index);
  for (unsigned n = 0; n < laneStride; ++n) {
    a.of[n] = static_cast<uint32_t>(address[n] + i.immediate);
  }
  const Transfer t{bytes, static_cast<uint8_t>(bytes / 4)};
  describeLanes(w, list, AccessKind::Load, Space::Lds, t, i.dst.index, a);
}

} // namespace

bool bindTransposingLoad(const AssemblyLine &line, Instruction &i) {
  struct Row {
    const char *name;
    uint32_t width, elements;
  };
  constexpr Row rows[] = {{"ds_read_b64_tr_b16", 16, 4},
                          {"ds_read_b64_tr_b8", 8, 8},
                          {"ds_read_b64_tr_b4", 4, 16},
                          {"ds_read_b96_tr_b6", 6, 16}};
  for (const Row &row : rows) {
    if (line.mnemonic == row.name) {
      i.detail[0] = row.width;
      i.detail[1] = row.elements;
      i.immediate = line.integer("offset");
      i.execute = runTransposingLoad;
      i.describe = describeTransposingLoad;
      return takeDestination(line, 0, i.dst) && takeOperand(line, 1, Type::B32, i.src[0]);
    }
  }
  return false;
}

} // namespace qcc::emulator::isa
