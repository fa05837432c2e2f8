#include "emulator/isa/decode/AssemblyText.h"

#include "emulator/isa/decode/Constants.h"

#include <charconv>

namespace qcc::emulator::isa {

namespace {

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) {
    s.remove_prefix(1);
  }
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\n')) {
    s.remove_suffix(1);
  }
  return s;
}

/// The position of the first of `what` outside brackets, or npos.
size_t findOutside(std::string_view s, std::string_view what) {
  int depth = 0;
  for (size_t i = 0; i < s.size(); ++i) {
    char c = s[i];
    if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      --depth;
    } else if (depth == 0 && what.find(c) != std::string_view::npos) {
      return i;
    }
  }
  return std::string_view::npos;
}

void splitModifiers(std::string_view rest, AssemblyLine &line) {
  while (!(rest = trim(rest)).empty()) {
    size_t end = findOutside(rest, " ");
    std::string_view word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
    size_t colon = word.find(':');
    if (colon == std::string_view::npos) {
      line.modifiers.emplace_back(word, std::string_view{});
    } else {
      line.modifiers.emplace_back(word.substr(0, colon), word.substr(colon + 1));
    }
  }
}

void stripEncoding(AssemblyLine &line) {
  for (std::string_view suffix : {"_e64_dpp", "_e32", "_e64", "_dpp", "_sdwa"}) {
    if (line.mnemonic.ends_with(suffix)) {
      line.mnemonic.remove_suffix(suffix.size());
      line.encoding = suffix.substr(1);
      return;
    }
  }
}

struct Register {
  const char *name;
  uint16_t slot;
  uint8_t dwords;
};

constexpr Register namedRegisters[] = {
    {"vcc", SlotVcc, 2},
    {"vcc_lo", SlotVcc, 1},
    {"vcc_hi", SlotVcc + 1, 1},
    {"exec", SlotExec, 2},
    {"exec_lo", SlotExec, 1},
    {"exec_hi", SlotExec + 1, 1},
    {"m0", SlotM0, 1},
    {"flat_scratch", SlotFlatScratch, 2},
    {"flat_scratch_lo", SlotFlatScratch, 1},
    {"flat_scratch_hi", SlotFlatScratch + 1, 1},
    {"xnack_mask", SlotXnackMask, 2},
    {"xnack_mask_lo", SlotXnackMask, 1},
    {"xnack_mask_hi", SlotXnackMask + 1, 1},
};

std::optional<Operand> namedOperand(std::string_view text, Type type) {
  for (const Register &r : namedRegisters) {
    if (text == r.name) {
      Operand o;
      o.place = Place::Scalar;
      o.index = r.slot;
      o.dwords = r.dwords;
      return o;
    }
  }
  Operand o;
  o.dwords = 1;
  if (text == "null") {
    o.place = Place::Constant; // a destination turns it into SlotDiscard
    o.dwords = type == Type::Mask ? 2 : 1;
    return o;
  }
  if (text == "scc" || text == "src_scc") {
    o.place = Place::Scc;
    return o;
  }
  if (text == "src_vccz" || text == "vccz") {
    o.place = Place::Vccz;
    return o;
  }
  if (text == "src_execz" || text == "execz") {
    o.place = Place::Execz;
    return o;
  }
  return std::nullopt;
}

/// "v0", "v[0:3]", "s5", "a[0:1]", "ttmp9", with an optional ".l" or ".h".
std::optional<Operand> numberedOperand(std::string_view text) {
  Operand o;
  if (text.ends_with(".l") || text.ends_with(".h")) {
    o.half = text.back() == 'h';
    text.remove_suffix(2);
  }
  uint16_t base = 0;
  if (text.starts_with("ttmp")) {
    o.place = Place::Scalar;
    base = SlotTtmp;
    text.remove_prefix(4);
  } else if (text.starts_with("v") || text.starts_with("a")) {
    o.place = Place::Vector;
    base = text.front() == 'a' ? accumulationBase : 0;
    text.remove_prefix(1);
  } else if (text.starts_with("s")) {
    o.place = Place::Scalar;
    text.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  if (text.starts_with("[") && text.ends_with("]")) {
    text = text.substr(1, text.size() - 2);
    size_t colon = text.find(':');
    auto first = parseInteger(text.substr(0, colon));
    auto last = colon == std::string_view::npos ? first : parseInteger(text.substr(colon + 1));
    if (!first || !last || *last < *first) {
      return std::nullopt;
    }
    o.index = static_cast<uint16_t>(base + *first);
    o.dwords = static_cast<uint8_t>(*last - *first + 1);
    return o;
  }
  auto number = parseInteger(text);
  if (!number || *number < 0 || *number > 255) {
    return std::nullopt;
  }
  o.index = static_cast<uint16_t>(base + *number);
  o.dwords = 1;
  return o;
}

/// Takes the wrapping f(...) or |...| off and says whether it was there.
bool unwrap(std::string_view &text, std::string_view open, std::string_view close) {
  if (text.starts_with(open) && text.ends_with(close) && text.size() > open.size() + close.size()) {
    text = text.substr(open.size(), text.size() - open.size() - close.size());
    return true;
  }
  return false;
}

} // namespace

bool AssemblyLine::has(std::string_view name) const {
  for (auto &[key, value] : modifiers) {
    if (key == name) {
      return true;
    }
  }
  return false;
}

std::string_view AssemblyLine::value(std::string_view name) const {
  for (auto &[key, value] : modifiers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

int64_t AssemblyLine::integer(std::string_view name, int64_t otherwise) const {
  return parseInteger(value(name)).value_or(otherwise);
}

unsigned AssemblyLine::bits(std::string_view name, unsigned otherwise) const {
  std::string_view list = value(name);
  if (list.empty()) {
    return otherwise;
  }
  unsigned bits = 0, bit = 0;
  for (char c : list) {
    if (c == '0' || c == '1') {
      bits |= static_cast<unsigned>(c - '0') << bit++;
    }
  }
  return bits;
}

AssemblyLine splitAssembly(std::string_view text) {
  AssemblyLine line;
  text = trim(text);
  size_t space = text.find_first_of(" \t");
  line.mnemonic = text.substr(0, space);
  stripEncoding(line);
  std::string_view rest =
      space == std::string_view::npos ? std::string_view{} : trim(text.substr(space));
  while (!rest.empty()) {
    size_t comma = findOutside(rest, ",");
    std::string_view operand = rest.substr(0, comma);
    if (comma == std::string_view::npos) {
      size_t end = findOutside(operand, " ");
      line.operands.push_back(operand.substr(0, end));
      splitModifiers(end == std::string_view::npos ? std::string_view{} : operand.substr(end),
                     line);
      break;
    }
    line.operands.push_back(trim(operand));
    rest = trim(rest.substr(comma + 1));
  }
  return line;
}

std::optional<int64_t> parseInteger(std::string_view text) {
  bool negative = text.starts_with("-");
  if (negative) {
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  }
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(negative ? 0 - value : value);
}

std::optional<Operand> parseOperand(std::string_view text, Type type) {
  bool negate = false, absolute = false, signExtend = false;
  if (text.starts_with("-") && text.size() > 1 && text[1] != '.' &&
      (text[1] < '0' || text[1] > '9')) {
    negate = true;
    text.remove_prefix(1);
  }
  negate |= unwrap(text, "neg(", ")");
  absolute = unwrap(text, "|", "|") || unwrap(text, "abs(", ")");
  signExtend = unwrap(text, "sext(", ")");
  std::optional<Operand> operand = namedOperand(text, type);
  if (!operand) {
    operand = apertureConstant(text);
  }
  if (!operand) {
    operand = numberedOperand(text);
  }
  if (!operand) {
    operand = parseConstant(text, type);
  }
  if (operand) {
    operand->negate = negate;
    operand->absolute = absolute;
    operand->signExtend = signExtend;
  }
  return operand;
}

} // namespace qcc::emulator::isa
