// Element types of activations and of the KV cache, and rounding to them. The oracle holds every
// value as a float; a value that has been rounded to a narrower type is exactly representable as
// one.
#pragma once

#include "mlir/IR/Types.h"

#include <optional>
#include <string_view>

namespace qcc::interpret {

/// f8E4M3FN is of caches alone.
enum class ElementType { f32, f16, bf16, f8E4M3FN };

/// The element type that `type` is, if it is one of them.
std::optional<ElementType> elementTypeOf(mlir::Type type);

/// The type of activations named "f32", "f16" or "bf16".
std::optional<ElementType> elementTypeNamed(std::string_view name);

/// `value` rounded once, to the nearest value of `type`, ties to even. Past the largest one,
/// infinity; f8E4M3FN takes its largest for that, and for NaN, as `!lm.cache` says.
float roundTo(ElementType type, double value);

} // namespace qcc::interpret
