// Vector instructions that move values between lanes, or between lanes and scalar registers.
#include "emulator/isa/Wave.h"
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/decode/LaneControl.h"

#include <algorithm>
#include <optional>

namespace qcc::emulator::isa {

namespace {

/// A source that may be a vector register or one value for all lanes.
uint32_t laneValue(Wave &w, const Operand &o, unsigned lane) {
  return o.place == Place::Vector ? w.vector(o.index)[lane] : read32(w, o);
}

template <typename F> void forActive(Wave &w, F f) {
  const uint64_t exec = w.exec();
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((exec >> n) & 1) {
      f(n);
    }
  }
}

bool isActive(const Wave &w, unsigned lane) {
  return (w.exec() >> lane) & 1;
}

void readFirstLane(Wave &w, const Instruction &i) {
  const uint64_t exec = w.exec();
  const unsigned lane = exec == 0 ? 0 : static_cast<unsigned>(__builtin_ctzll(exec));
  w.s[i.dst.index] = laneValue(w, i.src[0], lane);
}
void readLaneValue(Wave &w, const Instruction &i) {
  w.s[i.dst.index] = laneValue(w, i.src[0], read32(w, i.src[1]) & (w.lanes - 1));
}
void writeLaneValue(Wave &w, const Instruction &i) {
  w.vector(i.dst.index)[read32(w, i.src[1]) & (w.lanes - 1)] = read32(w, i.src[0]);
}

void swapRegisters(Wave &w, const Instruction &i) {
  uint32_t *a = w.vector(i.dst.index), *b = w.vector(i.src[0].index);
  forActive(w, [&](unsigned n) { std::swap(a[n], b[n]); });
}

/// v_swap_b16: halves of two registers, or of one.
void swapHalves(Wave &w, const Instruction &i) {
  uint32_t *a = w.vector(i.dst.index), *b = w.vector(i.src[0].index);
  const unsigned up = i.dst.half == 1 ? 16 : 0, down = i.src[0].half == 1 ? 16 : 0;
  forActive(w, [&](unsigned n) {
    const uint32_t first = (a[n] >> up) & 0xffff, second = (b[n] >> down) & 0xffff;
    a[n] = (a[n] & ~(0xffffu << up)) | second << up;
    b[n] = (b[n] & ~(0xffffu << down)) | first << down;
  });
}

/// Which registers M0 moves: its value is added to their numbers; `Apart` has one offset for the
/// source in bits 9:0 and one for the destination in bits 25:16.
enum class Relative { Source, Result, Both, Apart };
struct RelativeRegisters {
  uint16_t source, result;
};
template <Relative R> RelativeRegisters relativeRegisters(Wave &w, const Instruction &i) {
  const uint32_t m0 = w.s[SlotM0];
  const uint32_t from = R == Relative::Result ? 0 : R == Relative::Apart ? m0 & 0x3ff : m0;
  const uint32_t to = R == Relative::Source ? 0 : R == Relative::Apart ? (m0 >> 16) & 0x3ff : m0;
  return {static_cast<uint16_t>((i.src[0].index + from) & 0x1ff),
          static_cast<uint16_t>((i.dst.index + to) & 0x1ff)};
}
/// Where lane n reads from under DPP; nothing when the lane is not to be written. A lane that gets
/// a zero reads from `zeroLane`.
constexpr unsigned zeroLane = laneStride;
std::optional<unsigned> permutedLane(const Wave &w, const LanePermutation *p, unsigned n) {
  if (p == nullptr) {
    return n;
  }
  if (((p->writeMask >> n) & 1) == 0) {
    return std::nullopt;
  }
  const int from = p->from[n];
  if (from >= 0 && (p->fetchInactive || isActive(w, static_cast<unsigned>(from)))) {
    return static_cast<unsigned>(from);
  }
  return p->zeroInvalid ? std::optional(zeroLane) : std::nullopt;
}

/// v_movrel*
template <Relative R> void moveRelative(Wave &w, const Instruction &i) {
  const RelativeRegisters registers = relativeRegisters<R>(w, i);
  uint32_t *d = w.vector(registers.result);
  Operand source = i.src[0];
  source.index = source.place == Place::Vector ? registers.source : source.index;
  uint32_t from[laneStride + 1] = {};
  for (unsigned n = 0; n < laneStride; ++n) {
    from[n] = laneValue(w, source, n);
  }
  forActive(w, [&](unsigned n) {
    if (const auto lane = permutedLane(w, i.mod.permutation.get(), n)) {
      d[n] = from[*lane];
    }
  });
}
void swapRelative(Wave &w, const Instruction &i) {
  const RelativeRegisters registers = relativeRegisters<Relative::Apart>(w, i);
  uint32_t *a = w.vector(registers.result), *b = w.vector(registers.source);
  forActive(w, [&](unsigned n) { std::swap(a[n], b[n]); });
}

/// v_permlane16 and v_permlanex16: 16 selectors of 4 bits in two scalars. op_sel bit 0 reads lanes
/// that are off as well, bit 1 (bound control) makes them zero instead of keeping the old value.
template <unsigned RowFlip> void permuteRows(Wave &w, const Instruction &i) {
  const uint64_t selectors = read32(w, i.src[1]) | uint64_t(read32(w, i.src[2])) << 32;
  uint32_t from[laneStride];
  std::copy_n(w.vector(i.src[0].index), laneStride, from);
  uint32_t *d = w.vector(i.dst.index);
  forActive(w, [&](unsigned n) {
    const unsigned lane = ((n & ~15u) ^ RowFlip) + ((selectors >> ((n & 15) * 4)) & 15);
    if ((i.mod.opSel & 1) != 0 || isActive(w, lane)) {
      d[n] = from[lane];
    } else if ((i.mod.opSel & 2) != 0) {
      d[n] = 0;
    }
  });
}
/// The same with a selector of its own for each lane.
template <unsigned RowFlip> void permuteRowsVariable(Wave &w, const Instruction &i) {
  uint32_t from[laneStride], select[laneStride];
  std::copy_n(w.vector(i.src[0].index), laneStride, from);
  std::copy_n(w.vector(i.src[1].index), laneStride, select);
  uint32_t *d = w.vector(i.dst.index);
  forActive(w, [&](unsigned n) {
    const unsigned lane = ((n & ~15u) ^ RowFlip) + (select[n] & 15);
    if ((i.mod.opSel & 1) != 0 || isActive(w, lane)) {
      d[n] = from[lane];
    } else if ((i.mod.opSel & 2) != 0) {
      d[n] = 0;
    }
  });
}
/// v_permlane64: the halves of a wave64 change places; nothing in a wave32.
void exchangeHalves(Wave &w, const Instruction &i) {
  uint32_t from[laneStride];
  std::copy_n(w.vector(i.src[0].index), laneStride, from);
  uint32_t *d = w.vector(i.dst.index);
  forActive(w, [&](unsigned n) { d[n] = from[w.lanes == 64 ? n ^ 32 : n]; });
}
/// v_permlane32_swap and v_permlane16_swap: odd blocks of the first register change places with
/// even blocks of the second.
template <unsigned Block> void swapBlocks(Wave &w, const Instruction &i) {
  uint32_t *a = w.vector(i.dst.index), *b = w.vector(i.src[0].index);
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((n & Block) == 0 && isActive(w, n) && isActive(w, n + Block)) {
      std::swap(a[n + Block], b[n]);
    }
  }
}

/// ds_bpermute: each lane reads from the lane that its address names. The _fi_ form (detail[0])
/// reads lanes that are off as well; otherwise they give 0.
void backwardPermute(Wave &w, const Instruction &i) {
  uint32_t from[laneStride], address[laneStride];
  std::copy_n(w.vector(i.src[1].index), laneStride, from);
  std::copy_n(w.vector(i.src[0].index), laneStride, address);
  uint32_t *d = w.vector(i.dst.index);
  forActive(w, [&](unsigned n) {
    const uint32_t at = address[n] + static_cast<uint32_t>(i.immediate);
    const unsigned lane = (at / 4) & (w.lanes - 1);
    d[n] = i.detail[0] != 0 || isActive(w, lane) ? from[lane] : 0;
  });
}
/// ds_permute: each lane writes to the lane that its address names; the highest writer wins.
void forwardPermute(Wave &w, const Instruction &i) {
  uint32_t result[laneStride] = {};
  const uint32_t *from = w.vector(i.src[1].index), *address = w.vector(i.src[0].index);
  forActive(w, [&](unsigned n) {
    const uint32_t at = address[n] + static_cast<uint32_t>(i.immediate);
    result[(at / 4) & (w.lanes - 1)] = from[n];
  });
  uint32_t *d = w.vector(i.dst.index);
  forActive(w, [&](unsigned n) { d[n] = result[n]; });
}

/// Source lane of ds_swizzle under its 16-bit pattern. Source: the ISA manuals, DS_SWIZZLE_B32.
unsigned swizzleSource(unsigned lane, uint32_t pattern) {
  if ((pattern & 0xe000) == 0xe000) { // FFT: bit reversal with the low bits masked
    unsigned reversed = 0;
    for (unsigned b = 0; b < 5; ++b) {
      reversed |= ((lane >> b) & 1) << (4 - b);
    }
    const unsigned keep = pattern & 31;
    return (lane & 32) | (keep == 31 ? lane & 31 : (reversed & ~keep) | (lane & keep & 31));
  }
  if ((pattern & 0xe000) == 0xc000) { // rotate
    const unsigned count = (pattern >> 5) & 31, keep = pattern & 31;
    const unsigned moved = (pattern & 0x400) != 0 ? (lane - count) & 31 : (lane + count) & 31;
    return (lane & 32) | (lane & keep) | (moved & ~keep & 31);
  }
  if ((pattern & 0x8000) != 0) { // quads
    return (lane & ~3u) + ((pattern >> ((lane & 3) * 2)) & 3);
  }
  const unsigned andMask = pattern & 31, orMask = (pattern >> 5) & 31,
                 xorMask = (pattern >> 10) & 31;
  return (lane & 32) | ((((lane & 31) & andMask) | orMask) ^ xorMask);
}
void swizzle(Wave &w, const Instruction &i) {
  uint32_t from[laneStride];
  std::copy_n(w.vector(i.src[0].index), laneStride, from);
  uint32_t *d = w.vector(i.dst.index);
  forActive(w, [&](unsigned n) {
    const unsigned lane = swizzleSource(n, static_cast<uint32_t>(i.immediate));
    d[n] = isActive(w, lane) ? from[lane] : 0;
  });
}

struct Row {
  const char *name;
  Handler handler;
  uint8_t sources;
};

constexpr Row rows[] = {
    {"v_nop", [](Wave &, const Instruction &) {}, 0},
    {"v_clrexcp", [](Wave &, const Instruction &) {}, 0}, // exceptions are not raised here
    {"v_pipeflush", [](Wave &, const Instruction &) {}, 0},
    {"v_readfirstlane_b32", readFirstLane, 1},
    {"v_readlane_b32", readLaneValue, 2},
    {"v_writelane_b32", writeLaneValue, 2},
    {"v_swap_b32", swapRegisters, 1},
    {"v_swap_b16", swapHalves, 1},
    {"v_movrels_b32", moveRelative<Relative::Source>, 1},
    {"v_movreld_b32", moveRelative<Relative::Result>, 1},
    {"v_movrelsd_b32", moveRelative<Relative::Both>, 1},
    {"v_movrelsd_2_b32", moveRelative<Relative::Apart>, 1},
    {"v_swaprel_b32", swapRelative, 1},
    {"v_permlane16_b32", permuteRows<0>, 3},
    {"v_permlanex16_b32", permuteRows<16>, 3},
    {"v_permlane16_var_b32", permuteRowsVariable<0>, 2},
    {"v_permlanex16_var_b32", permuteRowsVariable<16>, 2},
    {"v_permlane64_b32", exchangeHalves, 1},
    {"v_permlane16_swap_b32", swapBlocks<16>, 1},
    {"v_permlane32_swap_b32", swapBlocks<32>, 1},
    {"ds_bpermute_b32", backwardPermute, 2},
    {"ds_bpermute_fi_b32", backwardPermute, 2},
    {"ds_permute_b32", forwardPermute, 2},
    {"ds_swizzle_b32", swizzle, 1},
};

} // namespace

namespace {

/// DPP of v_movrel*; the others have none, or nothing to permute.
bool takePermutation(const Row &row, const AssemblyLine &line, const DecodeContext &context,
                     Instruction &i) {
  if (line.encoding != "dpp" && line.encoding != "e64_dpp") {
    return line.encoding != "sdwa";
  }
  if (row.sources == 0) {
    return true;
  }
  i.mod.permutation = parsePermutation(line, context);
  return i.mod.permutation != nullptr && std::string_view(row.name).starts_with("v_movrel");
}

} // namespace

bool bindCrossLane(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  for (const Row &row : rows) {
    if (line.mnemonic != row.name) {
      continue;
    }
    i.execute = row.handler;
    i.immediate = row.handler == swizzle ? context.immediate : line.integer("offset");
    i.detail[0] = line.mnemonic == "ds_bpermute_fi_b32";
    i.mod.opSel = static_cast<uint8_t>(line.bits("op_sel", 0));
    if (!takePermutation(row, line, context, i)) {
      return false;
    }
    if (row.sources == 0) {
      return true;
    }
    bool good = takeDestination(line, 0, i.dst);
    for (unsigned n = 0; good && n < row.sources; ++n) {
      good = takeOperand(line, n + 1, Type::B32, i.src[n]);
    }
    return good;
  }
  return false;
}

} // namespace qcc::emulator::isa
