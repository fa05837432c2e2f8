#include "emulator/isa/decode/Constants.h"

#include "emulator/isa/Wave.h"
#include "emulator/isa/decode/AssemblyText.h"

#include <bit>
#include <cstdlib>

namespace qcc::emulator::isa {

namespace {

Operand constant(uint64_t value) {
  Operand o;
  o.place = Place::Constant;
  o.dwords = 2;
  o.value = value;
  return o;
}

uint16_t halfBits(double value) {
  return std::bit_cast<uint16_t>(static_cast<_Float16>(value));
}

uint64_t fractionBits(const std::string &text, Type type) {
  switch (type) {
  case Type::F64:
  case Type::B64:
    return std::bit_cast<uint64_t>(std::strtod(text.c_str(), nullptr));
  case Type::F16:
  case Type::B16:
  case Type::PkF16:
  case Type::PkB16:
    return halfBits(std::strtod(text.c_str(), nullptr));
  case Type::BF16:
  case Type::PkBF16:
    return std::bit_cast<uint32_t>(std::strtof(text.c_str(), nullptr)) >> 16;
  case Type::PkF32: {
    uint64_t bits = std::bit_cast<uint32_t>(std::strtof(text.c_str(), nullptr));
    return bits | bits << 32;
  }
  default:
    return std::bit_cast<uint32_t>(std::strtof(text.c_str(), nullptr));
  }
}

} // namespace

std::optional<Operand> parseConstant(std::string_view text, Type type) {
  if (text.starts_with("lit(") || text.starts_with("lit64(")) {
    text = text.substr(text.find('(') + 1);
    text.remove_suffix(1);
  }
  if (auto integer = parseInteger(text)) {
    uint64_t bits = static_cast<uint64_t>(*integer);
    bool literal = text.find("0x") != std::string_view::npos;
    if (type == Type::F64 && literal && bits <= UINT32_MAX) {
      bits <<= 32;
    } else if (type == Type::PkF32) {
      bits = (bits & UINT32_MAX) | bits << 32;
    }
    return constant(bits);
  }
  if (text.find('.') == std::string_view::npos) {
    return std::nullopt;
  }
  return constant(fractionBits(std::string(text), type));
}

std::optional<Operand> apertureConstant(std::string_view text) {
  struct Aperture {
    const char *name;
    uint64_t value;
  };
  constexpr Aperture apertures[] = {
      {"src_shared_base", sharedAperture},
      {"src_private_base", privateAperture},
      {"src_shared_limit", sharedAperture | UINT32_MAX},
      {"src_private_limit", privateAperture | UINT32_MAX},
      {"src_flat_scratch_base_lo", 0},
      {"src_flat_scratch_base_hi", privateAperture >> 32},
  };
  for (const Aperture &a : apertures) {
    if (text == a.name) {
      return constant(a.value);
    }
  }
  return std::nullopt;
}

} // namespace qcc::emulator::isa
