// Quantized rows as kernels store them (`!qnt.activation`), and as the oracle holds them.
#pragma once

#include "compiler/interpret/Tensor.h"
#include "dialects/qnt/Qnt.h"

namespace qcc::oracle {

/// Writes `values`, of as many rows as `type` has or fewer, into `memory`, of `type.getBytes()`.
void encode(qnt::ActivationType type, const interpret::QuantizedTensor &values,
            llvm::MutableArrayRef<uint8_t> memory);

/// The first `rows` rows in `memory`.
interpret::QuantizedTensor decode(qnt::ActivationType type, llvm::ArrayRef<uint8_t> memory,
                                  int64_t rows);

} // namespace qcc::oracle
