#include "emulator/isa/scalar/Indexed.h"

#include "emulator/isa/Program.h"
#include "emulator/isa/Wave.h"

namespace qcc::emulator::isa::scalar {

namespace {

constexpr unsigned lastScalar = 105;

template <unsigned Dwords> void moveFromRelative(Wave &w, const Instruction &i) {
  const unsigned from = (i.src[0].index + w.s[SlotM0]) % (lastScalar + 1);
  for (unsigned k = 0; k < Dwords; ++k) {
    w.s[i.dst.index + k] = w.s[from + k];
  }
}
template <unsigned Dwords> void moveToRelative(Wave &w, const Instruction &i) {
  const unsigned to = (i.dst.index + w.s[SlotM0]) % (lastScalar + 1);
  const uint64_t value = Dwords == 2 ? read64(w, i.src[0]) : read32(w, i.src[0]);
  for (unsigned k = 0; k < Dwords; ++k) {
    w.s[to + k] = static_cast<uint32_t>(value >> (32 * k));
  }
}

/// Offsets of their own: the source's in bits 9:0 of M0, the destination's in bits 25:16.
void moveRelativeApart(Wave &w, const Instruction &i) {
  const uint32_t m0 = w.s[SlotM0];
  const unsigned from = (i.src[0].index + (m0 & 0x3ff)) % (lastScalar + 1);
  w.s[(i.dst.index + ((m0 >> 16) & 0x3ff)) % (lastScalar + 1)] = w.s[from];
}

/// A vector instruction again, with registers moved by the index as the mode's bits say: 1, 2, 4
/// for sources 0 to 2, 8 for the destination.
void executeIndexed(Wave &w, const Instruction &i, uint32_t mode, uint32_t index) {
  Instruction moved;
  moved.execute = i.execute;
  moved.kernel = i.kernel;
  moved.next = i.next;
  moved.sourceCount = i.sourceCount;
  moved.resultHalf = i.resultHalf;
  moved.keepOtherHalf = i.keepOtherHalf;
  moved.row = i.row;
  moved.dst = i.dst;
  moved.dst2 = i.dst2;
  moved.carry = i.carry;
  moved.detail[0] = i.detail[0];
  for (unsigned n = 0; n < 4; ++n) {
    moved.src[n] = i.src[n];
    if (((mode >> n) & 1) != 0 && n < 3 && moved.src[n].place == Place::Vector) {
      moved.src[n].index = static_cast<uint16_t>((moved.src[n].index + index) & 0x1ff);
    }
  }
  if ((mode & 8) != 0) {
    moved.dst.index = static_cast<uint16_t>((moved.dst.index + index) & 0x1ff);
  }
  i.execute(w, moved);
}

void setIndexOff(Wave &, const Instruction &) {}

/// s_set_gpr_idx_idx: the index alone.
void setIndex(Wave &w, const Instruction &i) {
  w.s[SlotM0] = (w.s[SlotM0] & ~0xffu) | (read32(w, i.src[0]) & 0xff);
}

/// Executes the vector instructions up to s_set_gpr_idx_off: the compiler puts nothing else there.
void setIndexOn(Wave &w, const Instruction &i) {
  w.s[SlotM0] = (w.s[SlotM0] & ~0xf0ffu) | (read32(w, i.src[0]) & 0xff) | i.detail[0] << 12;
  while (w.stop == Stop::None) {
    w.at = w.pc;
    const Instruction *next = w.launch->program->at(w.pc);
    if (next->text.empty()) {
      next = w.launch->program->decode(w.pc);
    }
    w.pc = next->next;
    ++w.executed;
    if (next->execute == setIndexOff) {
      return;
    }
    if (next->execute == setIndex) {
      setIndex(w, *next);
    } else if (next->row != nullptr && next->mod.permutation == nullptr && !next->mod.sdwa) {
      executeIndexed(w, *next, i.detail[0], w.s[SlotM0] & 0xff);
    } else if (next->text.starts_with("s_nop")) {
      continue;
    } else {
      w.fault(DispatchResult::Status::UnknownInstruction,
              "`" + next->text + "` while registers are indexed");
    }
  }
}

/// "gpr_idx(SRC0,DST)" as the mode's bits.
uint32_t indexMode(std::string_view text) {
  uint32_t mode = 0;
  constexpr std::string_view names[] = {"SRC0", "SRC1", "SRC2", "DST"};
  for (unsigned n = 0; n < 4; ++n) {
    mode |= text.find(names[n]) != std::string_view::npos ? 1u << n : 0;
  }
  return mode;
}

struct Row {
  const char *name;
  Handler handler;
  Type type;
};
constexpr Row moves[] = {
    {"s_movrels_b32", moveFromRelative<1>, Type::B32},
    {"s_movrels_b64", moveFromRelative<2>, Type::B64},
    {"s_movrelsd_2_b32", moveRelativeApart, Type::B32},
    {"s_movreld_b32", moveToRelative<1>, Type::B32},
    {"s_movreld_b64", moveToRelative<2>, Type::B64},
};

} // namespace

bool bindIndexed(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  for (const Row &row : moves) {
    if (line.mnemonic == row.name) {
      i.execute = row.handler;
      return takeDestination(line, 0, i.dst) && takeOperand(line, 1, row.type, i.src[0]);
    }
  }
  if (line.mnemonic == "s_set_gpr_idx_off") {
    i.execute = setIndexOff;
    return true;
  }
  if (line.mnemonic == "s_set_gpr_idx_idx") {
    i.execute = setIndex;
    return takeOperand(line, 0, Type::B32, i.src[0]);
  }
  if (line.mnemonic == "s_set_gpr_idx_on" && line.operands.size() == 2) {
    i.execute = setIndexOn;
    i.detail[0] = indexMode(line.operands[1]);
    return takeOperand(line, 0, Type::B32, i.src[0]);
  }
  return false;
}

} // namespace qcc::emulator::isa::scalar
