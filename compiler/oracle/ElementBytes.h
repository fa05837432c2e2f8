// Elements as kernels store them, and as the oracle holds them.
#pragma once

#include "compiler/interpret/ElementType.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace qcc::oracle {

/// Bytes of an element.
int64_t bytesOf(interpret::ElementType type);

/// Writes `values`, each of which is a value of `type`, one after the other.
void encode(interpret::ElementType type, llvm::ArrayRef<float> values, uint8_t *to);

/// The value that is stored at `from`.
float decode(interpret::ElementType type, const uint8_t *from);

} // namespace qcc::oracle
