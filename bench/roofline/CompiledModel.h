// A decoder compiled up to its code object, to be counted.
#pragma once

#include "compiler/model/PlannedKernel.h"

namespace qcc::bench {

/// Compiles `onnx` for `chip` with `context` positions in a cache of `keyValueCache` elements
/// (empty: those of activations). The kernels are those of a decoded token, or of a prefill step of
/// `prefillRows` tokens where that is not 0.
llvm::Expected<model::PlannedModel> compileModel(const std::string &onnx, const Chip &chip,
                                                 int64_t context, int64_t prefillRows = 0,
                                                 const std::string &keyValueCache = "");

} // namespace qcc::bench
