#include "compiler/interpret/ElementType.h"

#include "mlir/IR/BuiltinTypes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

using namespace qcc::interpret;

std::optional<ElementType> qcc::interpret::elementTypeOf(mlir::Type type) {
  if (type.isF32()) {
    return ElementType::f32;
  }
  if (type.isF16()) {
    return ElementType::f16;
  }
  if (type.isBF16()) {
    return ElementType::bf16;
  }
  return llvm::isa<mlir::Float8E4M3FNType>(type) ? std::optional(ElementType::f8E4M3FN)
                                                 : std::nullopt;
}

std::optional<ElementType> qcc::interpret::elementTypeNamed(std::string_view name) {
  if (name == "f32") {
    return ElementType::f32;
  }
  if (name == "f16") {
    return ElementType::f16;
  }
  return name == "bf16" ? std::optional(ElementType::bf16) : std::nullopt;
}

namespace {
/// A binary floating-point format narrower than double (IEEE 754-2019, 3.4).
struct Format {
  double epsilon;  // the distance between 1 and the next value
  double smallest; // the distance between subnormal values
  double largest;  // the largest finite value
};
constexpr Format half{0x1p-10, 0x1p-24, 65504.0};
constexpr Format brain{0x1p-7, 0x1p-133, 0x1.FEp127};
constexpr Format e4m3{0x1p-3, 0x1p-9, 448.0}; // E4M3 of OCP's 8-bit floating-point specification

/// 2 to the floor of log2 |value|; 0 for subnormal doubles.
double powerBelow(double value) {
  constexpr uint64_t exponentMask = 0x7FF0000000000000;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(value) & exponentMask);
}

float roundToFormat(const Format &format, double value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (std::isnan(value)) {
    return static_cast<float>(value);
  }
  if (std::abs(value) >= 2 * format.largest) {
    return static_cast<float>(std::copysign(infinity, value));
  }
  double quantum = std::max(powerBelow(value) * format.epsilon, format.smallest);
  // A double of at least 2^52 quanta has no room for a fraction of one: adding rounds, ties to
  // even.
  double shift = 0x1.8p52 * quantum;
  double rounded = (value + shift) - shift;
  if (std::abs(rounded) > format.largest) {
    rounded = infinity;
  }
  return static_cast<float>(std::copysign(rounded, value));
}
} // namespace

float qcc::interpret::roundTo(ElementType type, double value) {
  switch (type) {
  case ElementType::f32:
    return static_cast<float>(value);
  case ElementType::f16:
    return roundToFormat(half, value);
  case ElementType::bf16:
    return roundToFormat(brain, value);
  case ElementType::f8E4M3FN:
    return std::isnan(value) ? static_cast<float>(e4m3.largest)
                             : roundToFormat(e4m3, std::clamp(value, -e4m3.largest, e4m3.largest));
  }
  __builtin_unreachable();
}
