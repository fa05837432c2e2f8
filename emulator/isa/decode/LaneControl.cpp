#include "emulator/isa/decode/LaneControl.h"

#include <optional>

namespace qcc::emulator::isa {

namespace {

using Source = std::optional<int>; // the lane to read from

/// The numbers of "[1,0,3,2]".
std::array<int, 8> listOf(std::string_view text) {
  std::array<int, 8> numbers{};
  size_t n = 0;
  for (char c : text) {
    if (c >= '0' && c <= '9' && n < numbers.size()) {
      numbers[n++] = c - '0';
    }
  }
  return numbers;
}

Source inRow(int lane, int position) {
  return position < 0 || position > 15 ? Source() : Source((lane & ~15) + position);
}

/// Source of `lane` under the control `name`:`value`. Source: the ISA manuals, "DPP_CTRL".
Source sourceOf(std::string_view name, int value, int lane, int lanes) {
  const int position = lane & 15;
  if (name == "row_shl") {
    return inRow(lane, position + value);
  }
  if (name == "row_shr") {
    return inRow(lane, position - value);
  }
  if (name == "row_ror") {
    return (lane & ~15) + ((position - value) & 15);
  }
  if (name == "wave_shl") {
    return lane + 1 < lanes ? Source(lane + 1) : Source();
  }
  if (name == "wave_rol") {
    return (lane + 1) % lanes;
  }
  if (name == "wave_shr") {
    return lane > 0 ? Source(lane - 1) : Source();
  }
  if (name == "wave_ror") {
    return (lane + lanes - 1) % lanes;
  }
  if (name == "row_mirror") {
    return (lane & ~15) + 15 - position;
  }
  if (name == "row_half_mirror") {
    return (lane & ~7) + 7 - (lane & 7);
  }
  if (name == "row_bcast" && value == 15) {
    return lane >= 16 ? Source((lane & ~15) - 1) : Source();
  }
  if (name == "row_bcast" && value == 31) {
    return lane >= 32 ? Source(31) : Source();
  }
  if (name == "row_newbcast" || name == "row_share") {
    return (lane & ~15) + value;
  }
  if (name == "row_xmask") {
    return lane ^ value;
  }
  return std::nullopt;
}

constexpr std::string_view controls[] = {
    "row_shl",      "row_shr",   "row_ror",    "wave_shl",        "wave_rol",
    "wave_shr",     "wave_ror",  "row_mirror", "row_half_mirror", "row_bcast",
    "row_newbcast", "row_share", "row_xmask"};

bool fillSources(const AssemblyLine &line, int lanes, LanePermutation &p) {
  if (line.has("quad_perm")) {
    const auto list = listOf(line.value("quad_perm"));
    for (int n = 0; n < 64; ++n) {
      p.from[n] = static_cast<int8_t>((n & ~3) + list[n & 3]);
    }
    return true;
  }
  if (line.has("dpp8")) {
    const auto list = listOf(line.value("dpp8"));
    for (int n = 0; n < 64; ++n) {
      p.from[n] = static_cast<int8_t>((n & ~7) + list[n & 7]);
    }
    return true;
  }
  for (std::string_view control : controls) {
    if (line.has(control)) {
      const int value = static_cast<int>(line.integer(control));
      for (int n = 0; n < 64; ++n) {
        p.from[n] = static_cast<int8_t>(sourceOf(control, value, n, lanes).value_or(-1));
      }
      return true;
    }
  }
  return false;
}

uint64_t writeMask(int64_t rows, int64_t banks) {
  uint64_t mask = 0;
  for (int n = 0; n < 64; ++n) {
    const bool row = (rows >> (n / 16)) & 1, bank = (banks >> (n / 4 % 4)) & 1;
    mask |= static_cast<uint64_t>(row && bank) << n;
  }
  return mask;
}

Select selectOf(std::string_view text) {
  struct Row {
    const char *name;
    Select select;
  };
  constexpr Row rows[] = {{"BYTE_0", Select::Byte0}, {"BYTE_1", Select::Byte1},
                          {"BYTE_2", Select::Byte2}, {"BYTE_3", Select::Byte3},
                          {"WORD_0", Select::Word0}, {"WORD_1", Select::Word1}};
  for (const Row &row : rows) {
    if (text == row.name) {
      return row.select;
    }
  }
  return Select::Dword;
}

} // namespace

std::unique_ptr<LanePermutation> parsePermutation(const AssemblyLine &line,
                                                  const DecodeContext &context) {
  auto p = std::make_unique<LanePermutation>();
  if (!fillSources(line, static_cast<int>(context.lanes), *p)) {
    return nullptr;
  }
  p->staysInRow = true;
  for (unsigned n = 0; n < p->index.size(); ++n) {
    const bool has = n < context.lanes && p->from[n] >= 0;
    p->index[n] = has ? static_cast<uint32_t>(p->from[n]) : n;
    p->present |= static_cast<uint64_t>(has) << n;
    p->staysInRow &= p->index[n] / 16 == n / 16;
  }
  p->writeMask = writeMask(line.integer("row_mask", 15), line.integer("bank_mask", 15));
  // DPP8 reads zero from lanes that are off; DPP16 does so when bound_ctrl is there.
  p->zeroInvalid = line.has("bound_ctrl") || line.has("dpp8");
  p->fetchInactive = line.integer("fi") != 0;
  return p;
}

void parseSdwa(const AssemblyLine &line, Modifiers &mod) {
  mod.sdwa = true;
  mod.sourceSelect[0] = selectOf(line.value("src0_sel"));
  mod.sourceSelect[1] = selectOf(line.value("src1_sel"));
  mod.resultSelect = selectOf(line.value("dst_sel"));
  const std::string_view unused = line.value("dst_unused");
  mod.unused = unused == "UNUSED_SEXT"       ? Unused::SignExtend
               : unused == "UNUSED_PRESERVE" ? Unused::Preserve
                                             : Unused::Pad;
}

} // namespace qcc::emulator::isa
