// Element types of activations, and rounding to them. The oracle holds every value as a float; a
// value that has been rounded to f16 or bf16 is exactly representable as one.
#pragma once

#include "mlir/IR/Types.h"

#include <optional>
#include <string_view>

namespace qcc::interpret {

enum class ElementType { f32, f16, bf16 };

/// The element type that `type` is, if it is f32, f16 or bf16.
std::optional<ElementType> elementTypeOf(mlir::Type type);

/// The element type named "f32", "f16" or "bf16".
std::optional<ElementType> elementTypeNamed(std::string_view name);

/// `value` rounded once, to the nearest value of `type`, ties to even; past the largest one,
/// infinity.
float roundTo(ElementType type, double value);

} // namespace qcc::interpret
