// Binds v_cvt_scalef32_*: number and types of the elements are read from the mnemonic.
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/lane/ConversionForm.h"
#include "emulator/isa/lane/LaneSet.h"

#include <algorithm>
#include <optional>

namespace qcc::emulator::isa {

namespace {

std::optional<Element> elementOf(std::string_view text) {
  struct Row {
    std::string_view name;
    Element element;
  };
  constexpr Row rows[] = {{"f32", Element::F32}, {"f16", Element::F16}, {"bf16", Element::BF16},
                          {"fp8", Element::Fp8}, {"bf8", Element::Bf8}, {"fp6", Element::Fp6},
                          {"bf6", Element::Bf6}, {"fp4", Element::Fp4}};
  for (const Row &row : rows) {
    if (text == row.name) {
      return row.element;
    }
  }
  return std::nullopt;
}

bool takePrefix(std::string_view &text, std::string_view prefix) {
  const bool there = text.starts_with(prefix);
  text.remove_prefix(there ? prefix.size() : 0);
  return there;
}

/// "sr_pk32_fp6_bf16": stochastic, 32 elements, to, from.
bool parseForm(std::string_view text, ConversionForm &f) {
  f.stochastic = takePrefix(text, "sr_");
  f.twoSources = takePrefix(text, "2xpk16_");
  f.count = f.twoSources || takePrefix(text, "pk32_") ? 32 : takePrefix(text, "pk_") ? 2 : 1;
  const size_t middle = text.find('_');
  if (middle == std::string_view::npos) {
    return false;
  }
  const auto to = elementOf(text.substr(0, middle)), from = elementOf(text.substr(middle + 1));
  if (!to || !from) {
    return false;
  }
  f.to = *to;
  f.from = *from;
  // Two floats are two sources, save beside a seed: then they are a pair of registers.
  f.twoSources |= f.count == 2 && f.from == Element::F32 && !f.stochastic;
  f.scaleSource = f.twoSources || f.stochastic ? 2 : 1;
  return true;
}

/// The bits of the OPSEL field. The text ends with bit 3 even where it leaves bit 2 out.
unsigned selectBits(const AssemblyLine &line) {
  const std::string_view list = line.value("op_sel");
  const auto entries = std::count(list.begin(), list.end(), ',') + 1;
  const unsigned bits = line.bits("op_sel", 0);
  return entries == 3 ? (bits & 3) | (bits & 4) << 1 : bits;
}

/// Small elements come from the byte of OPSEL[1:0] or the word of OPSEL[0]; results of a byte go to
/// OPSEL[3:2], those of a word to OPSEL[3].
void placeElements(unsigned select, ConversionForm &f) {
  const unsigned source = f.count * elementBits(f.from), result = f.count * elementBits(f.to);
  const bool small = elementBits(f.from) <= 8;
  f.sourceShift = static_cast<uint8_t>(!small         ? 0
                                       : source == 8  ? 8 * (select & 3)
                                       : source == 16 ? 16 * (select & 1)
                                                      : 0);
  f.resultShift = static_cast<uint8_t>(result == 8    ? 8 * (select >> 2)
                                       : result == 16 ? 16 * (select >> 3)
                                                      : 0);
}

} // namespace

bool bindScaledConversion(const AssemblyLine &line, const DecodeContext &, Instruction &i) {
  std::string_view name = line.mnemonic;
  ConversionForm f;
  if (!takePrefix(name, "v_cvt_scalef32_") || !parseForm(name, f)) {
    return false;
  }
  const size_t sources = f.scaleSource + 1u;
  if (line.operands.size() != sources + 1 || !takeDestination(line, 0, i.dst) ||
      i.dst.place != Place::Vector) {
    return false;
  }
  for (size_t n = 0; n < sources; ++n) {
    if (!takeOperand(line, n + 1, n == f.scaleSource ? Type::F32 : Type::B32, i.src[n])) {
      return false;
    }
  }
  const unsigned data = f.count / (f.twoSources ? 2 : 1) * elementBits(f.from);
  const auto holds = [&](const Operand &o) {
    return data <= 32 || (o.place == Place::Vector && o.dwords * 32u >= data);
  };
  if (i.dst.dwords * 32u < f.count * elementBits(f.to) || !holds(i.src[0]) ||
      (f.twoSources && !holds(i.src[1]))) {
    return false;
  }
  placeElements(selectBits(line), f);
  packConversionForm(f, i);
  i.execute = laneSet().scaledConversion;
  return true;
}

} // namespace qcc::emulator::isa
