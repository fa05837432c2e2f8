// The projection of one decoded token from its kernels.
#pragma once

#include "bench/roofline/Report.h"

namespace qcc::bench {

/// How the kernels of a token are started.
enum class TokenForm {
  launches,   ///< a launch a kernel
  persistent, ///< one launch in all, whose workgroups meet between kernels
};

/// `rows` are the kernels of a token of one layer, of which a token of the model repeats those
/// between the embedding and the head `layers` times. A persistent launch has as many waves on a
/// SIMD as the persistent kernel's registers and LDS allow
/// (`PlannedModel::persistentWavesPerSimd`), whatever those of a kernel by itself do.
TokenRow projectToken(llvm::ArrayRef<KernelRow> rows, int64_t layers, const Chip &chip,
                      TokenForm form);

} // namespace qcc::bench
