#include "compiler/oracle/ElementBytes.h"

#include <bit>
#include <cmath>
#include <cstring>

using namespace qcc;
using interpret::ElementType;

int64_t oracle::bytesOf(ElementType type) {
  return type == ElementType::f32 ? 4 : type == ElementType::f8E4M3FN ? 1 : 2;
}

/// The code of a number that E4M3 has: sign, 4 bits of exponent with a bias of 7, 3 of mantissa.
/// Minus zero gets that of zero: kernels never store it on chips that would read it as NaN.
static uint8_t codeOf(float value) {
  const float magnitude = std::abs(value);
  const uint8_t sign = value < 0 ? 0x80 : 0;
  if (magnitude < 0x1p-6f) {
    return sign | static_cast<uint8_t>(magnitude * 0x1p9f);
  }
  const int exponent = std::ilogb(magnitude);
  const auto mantissa = static_cast<unsigned>(std::ldexp(magnitude, 3 - exponent)) & 7;
  return sign | static_cast<uint8_t>((exponent + 7) << 3 | mantissa);
}

static float numberOf(uint8_t code) {
  const int exponent = code >> 3 & 15, mantissa = code & 7;
  const float magnitude = exponent ? std::ldexp(static_cast<float>(8 + mantissa), exponent - 10)
                                   : static_cast<float>(mantissa) * 0x1p-9f;
  return code & 0x80 ? -magnitude : magnitude;
}

template <typename Stored, typename Convert>
static void encodeAs(llvm::ArrayRef<float> values, uint8_t *to, Convert convert) {
  for (float value : values) {
    const Stored stored = convert(value);
    std::memcpy(to, &stored, sizeof(Stored));
    to += sizeof(Stored);
  }
}

void oracle::encode(ElementType type, llvm::ArrayRef<float> values, uint8_t *to) {
  switch (type) {
  case ElementType::f32:
    return encodeAs<float>(values, to, [](float value) { return value; });
  case ElementType::f16:
    return encodeAs<_Float16>(values, to, [](float value) { return static_cast<_Float16>(value); });
  case ElementType::bf16: // the upper half of an f32
    return encodeAs<uint16_t>(values, to,
                              [](float value) { return std::bit_cast<uint32_t>(value) >> 16; });
  case ElementType::f8E4M3FN:
    return encodeAs<uint8_t>(values, to, codeOf);
  }
  llvm_unreachable("every type is encoded");
}

template <typename Stored> static Stored loadAs(const uint8_t *from) {
  Stored stored;
  std::memcpy(&stored, from, sizeof(Stored));
  return stored;
}

float oracle::decode(ElementType type, const uint8_t *from) {
  switch (type) {
  case ElementType::f32:
    return loadAs<float>(from);
  case ElementType::f16:
    return loadAs<_Float16>(from);
  case ElementType::bf16:
    return std::bit_cast<float>(uint32_t{loadAs<uint16_t>(from)} << 16);
  case ElementType::f8E4M3FN:
    return numberOf(*from);
  }
  llvm_unreachable("every type is decoded");
}
