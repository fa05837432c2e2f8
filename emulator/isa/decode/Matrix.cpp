// Binds v_mfma_*, v_smfmac_*, v_wmma_* and v_swmmac_*: shape and types are read from the mnemonic.
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/lane/LaneSet.h"
#include "emulator/isa/lane/MatrixLayout.h"

#include <optional>

namespace qcc::emulator::isa {

namespace {

struct ElementName {
  const char *name;
  Element element;
};
constexpr ElementName elementNames[] = {
    {"f64", Element::F64},   {"f32", Element::F32}, {"xf32", Element::Xf32}, {"f16", Element::F16},
    {"bf16", Element::BF16}, {"fp8", Element::Fp8}, {"bf8", Element::Bf8},   {"i8", Element::I8},
    {"i32", Element::I32},   {"iu8", Element::U8},  {"iu4", Element::U4},
};

std::optional<Element> elementOf(std::string_view text) {
  for (const ElementName &row : elementNames) {
    if (text == row.name) {
      return row.element;
    }
  }
  return std::nullopt;
}

/// Takes the text up to the next '_'.
std::string_view takeWord(std::string_view &text) {
  const size_t end = text.find('_');
  std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return word;
}

/// Takes a decimal number.
unsigned takeNumber(std::string_view &text) {
  unsigned value = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value = value * 10 + static_cast<unsigned>(text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

/// "32x32x8" and what follows without a separator: gfx90a writes "32x32x8f16".
bool takeShape(std::string_view word, MatrixForm &f, std::string_view &type) {
  unsigned sizes[3] = {};
  for (unsigned n = 0; n < 3; ++n) {
    sizes[n] = takeNumber(word);
    if (n < 2) {
      if (!word.starts_with("x")) {
        return false;
      }
      word.remove_prefix(1);
    }
  }
  f.m = static_cast<uint8_t>(sizes[0]);
  f.n = static_cast<uint8_t>(sizes[1]);
  f.k = static_cast<uint8_t>(sizes[2]);
  type = word;
  return sizes[0] == sizes[1] && (sizes[0] == 4 || sizes[0] == 16 || sizes[0] == 32) &&
         sizes[2] != 0 && sizes[2] <= 128;
}

/// "f32_32x32x4_2b_bf16", "f32_32x32x8f16", "f32_32x32x4bf16_1k", "f32_16x16x32_fp8_bf8".
bool parseForm(std::string_view text, MatrixForm &f) {
  const auto d = elementOf(takeWord(text));
  std::string_view type;
  if (!d || !takeShape(takeWord(text), f, type)) {
    return false;
  }
  f.d = *d;
  if (type.empty()) {
    type = takeWord(text);
    if (type.ends_with("b") && type.front() >= '0' && type.front() <= '9') {
      type = takeWord(text);
    }
  }
  const auto a = elementOf(type);
  const bool oneType = text.empty() || text == "1k";
  const auto b = oneType ? a : elementOf(takeWord(text));
  if (!a || !b) {
    return false;
  }
  f.a = *a;
  f.b = *b;
  return true;
}

/// Formats of the f8f6f4 instructions, which CBSZ and BLGP name.
constexpr Element narrowFormats[] = {Element::Fp8, Element::Bf8, Element::Fp6, Element::Bf6,
                                     Element::Fp4};

bool parseNarrowForm(std::string_view text, const AssemblyLine &line, MatrixForm &f) {
  const auto d = elementOf(takeWord(text));
  std::string_view unused;
  const int64_t a = line.integer("cbsz"), b = line.integer("blgp");
  if (!d || !takeShape(takeWord(text), f, unused) || text != "f8f6f4" || a > 4 || b > 4) {
    return false;
  }
  f.d = *d;
  f.a = narrowFormats[a];
  f.b = narrowFormats[b];
  return true;
}

Element fnuz(Element e) {
  return e == Element::Fp8 ? Element::Fp8Fnuz : e == Element::Bf8 ? Element::Bf8Fnuz : e;
}
Element signedOf(Element e) {
  return e == Element::U8 ? Element::I8 : e == Element::U4 ? Element::I4 : e;
}
Type addendType(Element d) {
  return d == Element::F64    ? Type::F64
         : d == Element::F16  ? Type::F16
         : d == Element::BF16 ? Type::BF16
         : d == Element::I32  ? Type::B32
                              : Type::F32;
}

/// D, A, B and C, or the sparse index in its place.
bool takeMatrixOperands(const AssemblyLine &line, const MatrixForm &f, Instruction &i) {
  return line.operands.size() == (f.scaled ? 6 : 4) && takeDestination(line, 0, i.dst) &&
         takeOperand(line, 1, Type::Wide, i.src[0]) && takeOperand(line, 2, Type::Wide, i.src[1]) &&
         takeOperand(line, 3, f.sparse ? Type::B32 : addendType(f.d), i.src[2]) &&
         i.dst.place == Place::Vector && i.src[0].place == Place::Vector &&
         i.src[1].place == Place::Vector && (!f.sparse || i.src[2].place == Place::Vector);
}

bool takeScales(const AssemblyLine &line, Instruction &i) {
  i.mod.opSel = static_cast<uint8_t>(line.bits("op_sel", 0));
  i.mod.opSelHi = static_cast<uint8_t>(line.bits("op_sel_hi", 0));
  return takeOperand(line, 4, Type::B32, i.src[3]) && takeOperand(line, 5, Type::B32, i.carry);
}

void takeNegation(const AssemblyLine &line, Instruction &i) {
  const unsigned both = line.bits("neg", 0); // f64 of CDNA3
  i.mod.negLo = static_cast<uint8_t>(line.bits("neg_lo", both));
  i.mod.negHi = static_cast<uint8_t>(line.bits("neg_hi", 0));
}

/// Whether the operands have the registers that the form needs.
bool fits(const MatrixForm &f, unsigned lanes, const Instruction &i) {
  const unsigned depth = f.sparse ? f.k / 2 : f.k;
  const unsigned a = inputLayout(f, lanes, f.m, depth, f.a).items * elementBits(f.a);
  const unsigned b = inputLayout(f, lanes, f.n, f.k, f.b).items * elementBits(f.b);
  const unsigned bits = f.layout == MatrixLayout::Wmma11 ? 32 : elementBits(f.d);
  const bool constant = i.src[2].place != Place::Vector;
  return f.blocks >= 1 && f.blocks <= 16 && i.src[0].dwords * 32u >= a &&
         i.src[1].dwords * 32u >= b && i.dst.dwords * 32u * lanes == f.m * f.n * f.blocks * bits &&
         (constant || f.sparse || i.src[2].dwords == i.dst.dwords);
}

bool bindMfma(std::string_view name, const AssemblyLine &line, const DecodeContext &context,
              MatrixForm f, Instruction &i) {
  const bool narrow = name.ends_with("_f8f6f4");
  if (!(narrow ? parseNarrowForm(name, line, f) : parseForm(name, f)) ||
      !takeMatrixOperands(line, f, i) || (f.scaled && !takeScales(line, i))) {
    return false;
  }
  if (context.chip->smallFloatFnuz) {
    f.a = fnuz(f.a);
    f.b = fnuz(f.b);
  }
  f.flush = context.chip->matrixFlushesHalves && (f.a == Element::F16 || f.a == Element::BF16);
  f.blocks = static_cast<uint8_t>(i.dst.dwords * 64u / (f.d == Element::F64 ? 2 : 1) / (f.m * f.n));
  if (!narrow) {
    i.mod.cbsz = static_cast<uint8_t>(line.integer("cbsz"));
    i.mod.abid = static_cast<uint8_t>(line.integer("abid"));
    i.mod.blgp = static_cast<uint8_t>(line.integer("blgp"));
  }
  takeNegation(line, i);
  packMatrixForm(f, i);
  i.execute = laneSet().matrix;
  return fits(f, 64, i);
}

bool bindWmma(std::string_view name, const AssemblyLine &line, const DecodeContext &context,
              MatrixForm f, Instruction &i) {
  if (!parseForm(name, f) || !takeMatrixOperands(line, f, i)) {
    return false;
  }
  takeNegation(line, i);
  if (f.d == Element::I32) {
    f.a = (i.mod.negLo & 1) != 0 ? signedOf(f.a) : f.a;
    f.b = (i.mod.negLo & 2) != 0 ? signedOf(f.b) : f.b;
  }
  f.layout = context.chip->major >= 12 ? MatrixLayout::Wmma12 : MatrixLayout::Wmma11;
  i.mod.opSel = static_cast<uint8_t>(line.bits("op_sel", 0));
  i.mod.indexKey = static_cast<uint8_t>(line.integer("index_key"));
  i.mod.clamp = line.has("clamp") && f.d == Element::I32;
  packMatrixForm(f, i);
  i.execute = laneSet().matrix;
  return fits(f, context.lanes, i);
}

/// The instructions of a prefix; what follows it names the form.
struct Prefix {
  std::string_view name;
  bool (*bind)(std::string_view rest, const AssemblyLine &line, const DecodeContext &context,
               MatrixForm f, Instruction &i);
  bool sparse, scaled;
};
constexpr Prefix prefixes[] = {
    {"v_mfma_scale_", bindMfma, false, true}, {"v_mfma_", bindMfma, false, false},
    {"v_smfmac_", bindMfma, true, false},     {"v_wmma_", bindWmma, false, false},
    {"v_swmmac_", bindWmma, true, false},
};

} // namespace

bool bindMatrix(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  for (const Prefix &prefix : prefixes) {
    if (line.mnemonic.starts_with(prefix.name)) {
      MatrixForm form;
      form.sparse = prefix.sparse;
      form.scaled = prefix.scaled;
      return prefix.bind(line.mnemonic.substr(prefix.name.size()), line, context, form, i);
    }
  }
  return false;
}

} // namespace qcc::emulator::isa
